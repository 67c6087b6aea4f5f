"""Sending an invoice later: planned by a person, done by the scheduler, once."""

import datetime
import logging
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from accounts.actors import Actor, system_actor
from accounts.models import Organization
from billing.models import Invoice, InvoiceStatus, ScheduledSend
from billing.operations.locks import lock_invoice
from billing.operations.recipients import recipients_of
from billing.operations.sending import InvoiceNotSendable, request_send
from billing.queries.invoices import get_invoice
from billing.queries.lookup import Ref
from billing.snapshots import invoice_snapshot
from core.errors import DomainError, InvalidValue, Kind, NotFound
from core.events import emit

logger = logging.getLogger(__name__)
LONGEST = datetime.timedelta(days=366)
Status = ScheduledSend.Status


@transaction.atomic
def schedule_send(
    *,
    actor: Actor,
    at: datetime.datetime,
    invoice_id: Ref,
    send_at: datetime.datetime,
    **mail: Any,
) -> ScheduledSend:
    """Plan what request_send does with `mail` for that instant, instead of an earlier plan.

    A draft stays one until then. Raises Forbidden, NotFound, InvoiceNotSendable,
    InvalidValue.
    """
    actor.require("invoices:send")
    invoice = lock_invoice(actor.organization_id, invoice_id)
    if invoice.status == InvoiceStatus.VOID:
        raise InvoiceNotSendable(number=invoice.number)
    if not at < send_at <= at + LONGEST:
        raise InvalidValue("This must be in the coming year.", param="send_at")
    # An address that nobody can write to is refused now, not at that moment.
    recipients_of(
        invoice,
        to=mail.get("to"),
        cc=mail.get("cc", ()),
        bcc=mail.get("bcc", ()),
        send_copy_to_self=mail.get("send_copy_to_self", False),
    )
    _planned(actor, invoice.pk).update(status=Status.CANCELLED, updated_at=at)
    plan = ScheduledSend.objects.create(
        organization_id=actor.organization_id,
        invoice=invoice,
        send_at=send_at,
        mail=mail,
        requested_by=actor.label[:200],
        created_at=at,
        updated_at=at,
    )
    _tell("invoice.send_scheduled", plan, actor, at)
    return plan


@transaction.atomic
def cancel_scheduled_send(*, actor: Actor, at: datetime.datetime, invoice_id: Ref) -> ScheduledSend:
    """Take the plan back. Raises Forbidden, NotFound when none is planned."""
    actor.require("invoices:send")
    invoice = lock_invoice(actor.organization_id, invoice_id)
    plan = _planned(actor, invoice.pk).select_for_update().first()
    if plan is None:
        raise NotFound(noun="planned mail of invoice", id=invoice_id)
    _finish(plan, Status.CANCELLED, at)
    _tell("invoice.send_unscheduled", plan, actor, at)
    return plan


def send_scheduled(*, at: datetime.datetime, limit: int = 500) -> int:
    """Queue the mail whose moment has come, anywhere; how many plans came, at most `limit`.

    A sandbox with a clock of its own goes by that clock.
    """
    rows = ScheduledSend.objects.filter(organization__test_clock__isnull=True, send_at__lte=at)
    done = _send_all(rows, at, limit)
    for organization in Organization.objects.filter(test_clock__isnull=False).order_by("pk"):
        if done >= limit:
            break
        its_time = organization.test_clock or at
        done += send_scheduled_in(organization=organization, at=its_time, limit=limit - done)
    return done


def send_scheduled_in(
    *, organization: Organization, at: datetime.datetime, limit: int = 500
) -> int:
    """The same for one organization at that instant of its own."""
    rows = ScheduledSend.objects.of(organization.pk).filter(send_at__lte=at)
    return _send_all(rows, at, limit)


def _send_all(rows: QuerySet[ScheduledSend], at: datetime.datetime, limit: int) -> int:
    due = rows.filter(status=Status.PLANNED).order_by("send_at", "pk")[:limit]
    done = 0
    for plan in due.select_related("organization"):
        try:
            done += _send(plan, at)
        except (OperationalError, InterfaceError):
            # The database is busy or away; it is still due at the next round.
            logger.warning("a planned mail could not be queued", exc_info=True)
    return done


@transaction.atomic
def _send(found: ScheduledSend, at: datetime.datetime) -> int:
    organization = found.organization
    actor = system_actor(organization.pk, livemode=organization.livemode, label="scheduler")
    invoice = lock_invoice(organization.pk, found.invoice_id)
    plan = _planned(actor, invoice.pk).select_for_update().filter(pk=found.pk).first()
    if plan is None:
        return 0
    if invoice.sent_at is not None and invoice.sent_at > plan.created_at:
        # Somebody was quicker by hand: the customer has it.
        _finish(plan, Status.CANCELLED, at)
        return 1
    try:
        with transaction.atomic():
            request_send(actor=actor, at=at, invoice_id=invoice.pk, **plan.mail)
    except DomainError as refusal:
        if refusal.kind in (Kind.UNAVAILABLE, Kind.RATE_LIMITED):
            return 0
        _finish(plan, Status.FAILED, at, error=str(refusal))
        _tell("invoice.scheduled_send_failed", plan, actor, at)
    else:
        _finish(plan, Status.DONE, at)
    return 1


def _planned(actor: Actor, invoice_id: int) -> QuerySet[ScheduledSend]:
    rows = ScheduledSend.objects.of(actor.organization_id)
    return rows.filter(invoice_id=invoice_id, status=Status.PLANNED)


def _finish(plan: ScheduledSend, status: str, at: datetime.datetime, error: str = "") -> None:
    plan.status, plan.error, plan.updated_at = Status(status), error[:300], at
    plan.save(update_fields=["status", "error", "updated_at"])


def _tell(event: str, plan: ScheduledSend, actor: Actor, at: datetime.datetime) -> None:
    invoice: Invoice = get_invoice(plan.organization_id, plan.invoice_id)
    data = {**invoice_snapshot(invoice), "send_at": plan.send_at, "error": plan.error}
    emit(event, subject=invoice, data=data, actor=actor, at=at)
