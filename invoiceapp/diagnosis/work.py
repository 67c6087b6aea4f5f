"""Checks of what happens in the background."""

import datetime
from typing import Any

from celery import current_app
from django.conf import settings

from invoiceapp import figures
from invoiceapp.diagnosis.findings import Finding, failure, ok, warning
from invoiceapp.health import HEARTBEAT_SECONDS
from invoiceapp.queues import QUEUES

LATE_SECONDS = 60
VERY_LATE_SECONDS = 900


def broker(at: datetime.datetime) -> Finding:
    """The broker answers, and forgets nothing to make room."""
    if settings.BROKER_URL.startswith("memory:"):
        return ok("No broker: the web process does the work itself.")
    with current_app.connection_for_write(connect_timeout=2) as link:
        link.ensure_connection(max_retries=1, interval_start=0, timeout=2)
        transport = link.transport_cls
        if transport == "redis":
            channel: Any = link.default_channel
            policy = channel.client.info("memory").get("maxmemory_policy")
            if policy != "noeviction":
                return warning(
                    f"Redis may evict queues (maxmemory-policy {policy}).",
                    "Set maxmemory-policy noeviction; use another Redis as a cache.",
                )
    return ok(f"The broker ({transport}) answers.")


def workers(at: datetime.datetime) -> Finding:
    """Somebody was lately seen working."""
    ages = figures.heartbeat_ages(at)
    alive = [name for name, age in ages.items() if age <= HEARTBEAT_SECONDS]
    has_broker = not settings.BROKER_URL.startswith("memory:")
    idle = set(QUEUES if has_broker else ()) - {name.partition("@")[0] for name in alive}
    if not alive:
        seen = f"The last was seen {min(ages.values()):,.0f} seconds ago." if ages else "None ever."
        return failure(f"No worker is alive. {seen}", "Start a worker and the scheduler (beat).")
    if has_broker and not figures.leading_scheduler(at):
        return failure("No scheduler leads.", "Start one: celery -A invoiceapp beat.")
    if idle:
        return failure(
            f"Nobody works on the queue {', '.join(sorted(idle))}.",
            "Start a worker for it: celery -A invoiceapp worker -Q NAME,NAME.",
        )
    return ok(f"Alive: {', '.join(alive)}.")


def events(at: datetime.datetime) -> Finding:
    """The outbox moves."""
    parked = figures.parked_events()
    (outbox,) = [one for one in figures.backlogs(at) if one.kind == "outbox"]
    if outbox.late_seconds > LATE_SECONDS:
        return failure(
            f"{outbox.due:,} events wait; the oldest has been due for"
            f" {outbox.late_seconds:,.0f} seconds.",
            "Look at the workers and their log.",
        )
    if parked:
        return warning(
            f"{parked:,} events failed too often and are parked.",
            "Read last_error in the admin, mend the cause, run manage.py work --retry-parked.",
        )
    return ok(f"{outbox.waiting:,} events wait, none of them long.")


def backlog(at: datetime.datetime) -> Finding:
    """Nothing else has been due for long."""
    late = [
        f"{one.words.lower()}: {one.due:,} due for up to {one.late_seconds:,.0f} seconds"
        for one in figures.backlogs(at)
        if one.kind != "outbox" and one.late_seconds > VERY_LATE_SECONDS
    ]
    if late:
        return failure(f"{'; '.join(late)}.", "Look at the workers and their log; add workers.")
    return ok("Nothing else has been due for long.")
