"""What the customer's callback is sent: invoices and notices, as rows that outlive its outages.

Three attempts ten seconds apart, then one an hour for three days. Every attempt has the same
webhook-id and the same bytes, so that a receiver can tell a repetition; any 2xx is success.
"""

import base64
import datetime
import functools
import io
import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from accounts.actors import Actor
from core import events, exactjson, outbox
from core.errors import DomainError, Kind, NotFound
from core.ids import uuid7
from integrations import http
from integrations.collectors import told_of
from integrations.collectors.accounts import SCOPE, CallbackMissing, get_account
from integrations.collectors.describing import describe
from integrations.collectors.intake import document_of
from integrations.collectors.sources import SOURCES
from integrations.collectors.vault import SealBroken
from integrations.models import CallbackDelivery, CollectorAccount
from integrations.webhooks import signing

logger = logging.getLogger(__name__)

LEASE = datetime.timedelta(seconds=90)
QUICK_ATTEMPTS, QUICK_PAUSE = 3, datetime.timedelta(seconds=10)
PAUSE = datetime.timedelta(hours=1)
MAX_ATTEMPTS = QUICK_ATTEMPTS + 72
# Under way at once: so many, so many of one customer, and documents of so many bytes.
_SLOTS, _PER_CUSTOMER, _MOST_BYTES = 8, 2, 30 * 1_048_576

Status = CallbackDelivery.Status
Clock = Callable[[], datetime.datetime]
Json = dict[str, Any]


class CallbackFailed(DomainError):
    kind, code = Kind.UNAVAILABLE, "callback_failed"
    message = "The callback did not take the test: {reason}"


def has_due(at: datetime.datetime) -> bool:
    """Whether any callback is to be told something now."""
    return outbox.due(_waiting(), at).exists()


def deliver_due(
    clock: Clock, *, budget_seconds: float = 60, lookup: http.Lookup = http.system_lookup
) -> int:
    """Make every attempt that is due; how many were made.

    A customer whose callback fails is left alone for the rest of the round.
    """
    until, made, failing = time.monotonic() + budget_seconds, 0, set[int]()
    while time.monotonic() < until:
        rows = _claim(clock(), failing)
        if not rows:
            break
        posts = [(row, _post(row, clock())) for row in rows]
        sent = [(row, post) for row, post in posts if post is not None]
        outcomes = http.post_many([post for _, post in sent], lookup=lookup)
        for (row, _), outcome in zip(sent, outcomes, strict=True):
            _record(row, outcome, clock())
            if not outcome.is_success:
                failing.add(row.organization_id)
        made += len(rows)
    return made


def test_callback(
    *,
    actor: Actor,
    at: datetime.datetime,
    kind: str = CallbackDelivery.Kind.INVOICE,
    lookup: http.Lookup = http.system_lookup,
) -> None:
    """Send the callback something made up, once. Takes up to 15 seconds: hold no transaction.

    Raises Forbidden, CallbackMissing, CallbackFailed.
    """
    actor.require(SCOPE)
    account = get_account(actor.organization_id, at)
    if not account.callback:
        raise CallbackMissing()
    body = exactjson.dumps(_made_up(kind, at)).encode()
    outcome = http.post_many([_signed(account, body, uuid7(), at)], lookup=lookup)[0]
    if not outcome.is_success:
        answer = f"it answered {outcome.status}. {outcome.body[:200]}".strip()
        raise CallbackFailed(reason=outcome.error or answer)


@transaction.atomic
def deliver_again(*, actor: Actor, at: datetime.datetime, delivery_id: int) -> CallbackDelivery:
    """Make a delivery due now, with all its attempts before it, whatever became of it.

    One that is under way is left alone. Raises Forbidden, NotFound, CallbackMissing.
    """
    actor.require(SCOPE)
    rows = CallbackDelivery.objects.of(actor.organization_id).select_for_update()
    found = rows.filter(pk=delivery_id).first()
    if found is None:
        raise NotFound(noun="callback delivery", id=delivery_id)
    if not get_account(actor.organization_id, at).callback:
        raise CallbackMissing()
    if found.locked_until is None or found.locked_until <= at:
        found.status, found.attempts_made, found.error = Status.PENDING, 0, ""
        found.next_attempt_at, found.finished_at = at, None
        found.save(
            update_fields=["status", "attempts_made", "error", "next_attempt_at", "finished_at"]
        )
        events.ring_on_commit()
    return found


test_callback.__test__ = False  # type: ignore[attr-defined]


def payload(delivery: CallbackDelivery) -> Json:
    """What the callback is told, the same for every attempt."""
    credential = delivery.credential
    told: Json = {
        "type": delivery.kind,
        "collector": credential.source,
        "remote_id": credential.user.remote_id,
        "credential_id": str(credential.uuid),
        "user_id": str(credential.user.uuid),
    }
    if delivery.invoice is None:
        return told
    invoice = delivery.invoice
    source, figures = SOURCES.get(credential.source), told_of.figures(invoice)
    shown: Json = {
        "id": invoice.external_id,
        "timestamp": milliseconds(invoice.issued_at),
        "link": invoice.link,
        "collected_timestamp": milliseconds(invoice.collected_at),
        "amount": invoice.amount or told_of.amount(figures),
        "mimetype": invoice.media_type,
        "metadata": {**told_of.metadata(figures), **invoice.details},
        "data": base64.b64encode(document_of(invoice, credential)).decode(),
    }
    if not shown["amount"]:
        del shown["amount"]
    config = describe(source.description, credential.user.locale) if source else None
    return {**told, "id": credential.source, "collector_config": config, "invoice": shown}


def milliseconds(moment: datetime.datetime | None) -> int | None:
    """Since 1970, or None."""
    return None if moment is None else round(moment.timestamp() * 1000)


def _claim(at: datetime.datetime, failing: set[int]) -> list[CallbackDelivery]:
    queued: Counter[int] = Counter()
    chosen, size = list[int](), 0
    rows = outbox.due(_waiting().exclude(organization_id__in=failing), at)
    for pk, customer, bytes_ in rows.values_list("pk", "organization_id", "invoice__size")[:64]:
        bytes_ = bytes_ or 0
        fits = not chosen or size + bytes_ <= _MOST_BYTES
        if len(chosen) < _SLOTS and queued[customer] < _PER_CUSTOMER and fits:
            queued[customer] += 1
            size += bytes_
            chosen.append(pk)
    taken = outbox.lease(_waiting(), chosen, at=at, until=at + LEASE)
    found = CallbackDelivery.objects.select_related("credential__user", "invoice")
    return list(found.filter(pk__in=taken).order_by("pk"))


def _waiting() -> QuerySet[CallbackDelivery]:
    return CallbackDelivery.objects.filter(status=Status.PENDING)


def _post(delivery: CallbackDelivery, at: datetime.datetime) -> http.Post | None:
    account = get_account(delivery.organization_id, at)
    try:
        body = exactjson.dumps(payload(delivery)).encode()
    except SealBroken:
        # A key is missing: nobody is at fault but us, and an hour may mend it.
        logger.error("callback delivery %s: its document does not open", delivery.uuid)
        rows = CallbackDelivery.objects.of(delivery.organization_id).filter(pk=delivery.pk)
        rows.update(next_attempt_at=at + PAUSE, locked_until=None, error="It does not open.")
        return None
    return _signed(account, body, delivery.uuid, at)


def _signed(
    account: CollectorAccount, body: bytes, identifier: uuid.UUID, at: datetime.datetime
) -> http.Post:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"{settings.PRODUCT_NAME}/{settings.PRODUCT_VERSION}",
        **signing.signature_headers(
            body,
            webhook_id=f"msg_{identifier.hex}",
            timestamp=int(at.timestamp()),
            secret=account.secret,
        ),
    }
    return http.Post(account.callback, body, headers, group=account.pk)


@transaction.atomic
def _record(delivery: CallbackDelivery, outcome: http.Outcome, at: datetime.datetime) -> None:
    if delivery.locked_until is None:
        raise ValueError("a delivery under way has a lease")
    made = delivery.attempts_made + 1
    status, again_at = Status.SUCCEEDED, None
    if not outcome.is_success:
        again_at = at + (QUICK_PAUSE if made < QUICK_ATTEMPTS else PAUSE)
        status = Status.PENDING
        if made >= MAX_ATTEMPTS:
            status, again_at = Status.FAILED, None
    # Zero rows where the user was removed meanwhile, or another worker took over.
    outbox.held(CallbackDelivery, [delivery.pk], until=delivery.locked_until).update(
        status=status,
        attempts_made=made,
        response_code=outcome.status,
        error=outcome.error[:300],
        next_attempt_at=again_at,
        locked_until=None,
        finished_at=at if again_at is None else None,
    )


def _made_up(kind: str, at: datetime.datetime) -> Json:
    told: Json = {"type": kind, "collector": "sliced_invoices", "remote_id": "fake"}
    if kind == CallbackDelivery.Kind.DISCONNECTED:
        return {**told, "credential_id": "fake", "user_id": "fake"}
    invoice: Json = {
        "id": "INV-3337",
        "timestamp": milliseconds(at),
        "link": "",
        "collected_timestamp": milliseconds(at),
        "amount": "$93.50",
        "mimetype": "application/pdf",
        "metadata": {},
        "data": base64.b64encode(_specimen()).decode(),
    }
    return {**told, "invoice": invoice}


@functools.cache
def _specimen() -> bytes:
    """A page that says that it is no invoice."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=True)
    for line, words in enumerate(("Test invoice INV-3337", "$93.50", "Nothing is to be paid.")):
        canvas.drawString(72, 770 - 24 * line, words)
    canvas.save()
    return file.getvalue()
