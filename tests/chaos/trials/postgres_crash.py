"""The database crashes, hangs, and has no more connections to give."""

import os
import signal
import time

import psycopg

from tests.chaos.report import conclude, ending
from tests.chaos.site import Load, Site, build

STOPS = int(os.environ.get("CHAOS_STOPS", "20"))
STUCK_SECONDS = 10
# F1: how fast a request without a database is answered, and the service works again.
ANSWER_SECONDS, RECOVERY_SECONDS = 2, 5
MOST_CONNECTIONS = 40


def trial() -> bool:
    """`pg_ctl stop -m immediate` again and again; sessions ended, stopped, used up."""
    site = build(max_connections=str(MOST_CONNECTIONS))
    from tests.chaos import scene

    faults = STOPS + 3
    recoveries, starts, own = [], [], {}
    with ending(site):
        site.start()
        load = Load(site)
        for stop in range(1, STOPS + 1):
            if not load.until(stop / (faults + 1)):
                break
            started, recovered = _crash(site, load)
            starts.append(started)
            recoveries.append(started + recovered)
        load.until((STOPS + 1) / (faults + 1))
        _end_sessions(site)
        load.until((STOPS + 2) / (faults + 1))
        stuck = _stop_sessions(site)
        load.until((STOPS + 3) / (faults + 1))
        used_up = _use_up(site)
        seconds = load.join()
        settled = scene.wait_until_quiet(site.stage)
        unavailable = [one.seconds for one in site.journal.log if one.status == 503]
        away = max(unavailable, default=0)
        print(
            f"{len(recoveries)} crashes: back {max(recoveries, default=0):.1f} s after the start"
            f" at most, {max(starts, default=0):.1f} s of them the server's own recovery at most;"
            f" {len(unavailable)} answers 503, the slowest after {away:.1f} s"
        )
        print(f"sessions stopped for {STUCK_SECONDS} s: next answer after {stuck:.1f} s")
        print(f"connections used up for 2 s: {used_up} answers 503 meanwhile")
        own = {
            "crashes that were not made": ["-"] if len(recoveries) < STOPS else [],
            f"recoveries over {RECOVERY_SECONDS} s": [
                f"{one:.1f} s" for one in recoveries if one > RECOVERY_SECONDS
            ],
            "processes that ended": [n for n, p in site.processes.items() if p.has_died()],
            "stuck for over 20 s": [f"{stuck:.1f} s"] if stuck > 20 else [],
        }
        return conclude(site, seconds=seconds, settled=settled, own=own)


def _crash(site: Site, load: Load) -> tuple[float, float]:
    """Seconds until the server takes connections again, and from then to the next success."""
    site.postgres.stop_immediate()
    time.sleep(0.5)
    down = len(site.journal.log)
    deadline = time.monotonic() + ANSWER_SECONDS
    while len(site.journal.log) == down and time.monotonic() < deadline and load.is_running:
        time.sleep(0.02)
    started = time.monotonic()
    site.postgres.start()
    return time.monotonic() - started, _until_success(site, load)


def _until_success(site: Site, load: Load) -> float:
    started, done = time.monotonic(), len(site.journal.answers)
    load.hold(lambda: len(site.journal.answers) > done or time.monotonic() - started > 60)
    return time.monotonic() - started


def _end_sessions(site: Site) -> None:
    with site.postgres.connect() as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'invoiceapp'"
        )


def _stop_sessions(site: Site) -> float:
    """SIGSTOP for all sessions but ours; seconds until work goes on after they may."""
    with site.postgres.connect() as connection:
        pids = [
            pid
            for (pid,) in connection.execute(
                "select pid from pg_stat_activity where usename = 'invoiceapp'"
            )
        ]
    for pid in pids:
        _signal(pid, signal.SIGSTOP)
    time.sleep(STUCK_SECONDS)
    for pid in pids:
        _signal(pid, signal.SIGCONT)
    started, done = time.monotonic(), len(site.journal.answers)
    while len(site.journal.answers) == done and time.monotonic() - started < 60:
        time.sleep(0.02)
    return time.monotonic() - started


def _use_up(site: Site) -> int:
    """Take every connection for two seconds, after ending those of the product."""
    before = site.journal.statuses()[503]
    taken: list[psycopg.Connection[tuple]] = []
    deadline = time.monotonic() + 2
    _end_sessions(site)
    while time.monotonic() < deadline:
        try:
            taken.append(site.postgres.connect())
        except psycopg.OperationalError:
            time.sleep(0.05)
    for connection in taken:
        connection.close()
    time.sleep(1)
    return site.journal.statuses()[503] - before


def _signal(pid: int, which: signal.Signals) -> None:
    try:
        os.kill(pid, which)
    except ProcessLookupError:
        return
