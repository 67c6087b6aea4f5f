"""When the workers look, unasked. A round that nobody could start in time is skipped."""

from collections.abc import Iterable
from typing import Any

from celery.schedules import crontab


def _every(seconds: int, task: str) -> dict[str, Any]:
    # A worker that was away must not find thousands of old rounds in the queue.
    return {
        "task": f"integrations.tasks.{task}",
        "schedule": seconds,
        "options": {"expires": max(seconds, 10), "ignore_result": True},
    }


SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep": _every(2, "sweep"),
    "bring-back-strays": _every(60, "bring_back_strays"),
    "raise-overdue": _every(60, "raise_overdue"),
    "raise-expired": _every(60, "raise_expired"),
    "run-recurring": _every(60, "run_recurring"),
    "release-invoices": _every(60, "release_invoices"),
    "send-reminders": _every(60, "send_reminders"),
    "read-bounces": _every(120, "read_bounces"),
    "charge-lateness": _every(300, "charge_lateness"),
    "note-ending-keys": _every(600, "note_ending_keys"),
    "seal-events": _every(600, "seal_events"),
    "collect-invoices": _every(60, "collect_invoices"),
    "reset-sandboxes": {
        "task": "integrations.tasks.reset_sandboxes",
        "schedule": crontab(minute=37),
        "options": {"expires": 3_000, "ignore_result": True},
    },
    "clean-up": {
        "task": "integrations.tasks.clean_up",
        "schedule": crontab(minute=17),
        "options": {"expires": 3_000, "ignore_result": True},
    },
}


def heartbeats(queues: Iterable[str]) -> dict[str, dict[str, Any]]:
    """One for each queue: a queue that nobody works on must not look alive."""
    every: dict[str, dict[str, Any]] = {}
    for queue in queues:
        entry = _every(10, "heartbeat")
        entry["options"]["queue"] = queue
        every[f"heartbeat-{queue}"] = {**entry, "args": (queue,)}
    return every
