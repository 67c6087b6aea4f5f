"""Deleting what is kept for a limited time only, in small bites."""

import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.operations.tokens import forget_answers
from accounts.queries.tokens import outlived
from billing.operations.attachments import remove_orphans
from core.models import WorkerHeartbeat
from integrations.models import (
    CollectorUserToken,
    CollectRun,
    IdempotencyRecord,
    RateLimitWindow,
    ShopDelivery,
    WebhookDelivery,
)

KEEP_DELIVERIES = datetime.timedelta(days=30)
# Shops send again for two days at most; people look into a matter somewhat longer.
KEEP_SHOP_DELIVERIES = datetime.timedelta(days=90)
KEEP_COLLECT_RUNS = datetime.timedelta(days=90)
KEEP_WINDOWS = datetime.timedelta(hours=2)
KEEP_HEARTBEATS = datetime.timedelta(days=1)
BITE = 1_000
# What one run deletes at most; the next one goes on.
MOST_BITES = 100


def clean_up(at: datetime.datetime) -> int:
    """Delete what is over: deliveries, idempotency keys, windows, heartbeats, tokens, runs.

    And the files of documents that are gone. How many rows and files went.
    """
    oldest = at - KEEP_DELIVERIES
    finished = WebhookDelivery.objects.filter(finished_at__lt=oldest)
    # What waits for an endpoint that is off would wait for ever.
    stranded = WebhookDelivery.objects.filter(
        created_at__lt=oldest, status=WebhookDelivery.Status.PENDING, endpoint__is_active=False
    )
    booked = ShopDelivery.objects.filter(
        finished_at__lt=at - KEEP_SHOP_DELIVERIES,
        state__in=(ShopDelivery.State.BOOKED, ShopDelivery.State.IGNORED),
    )
    keys = IdempotencyRecord.objects.filter(expires_at__lt=at)
    oldest_window = int((at - KEEP_WINDOWS).timestamp())
    windows = RateLimitWindow.objects.filter(window_start__lt=oldest_window)
    heartbeats = WorkerHeartbeat.objects.filter(seen_at__lt=at - KEEP_HEARTBEATS)
    tokens = CollectorUserToken.objects.filter(expires_at__lt=at)
    runs = CollectRun.objects.filter(finished_at__lt=at - KEEP_COLLECT_RUNS)
    forget_answers(at)
    over = (finished, stranded, booked, keys, windows, heartbeats, tokens, runs, *outlived(at))
    return sum(_delete(rows) for rows in over) + remove_orphans(at=at)


def _delete(rows: QuerySet[Any]) -> int:
    gone = 0
    for _ in range(MOST_BITES):
        pks = list(rows.order_by("pk").values_list("pk", flat=True)[:BITE])
        if not pks:
            break
        gone += rows.model._default_manager.filter(pk__in=pks).delete()[0]
    return gone
