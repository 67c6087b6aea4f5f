"""One key, one effect: the answer is kept in the transaction that made it true."""

import datetime
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import simplejson
from django.db import IntegrityError, connection
from django.db.models import BigIntegerField, CharField
from django.http import HttpRequest, HttpResponse

from core.errors import DomainError, Kind
from core.secrets import ring
from core.statements import Given, Statement, insert
from core.transactions import whole
from integrations.models import IdempotencyRecord

KEPT_FOR = datetime.timedelta(hours=24)
_ASK_AGAIN_SECONDS = 0.05
_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")
_BY_KEY = Statement(
    lambda: IdempotencyRecord.objects.filter(
        organization_id=Given("organization_id", BigIntegerField()), key=Given("key", CharField())
    )
)
# How a sealed body begins; JSON and PDF begin otherwise.
_SEALED = b"gAAAA"


class InvalidIdempotencyKey(DomainError):
    kind, code = Kind.MALFORMED, "invalid_idempotency_key"
    message = "An idempotency key is 1 to 255 visible ASCII characters, and one per request."


class IdempotencyKeyReused(DomainError):
    kind, code = Kind.CONFLICT, "idempotency_key_reused"
    message = "This idempotency key was used for another request within the last 24 hours."


class IdempotencyInProgress(DomainError):
    kind, code = Kind.CONFLICT, "idempotency_in_progress"
    message = "A request with this idempotency key is still being worked on."

    def __init__(self) -> None:
        super().__init__()
        self.details = {"retry_after": 1}


@dataclass(frozen=True, slots=True)
class IdempotencyRule:
    """Which methods honour a key, and with which status a replay answers (None: the first's).

    A twin of a request that is still worked on is refused after `wait_seconds`.
    """

    methods: frozenset[str]
    replay_status: int | None = None
    wait_seconds: float = 0


def key_of(request: HttpRequest) -> str | None:
    """The request's key, from either header. Raises InvalidIdempotencyKey."""
    ours = request.META.get("HTTP_X_IDEMPOTENCY_KEY")
    standard = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if standard is not None and len(standard) > 1 and standard[0] == standard[-1] == '"':
        standard = standard[1:-1]
    if ours is not None and standard is not None and ours != standard:
        raise InvalidIdempotencyKey()
    key = ours if ours is not None else standard
    if key is not None and not _VISIBLE.fullmatch(key):
        raise InvalidIdempotencyKey()
    return key


def fingerprint(dialect: str, request: HttpRequest, body: dict[str, Any]) -> str:
    """SHA-256 of what the request asks for; key order and whitespace do not count."""
    query = sorted(request.META.get("QUERY_STRING", "").split("&"))
    canonical = simplejson.dumps(
        [dialect, request.method, request.path, query, body], use_decimal=True, sort_keys=True
    )
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def run_once(
    work: Callable[[], HttpResponse],
    *,
    organization_id: int,
    key: str,
    fingerprint: str,
    at: datetime.datetime,
    replay_status: int | None = None,
    is_secret: bool = False,
    wait_seconds: float = 0,
) -> HttpResponse:
    """Do the work and keep its answer, or replay the answer it gave before.

    Key, work and answer are one transaction: a failure leaves no trace and may be
    repeated with the same key. Answers that show a secret are kept encrypted.
    Raises IdempotencyInProgress, IdempotencyKeyReused, and whatever the work raises.
    """
    with whole():
        _lock(organization_id, key, wait_seconds)
        record = _BY_KEY.first(organization_id=organization_id, key=key)
        if record is not None and record.expires_at <= at:
            record.delete()
            record = None
        if record is not None:
            if record.fingerprint != fingerprint:
                raise IdempotencyKeyReused()
            return _replay(record, replay_status)
        response = work()
        content = ring().encrypt(response.content) if is_secret else response.content
        try:
            insert(
                [
                    IdempotencyRecord(
                        organization_id=organization_id,
                        key=key,
                        fingerprint=fingerprint,
                        status_code=response.status_code,
                        content_type=response.headers.get("Content-Type", ""),
                        body=content,
                        location=response.headers.get("Location", ""),
                        created_at=at,
                        expires_at=at + KEPT_FOR,
                    )
                ]
            )
        except IntegrityError:
            raise IdempotencyInProgress() from None
        return response


def _lock(organization_id: int, key: str, wait_seconds: float) -> None:
    """Take the key for this transaction, or refuse when a twin holds it for too long.

    Asked again and again instead of waiting inside the database: a server's lock timeout
    is for rows, and shorter. SQLite needs none: its transaction holds the one writer's lock.
    """
    if connection.vendor != "postgresql":
        return
    deadline = time.monotonic() + wait_seconds
    while not _try_lock(organization_id, key):
        if time.monotonic() >= deadline:
            raise IdempotencyInProgress()
        time.sleep(_ASK_AGAIN_SECONDS)


def _try_lock(organization_id: int, key: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"idempotency:{organization_id}:{key}"],
        )
        return bool(cursor.fetchone()[0])


def _replay(record: IdempotencyRecord, replay_status: int | None) -> HttpResponse:
    body = bytes(record.body)
    if body.startswith(_SEALED):
        body = ring().decrypt(body)
    status = record.status_code
    # An answer without a body stays one without a body.
    if replay_status is not None and body:
        status = replay_status
    response = HttpResponse(body, status=status, content_type=record.content_type)
    if record.location:
        response.headers["Location"] = record.location
    response.headers["Idempotent-Replayed"] = "true"
    return response
