"""The broker forgets, stops answering, and is gone."""

import time
from collections.abc import Callable

from tests.chaos.report import conclude, ending
from tests.chaos.site import AWAY_SECONDS, CREATES, Load, Site, build

# W2: how long the backlog may take once Redis is back.
DRAIN_SECONDS = 60
# A client that was cut off meets its own first request: 409 until that is done.
FINE = (200, 201, 409)


def trial() -> bool:
    """FLUSHALL, CLIENT PAUSE, and Redis stopped for a minute: the API goes on, nothing is lost."""
    site = build()
    from tests.chaos import scene

    with ending(site):
        site.start()
        # So slow that the work outlasts the faults.
        load = Load(site, pace=0.05)
        drained = {}
        load.until(0.1)
        for _ in range(3):
            site.redis.client().flushall()
            time.sleep(0.5)
        drained["FLUSHALL"] = _drain(site)
        load.until(0.2)
        drained["CLIENT PAUSE"] = _away(site, lambda: _pause(site), lambda: None)
        drained["stopped"] = _away(site, site.redis.stop, site.redis.start)
        seconds = load.join()
        settled = scene.wait_until_quiet(site.stage)
        failures = {
            code: n for code, n in site.journal.statuses().items() if code not in (200, 201)
        }
        print(f"{len(site.journal.log)} answers, of which not 2xx: {failures or 'none'}")
        slowest = max(one.seconds for one in site.journal.log)
        print(f"slowest answer {slowest:.1f} s")
        for name, took in drained.items():
            print(f"backlog gone {took:.1f} s after {name}")
        own = {
            "answers other than 2xx while Redis was away": [str(failures)] if failures else [],
            f"backlogs that took over {DRAIN_SECONDS} s": [
                name for name, took in drained.items() if took > DRAIN_SECONDS
            ],
            "work that ended before the faults": (
                ["raise CHAOS_CREATES"] if len(site.journal.done) < CREATES else []
            ),
        }
        return conclude(site, seconds=seconds, settled=settled, own=own)


def _pause(site: Site) -> None:
    site.redis.client().client_pause(int(AWAY_SECONDS * 1000))


def _away(site: Site, leave: Callable[[], None], come_back: Callable[[], None]) -> float:
    leave()
    time.sleep(AWAY_SECONDS)
    come_back()
    return _drain(site)


def _drain(site: Site) -> float:
    """Seconds until what had been committed by now is delivered."""
    from core.models import Event

    committed = set(
        Event.objects.filter(
            organization_id=site.stage.organization_id, type="invoice.created"
        ).values_list("uuid", flat=True)
    )
    from core.ids import encode_id

    waiting = {encode_id("evt", uuid) for uuid in committed}
    started = time.monotonic()
    while time.monotonic() - started < DRAIN_SECONDS * 3:
        if waiting <= set(site.receiver.seen):
            break
        time.sleep(0.2)
    return time.monotonic() - started
