"""Contested invoices: opening a dispute, and what becomes of the claim when it ends (C11)."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing.lifecycle import DISPUTE
from billing.models import Dispute, Invoice, InvoiceLine, InvoiceStatus, Payment, Refund
from billing.operations.amounts import positive_minor
from billing.operations.dispute_endings import charge_fee, credit, give_back, write_off
from billing.operations.fields import clean_date
from billing.operations.locks import (
    allocated_amounts,
    lock_invoice,
    lock_payment_and_invoices,
    payments_on,
)
from billing.operations.movements import Movement
from billing.operations.refunds import announce_refund, pay_back
from billing.queries.disputes import get_dispute
from billing.queries.invoices import get_invoice
from billing.queries.lookup import Ref, refer
from billing.queries.organizations import get_organization, today
from billing.snapshots import changed, dispute_snapshot, invoice_snapshot, payment_snapshot
from core.errors import DomainError, InvalidValue, Kind
from core.events import emit
from core.money import from_minor
from core.text import clean_line, clean_text

CHARGEBACK = "Chargeback"
_MOST_REASON = 2_000
_ENDINGS = {
    Dispute.Outcome.OWED: "",
    Dispute.Outcome.WRITTEN_OFF: "payments:write",
    Dispute.Outcome.CREDITED: "invoices:write",
}


class InvoiceNotDisputable(DomainError):
    kind, code = Kind.CONFLICT, "invoice_not_disputable"
    message = "Invoice {number} is {status}: there is nothing to dispute."


class DisputeAlreadyOpen(DomainError):
    kind, code = Kind.CONFLICT, "dispute_already_open"
    message = "Invoice {number} is already disputed for the same thing."


class DisputeKnown(DomainError):
    """The bank's own reference came before: the money was taken back already."""

    kind, code = Kind.CONFLICT, "dispute_reference_known"
    message = "The dispute '{reference}' was recorded already."
    default_param = "reference"


class PaymentNotDisputable(DomainError):
    kind, code = Kind.CONFLICT, "payment_not_disputable"
    message = "Nothing of payment {payment} settles invoice {number} that could be charged back."


class AmountExceedsDisputable(DomainError):
    kind, code = Kind.INVALID, "amount_exceeds_disputable"
    message = (
        "{amount} {currency} is more than the {disputable} {currency} of payment {payment} that"
        " can be charged back."
    )
    default_param = "amount"


@transaction.atomic
def open_dispute(
    *,
    actor: Actor,
    at: datetime.datetime,
    invoice_id: Ref,
    kind: str,
    reason: str,
    line_id: Ref | None = None,
    payment_id: Ref | None = None,
    amount: Decimal | None = None,
    reference: str = "",
    on: datetime.date | None = None,
) -> Dispute:
    """Record that an issued invoice is contested; reminders and late fees pause until it ends.

    An `objection` is the customer's, to the invoice or to the line `line_id`, with their own
    words as `reason`; no money moves. Staff need invoices:write, whoever holds the
    customer's link may object. A `chargeback` needs payments:write: the bank took `amount`
    (major units, by default all) of `payment_id` back, by default of the payment that settled
    the invoice last, and the invoice is due again. `reference` is the bank's, `on` the day.
    Raises Forbidden, NotFound, InvoiceNotDisputable, DisputeAlreadyOpen, DisputeKnown,
    PaymentNotDisputable, AmountExceedsDisputable, UnknownReference, InvalidValue.
    """
    is_chargeback = kind == Dispute.Kind.CHARGEBACK
    if kind not in Dispute.Kind.values:
        raise InvalidValue("A dispute is a chargeback or an objection.", param="kind")
    if is_chargeback:
        actor.require("payments:write")
    elif actor.kind != "customer":
        # The customer's link is the credential of its holder; the page found the invoice by it.
        actor.require("invoices:write")
    dispute = Dispute(
        organization_id=actor.organization_id,
        kind=kind,
        reason=clean_text(reason, param="reason", max_length=_MOST_REASON, required=True),
        reference=clean_line(reference, param="reference", max_length=200),
        opened_on=clean_date(
            on or today(get_organization(actor.organization_id), at), param="date"
        ),
        opened_by=actor.label[:200],
        created_at=at,
        updated_at=at,
    )
    if is_chargeback:
        if line_id is not None:
            raise InvalidValue("A chargeback is of a payment, not of a line.", param="line_id")
        return _charge_back(dispute, actor, at, invoice_id, payment_id, amount)
    if payment_id is not None or amount is not None:
        raise InvalidValue(
            "An objection names a line or nothing.",
            param="amount" if payment_id is None else "payment_id",
        )
    return _object(dispute, actor, at, invoice_id, line_id)


@transaction.atomic
def win_dispute(
    *,
    actor: Actor,
    at: datetime.datetime,
    dispute_id: Ref,
    note: str = "",
    on: datetime.date | None = None,
) -> Dispute:
    """The claim stands. What a chargeback took is there again and settles the invoice.

    As far as the invoice asks for it: if it was paid otherwise meanwhile, the rest is
    customer credit. Raises Forbidden, NotFound, TransitionRefused unless it is open.
    """
    dispute, invoice = _locked(actor, dispute_id)
    status = DISPUTE.next(dispute.status, "win")
    day = _closing_day(dispute, at, on)
    if dispute.kind == Dispute.Kind.CHARGEBACK:
        dispute.returned = give_back(actor, at, dispute, invoice, day)
    return _close(dispute, status, actor, at, day, note)


@transaction.atomic
def lose_dispute(
    *,
    actor: Actor,
    at: datetime.datetime,
    dispute_id: Ref,
    outcome: str = Dispute.Outcome.OWED,
    fee: Decimal | None = None,
    note: str = "",
    on: datetime.date | None = None,
) -> Dispute:
    """The bank or the customer was right. `outcome` says what becomes of what was disputed.

    `owed`: it stays due, and reminders go on. `written_off`: it becomes bad debt, as far as
    it is still due. `credited`, for an objection: a credit note over the line, or over all
    that is left; what was paid of it is customer credit. `fee` (major units of the invoice's
    currency) is what a chargeback cost, demanded by an invoice of its own. Raises Forbidden,
    NotFound, TransitionRefused unless it is open, InvalidValue, and what create_credit_note
    raises.
    """
    dispute, invoice = _locked(actor, dispute_id)
    status = DISPUTE.next(dispute.status, "lose")
    is_chargeback = dispute.kind == Dispute.Kind.CHARGEBACK
    if outcome not in Dispute.Outcome.values:
        raise InvalidValue("Say what becomes of the claim.", param="outcome")
    if is_chargeback and outcome == Dispute.Outcome.CREDITED:
        raise InvalidValue("A lost chargeback is owed or written off.", param="outcome")
    if fee is not None and not is_chargeback:
        raise InvalidValue("Only a chargeback costs a fee.", param="fee")
    if _ENDINGS[Dispute.Outcome(outcome)]:
        actor.require(_ENDINGS[Dispute.Outcome(outcome)])
    day = _closing_day(dispute, at, on)
    dispute.outcome = outcome
    if outcome == Dispute.Outcome.WRITTEN_OFF:
        write_off(actor, at, dispute, invoice, day)
    elif outcome == Dispute.Outcome.CREDITED:
        dispute.credit_note = credit(actor, at, dispute)
    if fee is not None:
        dispute.fee_invoice = charge_fee(actor, at, invoice, fee, day)
    return _close(dispute, status, actor, at, day, note)


def _charge_back(
    dispute: Dispute,
    actor: Actor,
    at: datetime.datetime,
    invoice_id: Ref,
    payment_id: Ref | None,
    amount: Decimal | None,
) -> Dispute:
    found = get_invoice(actor.organization_id, invoice_id)
    if payment_id is None:
        settling = payments_on(found)
        if not settling:
            raise InvoiceNotDisputable(number=found.number or "without number", status="not paid")
        payment_id = settling[0][0]
    payment, invoices = lock_payment_and_invoices(actor.organization_id, payment_id)
    invoice = invoices.get(found.pk)
    settles = dict(allocated_amounts(payment)).get(found.pk, 0)
    if invoice is None or not settles:
        raise PaymentNotDisputable(payment=payment.number, number=found.number)
    disputable = settles + payment.amount_unapplied
    minor = settles if amount is None else positive_minor(amount, payment.currency)
    if minor > disputable:
        raise AmountExceedsDisputable(
            payment=payment.number,
            amount=from_minor(minor, payment.currency),
            disputable=from_minor(disputable, payment.currency),
            currency=payment.currency,
        )
    dispute.invoice, dispute.payment, dispute.amount = invoice, payment, minor
    _refuse_known(dispute)
    dispute.taken = _take(dispute, payment, invoice, min(minor, settles), actor, at)
    return _open(dispute, actor, at)


def _take(
    dispute: Dispute,
    payment: Payment,
    invoice: Invoice,
    reopened: int,
    actor: Actor,
    at: datetime.datetime,
) -> Refund:
    """The bank paid the customer back: a refund that nobody of us made."""
    movement = Movement(
        actor=actor, at=at, on=dispute.opened_on, base_currency=invoice.accounting_currency
    )
    before = payment_snapshot(payment)
    movement.settle(invoice, -reopened, payment, reason=CHARGEBACK)
    refund = pay_back(movement, payment, dispute.amount, reason=CHARGEBACK)
    announce_refund(movement, refund, before)
    movement.announce()
    return refund


def _object(
    dispute: Dispute, actor: Actor, at: datetime.datetime, invoice_id: Ref, line_id: Ref | None
) -> Dispute:
    invoice = lock_invoice(actor.organization_id, invoice_id)
    if invoice.status not in (InvoiceStatus.ISSUED, InvoiceStatus.UNCOLLECTIBLE):
        raise InvoiceNotDisputable(number=invoice.number or "draft", status=invoice.status)
    dispute.invoice, dispute.amount = invoice, invoice.total
    if line_id is not None:
        lines = InvoiceLine.objects.of(actor.organization_id).filter(invoice=invoice)
        dispute.line = refer(lines, line_id, "line", "line_id")
        dispute.amount = dispute.line.total
    _refuse_known(dispute)
    return _open(dispute, actor, at)


def _refuse_known(dispute: Dispute) -> None:
    """The same thing is not disputed twice at a time, nor a bank's case recorded twice."""
    rows = Dispute.objects.of(dispute.organization_id).filter(kind=dispute.kind)
    same = rows.filter(
        invoice=dispute.invoice,
        line=dispute.line,
        payment=dispute.payment,
        status=Dispute.Status.OPEN,
    )
    if same.exists():
        raise DisputeAlreadyOpen(number=dispute.invoice.number)
    is_chargeback = dispute.kind == Dispute.Kind.CHARGEBACK
    if is_chargeback and dispute.reference and rows.filter(reference=dispute.reference).exists():
        raise DisputeKnown(reference=dispute.reference)


def _open(dispute: Dispute, actor: Actor, at: datetime.datetime) -> Dispute:
    dispute.save(force_insert=True)
    _mark(dispute, "invoice.disputed", actor, at)
    return dispute


def _locked(actor: Actor, reference: Ref) -> tuple[Dispute, Invoice]:
    """The dispute and its invoice, locked in the order of every money operation."""
    found = get_dispute(actor.organization_id, reference)
    is_chargeback = found.kind == Dispute.Kind.CHARGEBACK
    actor.require("payments:write" if is_chargeback else "invoices:write")
    invoice = lock_invoice(actor.organization_id, found.invoice_id)
    Dispute.objects.of(actor.organization_id).select_for_update().get(pk=found.pk)
    return get_dispute(actor.organization_id, found.pk), invoice


def _closing_day(
    dispute: Dispute, at: datetime.datetime, on: datetime.date | None
) -> datetime.date:
    day = clean_date(on or today(get_organization(dispute.organization_id), at), param="date")
    if day < dispute.opened_on:
        raise InvalidValue("It cannot end before it began.", param="date")
    return day


def _close(
    dispute: Dispute,
    status: str,
    actor: Actor,
    at: datetime.datetime,
    day: datetime.date,
    note: str,
) -> Dispute:
    dispute.status = Dispute.Status(status)
    dispute.note = clean_text(note, param="note", max_length=_MOST_REASON)
    dispute.closed_on, dispute.closed_at, dispute.updated_at = day, at, at
    dispute.closed_by = actor.label[:200]
    dispute.save(force_update=True)
    _mark(dispute, "invoice.dispute_closed", actor, at)
    return get_dispute(dispute.organization_id, dispute.pk)


def _mark(dispute: Dispute, event: str, actor: Actor, at: datetime.datetime) -> None:
    """Since when the invoice is disputed, which every list shows without a look at disputes."""
    rows = Dispute.objects.of(dispute.organization_id).filter(invoice_id=dispute.invoice_id)
    first = rows.filter(status=Dispute.Status.OPEN).order_by("pk").first()
    invoice = get_invoice(dispute.organization_id, dispute.invoice_id)
    before: dict[str, Any] = {"disputed_at": invoice.disputed_at}
    if invoice.disputed_at is None:
        before["dispute"] = None
    invoice.disputed_at = first.created_at if first else None
    invoice.version += 1
    invoice.updated_at = at
    invoice.save(update_fields=["disputed_at", "version", "updated_at"])
    after = {**invoice_snapshot(invoice), "dispute": dispute_snapshot(dispute)}
    emit(event, subject=invoice, data=after, previous=changed(before, after), actor=actor, at=at)
