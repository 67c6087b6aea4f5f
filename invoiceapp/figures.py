"""How much work is pending, how late it is, and what became of the latest."""

import datetime
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from billing.models import RecurringInvoice
from core import outbox
from core.models import Event, Lease, WorkerHeartbeat
from integrations.models import (
    Message,
    MessageRecipient,
    ShopDelivery,
    WebhookAttempt,
    WebhookDelivery,
)
from invoiceapp import leading

WINDOW = datetime.timedelta(hours=1)
# Attempts are counted by walking back from the newest, and not further than this.
FARTHEST = 50_000


@dataclass(frozen=True, slots=True)
class Backlog:
    """One kind of pending work.

    `waiting` rows in all, of which `due` should be under way; the first of them has been due
    for `late_seconds`.
    """

    kind: str
    words: str
    waiting: int
    due: int
    late_seconds: float


def backlogs(at: datetime.datetime) -> list[Backlog]:
    """Every kind of pending work at that instant."""
    return [
        _backlog(kind, words, rows(), field, at) for kind, (words, rows, field) in _KINDS.items()
    ]


def parked_events() -> int:
    """Events whose consequences failed too often; a person has to look at them."""
    return outbox.parked_events().count()


def webhook_outcomes(at: datetime.datetime) -> dict[str, int]:
    """Webhook attempts of the last hour by what came of them."""
    recent = _newest(WebhookAttempt).filter(attempted_at__gt=at - WINDOW)
    counts = Counter(dict.fromkeys(("succeeded", "refused", "failed", "unreachable"), 0))
    for code, number in recent.values_list("response_code").annotate(number=Count("pk")):
        counts[_outcome(code)] += number
    return dict(counts)


def mail_outcomes(at: datetime.datetime) -> dict[str, int]:
    """Recipients of mail of the last hour by what the mail server said."""
    recent = _newest(MessageRecipient).filter(updated_at__gt=at - WINDOW)
    counts = dict.fromkeys(MessageRecipient.Status.values, 0)
    return counts | dict(recent.values_list("status").annotate(number=Count("pk")))


def shop_outcomes(at: datetime.datetime) -> dict[str, int]:
    """Deliveries of shops of the last hour by what became of them."""
    recent = _newest(ShopDelivery).filter(received_at__gt=at - WINDOW)
    counts = dict.fromkeys(ShopDelivery.State.values, 0)
    return counts | dict(recent.values_list("state").annotate(number=Count("pk")))


def heartbeat_ages(at: datetime.datetime) -> dict[str, float]:
    """Seconds since each worker was last seen, by its name."""
    rows = WorkerHeartbeat.objects.order_by("name").values_list("name", "seen_at")
    return {name: max(0.0, (at - seen).total_seconds()) for name, seen in rows}


def leading_scheduler(at: datetime.datetime) -> str:
    """The scheduler that leads, or nothing while none does."""
    lease = Lease.objects.filter(name=leading.NAME, held_until__gt=at).first()
    return lease.holder if lease else ""


def _backlog(
    kind: str, words: str, rows: QuerySet[Any], field: str, at: datetime.datetime
) -> Backlog:
    is_due = Q(**{f"{field}__lte": at})
    found = rows.aggregate(
        waiting=Count("pk"), due=Count("pk", filter=is_due), first=Min(field, filter=is_due)
    )
    late = (at - found["first"]).total_seconds() if found["first"] else 0.0
    return Backlog(kind, words, found["waiting"], found["due"], late)


def _outcome(code: int | None) -> str:
    if code is None:
        return "unreachable"
    if 200 <= code < 300:
        return "succeeded"
    return "failed" if code >= 500 else "refused"


def _newest(model: Any) -> QuerySet[Any]:
    newest = model._default_manager.aggregate(newest=Max("pk"))["newest"] or 0
    rows: QuerySet[Any] = model._default_manager.filter(pk__gt=newest - FARTHEST)
    return rows


def _events() -> QuerySet[Any]:
    return Event.objects.filter(relayed_at__isnull=True, attempts__lt=outbox.MAX_EVENT_ATTEMPTS)


def _webhooks() -> QuerySet[Any]:
    return WebhookDelivery.objects.filter(
        status=WebhookDelivery.Status.PENDING, endpoint__is_active=True
    )


def _messages() -> QuerySet[Any]:
    return Message.objects.filter(status=Message.Status.QUEUED)


def _shop_deliveries() -> QuerySet[Any]:
    return ShopDelivery.objects.filter(state=ShopDelivery.State.RECEIVED)


def _recurring() -> QuerySet[Any]:
    # A sandbox with a clock of its own is late or early by the clock on the wall.
    return RecurringInvoice.objects.filter(
        status=RecurringInvoice.Status.ACTIVE,
        next_run_at__isnull=False,
        organization__test_clock__isnull=True,
    )


_KINDS: dict[str, tuple[str, Callable[[], QuerySet[Any]], str]] = {
    "outbox": ("Events whose consequences are to be planned", _events, "next_attempt_at"),
    "webhooks": ("Webhook deliveries", _webhooks, "next_attempt_at"),
    "messages": ("E-mail messages", _messages, "next_attempt_at"),
    "shop_deliveries": ("Deliveries of shops to book", _shop_deliveries, "next_attempt_at"),
    "recurring_runs": ("Recurring invoices to make", _recurring, "next_run_at"),
}
