"""A year of a thousand customers by the test clock: twice alike, and again among dying workers.

    DATABASE_URL=postgres://… REDIS_URL=redis://… python -m tests.chaos.year

Sizes come from YEAR_CUSTOMERS (1000), YEAR_DAYS (365), YEAR_BILLING_DAYS (1: all are billed on
the first of the month), YEAR_STEPS (3,14: days late at which an invoice is reminded of),
YEAR_KILLS (8) and YEAR_SEED (1). Uses a database of its own on the given server and the
given Redis database, which it flushes.
"""

import datetime
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django

from tests.chaos.processes import BIN, ROOT, Process
from tests.chaos.surroundings import environment_for

CUSTOMERS = int(os.environ.get("YEAR_CUSTOMERS", "1000"))
DAYS = int(os.environ.get("YEAR_DAYS", "365"))
BILLING_DAYS = int(os.environ.get("YEAR_BILLING_DAYS", "1"))
STEPS = [int(days) for days in os.environ.get("YEAR_STEPS", "3,14").split(",")]
KILLS = int(os.environ.get("YEAR_KILLS", "8"))
SEED = int(os.environ.get("YEAR_SEED", "1"))
DATABASE = "invoiceapp_year"
_PROCESSOR = os.sysconf("SC_CLK_TCK")


def main() -> int:
    server, broker = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    if not server.startswith("postgres") or not broker:
        print("make year needs DATABASE_URL=postgres://… and REDIS_URL=redis://…")
        return 2
    folder = Path(tempfile.mkdtemp(prefix="invoiceapp-year-"))
    environment = environment_for(server, broker, folder, DATABASE)
    # What is really sent depends on the hour; the documents do not.
    environment["TEST_CLOCK_MAIL_PER_HOUR"] = "0"
    os.environ.update(environment)
    subprocess.run(
        [BIN / "python", "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True
    )
    django.setup()
    from invoiceapp.leftovers import collect_seldom

    collect_seldom()  # as web servers and workers do
    told = [_quiet("first"), _quiet("second"), _among_kills("third", environment, folder)]
    for name in told[0]:
        rows = [each[name] for each in told]
        verdict = "alike" if len(set(rows)) == 1 else f"DIFFERENT: {rows}"
        print(f"{rows[0][0]:9,d}  {name:10} {verdict}")
    alike = all(each == told[0] for each in told)
    print("PASSED" if alike else "FAILED")
    return int(not alike)


def _quiet(slug: str) -> dict[str, Any]:
    from django.db import connection

    business = _business(slug)
    server = connection.connection.info.backend_pid
    began, own, theirs = time.monotonic(), time.process_time(), _spent(server)
    business.live_until(_end())
    seconds, own = time.monotonic() - began, time.process_time() - own
    print(
        f"{slug} year: {seconds:.1f} s by the clock on the wall; processor {own:.1f} s"
        f" + {_spent(server) - theirs:.1f} s in the database"
    )
    return _told(business)


def _among_kills(slug: str, environment: dict[str, str], folder: Path) -> dict[str, Any]:
    """Celery workers live the year, and are killed at random moments.

    Two, as on two hosts, so that while a killed one starts anew the other goes on.
    """
    from integrations.tasks import advance_clocks

    business = _business(slug)
    celery = [str(BIN / "celery"), "-A", "invoiceapp", "worker", "-Q", "documents", "-c", "2"]
    workers = {
        name: Process(
            name, [*celery, "-n", name], environment | {"PGAPPNAME": name}, folder / f"{name}.log"
        )
        for name in ("worker1", "worker2")
    }
    chance = random.Random(SEED)
    start, end = business.now(), _end()
    moments = sorted(start + chance.random() * (end - start) for _ in range(KILLS))
    for worker in workers.values():
        worker.start()
    try:
        _wait_for(len(workers))
        began = time.monotonic()
        business.live_until(end, budget_seconds=0)
        while not business.has_arrived():
            advance_clocks.delay()
            time.sleep(0.2)
            clock = business.now()
            if moments and clock >= moments[0]:
                # In the middle of whatever it is doing by then.
                time.sleep(chance.random() / 2)
                moments = [moment for moment in moments if moment > clock]
                worker = workers.get(_leader(), workers["worker1"])
                if chance.random() < 0.5 or not worker.kill_one_child():
                    worker.kill_all()
    finally:
        for worker in workers.values():
            worker.stop()
    seconds = time.monotonic() - began
    kills = sum(worker.kills for worker in workers.values())
    print(f"{slug} year: {seconds:.1f} s with {kills} kills")
    return _told(business)


def _wait_for(workers: int) -> None:
    """Until so many have been at work: the year begins with all of them."""
    from core.models import WorkerHeartbeat
    from integrations.tasks import heartbeat

    seen: set[int] = set()
    deadline = time.monotonic() + 60
    while len(seen) < workers:
        if time.monotonic() > deadline:
            raise TimeoutError("the workers did not come up in 60 s")
        heartbeat.apply_async(args=["documents"], queue="documents")
        time.sleep(0.1)
        seen |= {row.details["pid"] for row in WorkerHeartbeat.objects.all()}


def _leader() -> str:
    """The worker whose session holds the clock's lock at this moment, if one does."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.application_name FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)"
            " WHERE l.locktype = 'advisory' AND a.datname = current_database()"
        )
        return next((name for (name,) in cursor.fetchall()), "")


def _business(slug: str) -> Any:
    from tests.chaos.business import Business  # models exist only now

    return Business(slug, customers=CUSTOMERS, days=BILLING_DAYS, steps=STEPS)


def _told(business: Any) -> dict[str, Any]:
    from django.core.management import call_command

    call_command("verify_ledger")
    return business.told()


def _end() -> datetime.datetime:
    from tests.chaos.business import START

    return START + datetime.timedelta(days=DAYS)


def _spent(pid: int) -> float:
    """Processor seconds of that server process, where it is on this machine."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(stat[11]) + int(stat[12])) / _PROCESSOR


if __name__ == "__main__":
    sys.exit(main())
