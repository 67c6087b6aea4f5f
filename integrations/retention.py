"""Deleting what is kept for a limited time only, in small bites."""

import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from accounts.operations.tokens import forget_answers
from accounts.queries.tokens import outlived
from billing.exports.running import remove_old as remove_exports
from billing.jobs.importing import remove_old as remove_imports
from billing.jobs.running import remove_old
from billing.models import PortalLink, PortalSession
from billing.operations.attachments import remove_orphans
from billing.operations.unlocking import unlocked_ledger
from core.models import WorkerHeartbeat
from integrations.collectors import cabinet
from integrations.models import (
    CollectorUserToken,
    CollectRun,
    IdempotencyRecord,
    Message,
    RateLimitWindow,
    ShopDelivery,
    WebhookDelivery,
)

KEEP_DELIVERIES = datetime.timedelta(days=settings.KEEP_DELIVERIES_DAYS)
# Shops send again for two days at most; people look into a matter somewhat longer.
KEEP_SHOP_DELIVERIES = KEEP_COLLECT_RUNS = datetime.timedelta(days=settings.KEEP_RUNS_DAYS)
# The addresses of strangers are in them.
KEEP_PORTAL_LINKS = datetime.timedelta(days=1)
KEEP_PORTAL_SESSIONS = datetime.timedelta(days=90)
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
    links = PortalLink.objects.filter(expires_at__lt=at - KEEP_PORTAL_LINKS)
    sessions = PortalSession.objects.filter(expires_at__lt=at - KEEP_PORTAL_SESSIONS)
    forget_answers(at)
    over = (
        finished,
        stranded,
        booked,
        keys,
        windows,
        heartbeats,
        tokens,
        runs,
        links,
        sessions,
        *outlived(at),
    )
    files = remove_orphans(at=at) + cabinet.remove_orphans(at=at) + remove_old(at=at)
    files += remove_imports(at=at) + remove_exports(at=at)
    return sum(_delete(rows) for rows in over) + _delete_mail(at) + files


def _delete_mail(at: datetime.datetime) -> int:
    """Mails that are done, with the log of what became of them; none unless a term is set."""
    if not settings.KEEP_MAIL_DAYS:
        return 0
    oldest = at - datetime.timedelta(days=settings.KEEP_MAIL_DAYS)
    done = Message.objects.exclude(status=Message.Status.QUEUED).filter(updated_at__lt=oldest)
    with unlocked_ledger():
        return _delete(done)


def _delete(rows: QuerySet[Any]) -> int:
    gone = 0
    for _ in range(MOST_BITES):
        pks = list(rows.order_by("pk").values_list("pk", flat=True)[:BITE])
        if not pks:
            break
        gone += rows.model._default_manager.filter(pk__in=pks).delete()[0]
    return gone
