"""A mail server in a bad mood, and workers that die while they talk to it."""

import os
import random
import signal
import time
from collections import Counter
from typing import Any

from tests.chaos.postmaster import UNKNOWN, Postmaster
from tests.chaos.report import conclude, ending
from tests.chaos.site import CREATES, SEED, Load, Site, build

MAILS = int(os.environ.get("CHAOS_MAILS", str(min(500, CREATES))))
KILLS = 6
# W11: the waits between attempts are minutes and hours; a due date in the past spares them.
HURRY_SECONDS = 2
PATIENCE_SECONDS = 900


def trial() -> bool:
    """Mail servers refuse, delay, hang up after DATA: true states, no copy that can be spared."""
    postmaster = Postmaster(SEED)
    site = build(environment={"EMAIL_URL": f"smtp://127.0.0.1:{postmaster.port}"})
    from tests.chaos import scene

    chance = random.Random(SEED)
    with ending(site):
        site.start()
        load = Load(site, creates=MAILS, pace=0.2)
        seconds = load.join()
        _send_all(site)
        worker, killed, started = site.processes["worker"], 0, time.monotonic()
        total = _queued(site).count()
        while left := _queued(site).count():
            if killed < KILLS and left < total * (1 - (killed + 1) / (KILLS + 2)):
                # With the worker gone nobody holds a lease: what is left of them is waited out.
                worker.stop(signal.SIGKILL)
                killed += 1
                _queued(site).update(locked_until=None)
                worker.start()
            if time.monotonic() - started > PATIENCE_SECONDS:
                break
            _hurry(site)
            time.sleep(HURRY_SECONDS * chance.uniform(0.5, 1.5))
        settled = scene.wait_until_quiet(site.stage)
        print(f"moods of the server: {dict(postmaster.moods)}; worker killed {killed} times")
        return conclude(site, seconds=seconds, settled=settled, own=_own(site, postmaster, killed))


def _send_all(site: Site) -> None:
    """Every invoice to two people, one of whom is unknown for every tenth."""
    from django.utils import timezone

    from billing.models import Invoice
    from billing.operations.sending import request_send

    for number, invoice in enumerate(Invoice.objects.of(site.stage.organization_id)):
        second = UNKNOWN.decode() if number % 10 == 0 else "cfo"
        request_send(
            actor=site.stage.actor,
            at=timezone.now(),
            invoice_id=invoice.pk,
            to=(f"ap{number}@chaos.test", f"{second}{number}@chaos.test"),
            attach_pdf=number % 5 == 0,
        )


def _queued(site: Site) -> Any:
    from integrations.models import Message

    return Message.objects.of(site.stage.organization_id).filter(status="queued")


def _hurry(site: Site) -> None:
    """Make the next attempt due now: the server's moods change faster than our schedule."""
    from django.utils import timezone

    now = timezone.now()
    _queued(site).filter(locked_until=None, next_attempt_at__gt=now).update(next_attempt_at=now)


def _own(site: Site, postmaster: Postmaster, killed: int) -> dict[str, list[str]]:
    from integrations.models import MessageRecipient

    recipients = MessageRecipient.objects.of(site.stage.organization_id)
    rows = list(recipients.values_list("message__message_id", "address", "status", "detail"))
    status = {(one, address): state for one, address, state, _ in rows}
    copies = postmaster.taken
    spare = {key: n - 1 - postmaster.dropped[key] for key, n in copies.items()}
    beyond = {key: n for key, n in spare.items() if n > 0}
    states = Counter(state for _, _, state, _ in rows)
    print(f"recipients: {dict(states)}; {sum(copies.values()) - len(copies)} second copies,")
    print(f"  of which {sum(postmaster.dropped.values())} the server took without saying so")
    unknown = [key for key in status if key[1].startswith(UNKNOWN.decode())]
    return {
        "accepted, but the server never took it": [
            str(key) for key, state in status.items() if state == "accepted" and not copies[key]
        ],
        "taken, but not said to be accepted": [
            str(key) for key in copies if status.get(key) != "accepted"
        ],
        "unknown addresses not refused": [str(key) for key in unknown if status[key] != "refused"],
        "messages still queued": [str(key) for key in status if status[key] == "queued"],
        # W11: at most one per kill, and one for each that the server could not answer for.
        f"messages repeated beyond one per kill ({killed})": (
            [str(beyond)] if len({one for one, _ in beyond}) > killed else []
        ),
    }
