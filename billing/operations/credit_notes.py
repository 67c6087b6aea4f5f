"""Credit notes: taking back part or all of what was invoiced."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing import numbering
from billing.lifecycle import CREDIT_NOTE
from billing.models import CreditNote, CreditNoteTax, Customer, Invoice, InvoiceStatus, Payment
from billing.operations.crediting import credit_customer, credit_invoice_lines, number_note
from billing.operations.fields import clean_date, clean_metadata, clean_money
from billing.operations.issuing import InvoiceNotIssued
from billing.operations.locks import (
    allocated_amounts,
    credits_on,
    lock_credit_note,
    lock_credit_note_and_invoices,
    lock_invoice,
    lock_payment,
    payments_on,
)
from billing.operations.movements import Movement
from billing.operations.refunds import announce_refund, pay_back
from billing.operations.write_offs import written_off_by_role
from billing.queries.lookup import Ref, find
from billing.queries.organizations import get_organization, today
from billing.snapshots import changed, credit_note_snapshot, payment_snapshot
from core import events
from core.errors import DomainError, InvalidValue, Kind
from core.money import from_minor
from core.text import clean_line, clean_text

REASON = "Invoice credited"


class CreditSplitMismatch(DomainError):
    """B14: what was paid for and is now credited must have somewhere to go, said out loud."""

    kind, code = Kind.INVALID, "credit_split_mismatch"
    message = (
        "The credit frees {freed} {currency} that was already paid: refund, customer credit and"
        " out of band must add up to that, not to {given}."
    )
    default_param = "refund_amount"


class CreditNoteRefunded(DomainError):
    kind, code = Kind.CONFLICT, "credit_note_has_refunds"
    message = "Credit note {number} was paid out in part or whole and cannot be voided."


@dataclass(frozen=True, slots=True)
class Split:
    """Where freed money goes, minor units."""

    refund: int
    credit: int
    out_of_band: int


@transaction.atomic
def create_credit_note(
    *,
    actor: Actor,
    at: datetime.datetime,
    invoice_id: Ref | None = None,
    customer_id: Ref | None = None,
    lines: Sequence[Mapping[str, Any]] | None = None,
    reason: str = "",
    currency: str | None = None,
    issue_date: datetime.date | None = None,
    refund_amount: Decimal | None = None,
    credit_amount: Decimal | None = None,
    out_of_band_amount: Decimal | None = None,
    keeps_freed_as_credit: bool = False,
    notes: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> CreditNote:
    """Credit an invoice, or a customer without one.

    For an invoice, `lines` are {"invoice_line_id", "quantity"} or None for all that is
    left. The whole credit settles the invoice; what is more than its open amount frees
    write-offs first and then payments, the latest first, and that money is refunded,
    stays as customer credit or was settled out of band: amounts in major units that
    must add up to it (B14); `keeps_freed_as_credit` makes all of it credit. For a customer,
    `lines` are as on an invoice and all of it is customer credit. Raises
    CreditSplitMismatch, NothingToCredit, CreditExceedsLine, InvoiceNotIssued, InvalidValue,
    NotFound.
    """
    actor.require("invoices:write")
    texts = _clean_texts(reason, notes, metadata)
    on = clean_date(
        issue_date or today(get_organization(actor.organization_id), at), param="issue_date"
    )
    if (invoice_id is None) == (customer_id is None):
        raise InvalidValue("Give an invoice or a customer.", param="invoice_id")
    if invoice_id is None:
        customer = find(Customer.objects.of(actor.organization_id), customer_id or 0, "customer")
        note = credit_customer(customer, lines or (), at, on, currency)
        movement = Movement(actor=actor, at=at, on=on, base_currency=note.accounting_currency)
        movement.grant(note)
        return _finish(movement, note, texts, [])
    invoice = lock_invoice(actor.organization_id, invoice_id)
    if invoice.is_draft or invoice.status == InvoiceStatus.VOID:
        hint = "A draft is changed or deleted instead."
        raise InvoiceNotIssued(
            number=invoice.number, status=invoice.status, done="credited", hint=hint
        )
    note = credit_invoice_lines(invoice, lines, at, on)
    movement = Movement(actor=actor, at=at, on=on, base_currency=note.accounting_currency)
    freed = _make_room(movement, invoice, note.total)
    if keeps_freed_as_credit:
        credit_amount = from_minor(sum(part for _payment, part in freed), note.currency)
    split = _split(note, freed, (refund_amount, credit_amount, out_of_band_amount))
    movement.grant(note)
    movement.settle(invoice, note.total, note, reason=reason)
    return _finish(movement, note, texts, _payouts(freed, split))


@transaction.atomic
def void_credit_note(
    *, actor: Actor, at: datetime.datetime, credit_note_id: Ref, on: datetime.date | None = None
) -> CreditNote:
    """Take a credit note back: what it settled is due again, and its revenue stands.

    Payments that it freed stay customer credit. Raises CreditNoteRefunded when money went
    out, TransitionRefused when it is void already, NotFound.
    """
    actor.require("invoices:write")
    note, invoices = lock_credit_note_and_invoices(actor.organization_id, credit_note_id)
    status = CREDIT_NOTE.next(note.status, "void")
    if note.amount_refunded or note.amount_out_of_band:
        raise CreditNoteRefunded(number=note.number)
    day = on or today(get_organization(actor.organization_id), at)
    movement = Movement(actor=actor, at=at, on=day, base_currency=note.accounting_currency)
    _take_back(movement, note, invoices, status)
    return note


def take_back_earned(movement: Movement, payment: Payment) -> None:
    """Void the discounts that the payment earned by coming early; it never came (C8).

    The caller holds the locks of the payment's invoices.
    """
    rows = CreditNote.objects.of(payment.organization_id).filter(earned_by=payment)
    for pk in rows.filter(status=CreditNote.Status.ISSUED).values_list("pk", flat=True):
        note, invoices = lock_credit_note_and_invoices(payment.organization_id, pk)
        status = CREDIT_NOTE.next(note.status, "void")
        _take_back(movement.next(), note, invoices, status)


def _take_back(
    movement: Movement, note: CreditNote, invoices: Mapping[int, Invoice], status: str
) -> None:
    before, actor, at = credit_note_snapshot(note), movement.actor, movement.at
    for invoice_id, amount in allocated_amounts(note):
        movement.settle(invoices[invoice_id], -amount, note, reason="Credit note voided")
    movement.grant(note, sign=-1)
    movement.write("credit_note.voided", note, memo=note.number or "")
    note.status, note.voided_at, note.updated_at = status, at, at
    note.version += 1
    note.save(update_fields=["status", "voided_at", "updated_at", "version"])
    CreditNoteTax.objects.of(note.organization_id).filter(credit_note=note).update(issued_on=None)
    numbering.mark_void(
        organization_id=actor.organization_id,
        document="credit_note",
        document_id=note.pk,
        at=at,
        reason="Credit note voided",
    )
    after = credit_note_snapshot(note)
    events.emit(
        "credit_note.voided",
        subject=note,
        data=after,
        previous=changed(before, after),
        actor=actor,
        at=at,
    )
    movement.announce()


def _clean_texts(reason: str, notes: str, metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is given of them, as the note keeps it: without notes, its invoice's are not copied."""
    texts: dict[str, Any] = {"reason": clean_line(reason, param="reason", max_length=500)}
    if notes:
        texts["notes"] = clean_text(notes, param="notes")
    if metadata is not None:
        texts["metadata"] = clean_metadata(metadata)
    return texts


def _make_room(movement: Movement, invoice: Invoice, total: int) -> list[tuple[Payment, int]]:
    """Free what the credit exceeds the open amount by; the payments freed and how much of each."""
    excess = max(0, total - invoice.amount_due)
    for role, amount in written_off_by_role(invoice):
        part = min(excess, amount)
        if part:
            movement.write_off(invoice, -part, REASON, role)
            excess -= part
    freed = []
    organization_id = invoice.organization_id
    for payment_id, allocated in sorted(payments_on(invoice)):
        payment = lock_payment(organization_id, payment_id)
        freed.append((payment, allocated))
    taken = []
    for payment, allocated in reversed(freed):
        part = min(excess, allocated)
        if part:
            movement.settle(invoice, -part, payment, reason=REASON)
            taken.append((payment, part))
            excess -= part
    for note_id, allocated in credits_on(invoice):
        part = min(excess, allocated)
        if part:
            source = lock_credit_note(organization_id, note_id)
            movement.settle(invoice, -part, source, reason=REASON)
            excess -= part
    return taken


def _split(
    note: CreditNote,
    freed: Sequence[tuple[Payment, int]],
    amounts: tuple[Decimal | None, Decimal | None, Decimal | None],
) -> Split:
    names = ("refund_amount", "credit_amount", "out_of_band_amount")
    parts = []
    for amount, name in zip(amounts, names, strict=True):
        part = clean_money(amount or Decimal(0), note.currency, param=name)
        if part < 0:
            raise InvalidValue("The amount cannot be negative.", param=name)
        parts.append(part)
    total = sum(part for _payment, part in freed)
    if sum(parts) != total:
        raise CreditSplitMismatch(
            freed=from_minor(total, note.currency),
            given=from_minor(sum(parts), note.currency),
            currency=note.currency,
        )
    return Split(*parts)


def _payouts(freed: Sequence[tuple[Payment, int]], split: Split) -> list[tuple[Payment, int, bool]]:
    """(payment, minor units, whether out of band) for the money that does not stay as credit."""
    payouts = []
    refund, out_of_band = split.refund, split.out_of_band
    for payment, left in freed:
        part = min(left, refund)
        outside = min(left - part, out_of_band)
        refund, out_of_band = refund - part, out_of_band - outside
        payouts += [(payment, part, False)] if part else []
        payouts += [(payment, outside, True)] if outside else []
    return payouts


def _finish(
    movement: Movement,
    note: CreditNote,
    texts: Mapping[str, Any],
    payouts: Sequence[tuple[Payment, int, bool]],
) -> CreditNote:
    """Write and number the note, pay out what it frees, and tell."""
    for name, value in texts.items():
        setattr(note, name, value)
    note.save(update_fields=list(texts))
    movement.write("credit_note.created", note)
    refunds = []
    if payouts:
        movement.actor.require("payments:write")
    for payment, amount, is_out_of_band in payouts:
        before = payment_snapshot(payment)
        step = movement.next()
        refund = pay_back(
            step,
            payment,
            amount,
            reason=note.reason,
            credit_note=note,
            is_out_of_band=is_out_of_band,
        )
        refunds.append((step, refund, before))
    number_note(movement, note)
    for step, refund, before in refunds:
        announce_refund(step, refund, before)
    movement.announce()
    return note
