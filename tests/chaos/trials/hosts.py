"""Two hosts, one of which loses its network in the middle of its work."""

import datetime
import shutil
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.chaos.networks import Network
from tests.chaos.processes import Process, wait_until_ready
from tests.chaos.report import conclude, ending
from tests.chaos.site import AWAY_SECONDS, CREATES, Load, Site, build, commands

PORT = 8000
# Longer than every lease of the work that was cut off: 90 s for webhooks, 60 s for events.
CUT_SECONDS = max(AWAY_SECONDS, 30)
SCHEDULES, DAYS = 10, 20
# What the schedules made due is made a minute at a time, on one host or the other.
CATCH_UP_SECONDS = 900
# A host that is back works again, heartbeats and all.
BACK_SECONDS = 120
# Sessions of the lost host end by idle_in_transaction_session_timeout, and free their locks.
TAKEN_OVER_SECONDS = 45


def trial() -> bool:
    """Two hosts, one cut off in mid-work: the other takes over, each thing is done exactly once."""
    network = Network(["a", "b"])
    network.open()
    try:
        return _trial(network)
    finally:
        network.close()


def _trial(network: Network) -> bool:
    gateway = network.gateway
    site = build(
        address=gateway,
        addresses=(gateway, "127.0.0.1"),
        cidrs=f"{gateway}/32",
        environment={"WEB_CONCURRENCY": "1"},
    )
    from tests.chaos import scene

    with ending(site):
        for name, address in network.hosts.items():
            _start_host(site, network, name, address)
        load = Load(site, pace=0.3)
        load.until(0.2)
        schedules = _schedules(site)
        load.until(0.3)
        network.cut_off("a")
        cut = time.monotonic()
        silence = _silence(site, load)
        load.hold(lambda: time.monotonic() - cut > CUT_SECONDS)
        time.sleep(max(0.0, CUT_SECONDS - (time.monotonic() - cut)))
        network.join_up("a")
        revived = site.revive()
        back = _until_back(site)
        seconds = load.join()
        _until_made(site)
        settled = scene.wait_until_quiet(site.stage)
        made, twice, missing = _made(schedules)
        print(f"host a cut off for {CUT_SECONDS:.0f} s after {cut - load.started:.0f} s of load")
        print(f"requests failed for {silence:.1f} s, then host b did the work")
        print(f"host a worked again {back:.1f} s after it was back; restarted: {revived or 'none'}")
        print(f"{made} invoices made by {SCHEDULES} schedules, due before and during the cut")
        own = {
            "days of schedules invoiced twice": twice,
            "days of schedules not invoiced": missing,
            f"work not taken over within {TAKEN_OVER_SECONDS} s": (
                [f"{silence:.1f} s"] if silence > TAKEN_OVER_SECONDS else []
            ),
            f"host a not back at work within {BACK_SECONDS} s": (
                [f"{back:.1f} s"] if back > BACK_SECONDS else []
            ),
            "orders not done": [] if len(site.journal.done) == CREATES else ["-"],
        }
        return conclude(site, seconds=seconds, settled=settled, own=own)


def _start_host(site: Site, network: Network, name: str, address: str) -> None:
    """Web, worker and scheduler with a disk of their own; only the keys are the same."""
    data = Path(site.environment["DATA_DIR"])
    own = data.with_name(f"data-{name}")
    shutil.copytree(data, own)
    environment = site.environment | {"HOST": address, "PORT": str(PORT), "DATA_DIR": str(own)}
    for kind, command in commands(site.folder).items():
        process = Process(
            f"{kind}-{name}",
            command,
            environment,
            site.folder / f"{kind}-{name}.log",
            network.inside(name),
        )
        site.processes[process.name] = process
        process.start()
    wait_until_ready(f"http://{address}:{PORT}", seconds=240)
    if site.targets[0][0] == "127.0.0.1":
        site.targets.clear()
    site.targets.append((address, PORT))


def _schedules(site: Site) -> list[int]:
    """Daily schedules with weeks to catch up on: work for minutes, all of it due now."""
    from django.utils import timezone

    from billing.models import Customer
    from billing.operations.recurring import create_recurring

    at = timezone.now()
    customers = Customer.objects.of(site.stage.organization_id).order_by("pk")[:SCHEDULES]
    return [
        create_recurring(
            actor=site.stage.actor,
            at=at,
            customer_id=customer.pk,
            lines=[{"description": "Care", "quantity": Decimal(1), "unit_price": Decimal(10)}],
            frequency="daily",
            start_date=at.date() - datetime.timedelta(days=DAYS),
            backfill=True,
            action="issue",
            occurrences=DAYS,
        ).pk
        for customer in customers
    ]


def _silence(site: Site, load: Load) -> float:
    """Seconds from the cut to the first success of a request begun after it."""
    cut = time.monotonic()

    def succeeded() -> bool:
        late = (one for one in reversed(site.journal.log) if one.at > cut)
        return any(one.status in (200, 201) and one.at - one.seconds > cut for one in late)

    load.hold(succeeded)
    return time.monotonic() - cut


def _until_back(site: Site) -> float:
    """Seconds until the workers of host a say that they live; a supervisor looks after them."""
    from django.utils import timezone

    from core.models import WorkerHeartbeat

    since, started = timezone.now(), time.monotonic()
    while time.monotonic() - started < BACK_SECONDS * 2:
        site.revive()
        if WorkerHeartbeat.objects.filter(name__endswith="@a", seen_at__gt=since).exists():
            break
        time.sleep(0.5)
    return time.monotonic() - started


def _until_made(site: Site) -> None:
    started = time.monotonic()
    while time.monotonic() - started < CATCH_UP_SECONDS and _runs().count() < SCHEDULES * DAYS:
        time.sleep(1)


def _runs() -> Any:
    from billing.models import RecurringRun

    return RecurringRun.objects.filter(status="made")


def _made(schedules: list[int]) -> tuple[int, list[str], list[str]]:
    """Invoices of the schedules: how many, which days have two, which have none."""
    from billing.models import Invoice

    days = Counter(
        Invoice.objects.filter(recurring_runs__recurring_id__in=schedules).values_list(
            "recurring_runs__recurring_id", "recurring_runs__intended_date"
        )
    )
    unrelated = Invoice.objects.filter(
        lines__description="Care", recurring_runs__isnull=True
    ).values_list("number", flat=True)
    twice = [str(key) for key, n in days.items() if n > 1] + [str(one) for one in unrelated]
    missing = SCHEDULES * DAYS - len(days)
    return sum(days.values()), twice, ["-"] * missing
