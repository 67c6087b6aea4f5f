"""Alive and ready: two questions that load balancers and people ask."""

import datetime
from collections.abc import Callable

from celery import current_app
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from core import outbox
from core.models import WorkerHeartbeat

# Three beats missed, and a little more.
HEARTBEAT_SECONDS = 45

Check = dict[str, object]


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Touches nothing else, so that a sick database restarts nobody."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Everything that serving needs is there: 200, or 503 with the check that failed."""
    checks = {name: _answer(check) for name, check in _CHECKS.items()}
    is_ready = all(check["ok"] for check in checks.values())
    body = {"status": "ok" if is_ready else "unavailable", "checks": checks}
    return JsonResponse(body, status=200 if is_ready else 503)


def _database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True, "vendor": connection.vendor}


def _migrations() -> Check:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return {"ok": waiting == 0, "waiting": waiting}


def _broker() -> Check:
    with current_app.connection_for_write(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)
        return {"ok": True, "transport": broker.transport_cls}


def _worker() -> Check:
    newest = WorkerHeartbeat.objects.order_by("-seen_at").first()
    if newest is None:
        return {"ok": False, "error": "No worker was ever seen."}
    age = timezone.now() - newest.seen_at
    ok = age <= datetime.timedelta(seconds=HEARTBEAT_SECONDS)
    return {"ok": ok, "age_seconds": round(age.total_seconds(), 1)}


def _outbox() -> Check:
    """Only told, never a reason to be unready: parked events wait for a person."""
    return {"ok": True, "parked_events": outbox.parked_events().count()}


_CHECKS: dict[str, Callable[[], Check]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "worker": _worker,
    "outbox": _outbox,
}


def _answer(check: Callable[[], Check]) -> Check:
    try:
        return check()
    except (DatabaseError, OperationalError, OSError) as error:
        # The class says enough; the message may hold addresses and credentials.
        return {"ok": False, "error": type(error).__name__}
