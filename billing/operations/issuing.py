"""Making an invoice final, taking it back, giving it up."""

import datetime

from django.db import transaction
from stdnum.iso7064 import mod_97_10

from accounts.actors import Actor
from accounts.models import Organization
from billing.lifecycle import INVOICE
from billing.models import (
    Invoice,
    InvoiceStatus,
    InvoiceTax,
    NumberRegister,
    Settlement,
    TaxProfile,
)
from billing.numbering import DEFAULT_SERIES, mark_issued, mark_void, take_number
from billing.operations import drafting, ledger
from billing.operations.guards import (
    InvoiceHasPayments,
    refuse_while_pending,
    require_draft,
)
from billing.operations.locks import hold_invoice
from billing.operations.parties import freeze_parties, freeze_request
from billing.queries.exchange_rates import rate_warning
from billing.queries.invoices import get_invoice
from billing.queries.lookup import Ref
from billing.snapshots import changed, invoice_snapshot, invoice_state
from core.errors import DomainError, Kind
from core.events import emit
from core.text import clean_line

# Whoever may write, send or take money for an invoice may make it final on the way.
_ISSUERS = ("invoices:write", "invoices:send", "payments:write")
# Categories that shift the tax to the buyer, who must be known to the tax office.
BUYER_OWES = {TaxProfile.Category.REVERSE_CHARGE, TaxProfile.Category.INTRA_EU}
_REFERENCE_LENGTH = 21


class BuyerVatIdMissing(DomainError):
    """EN 16931 BR-AE-02 and BR-IC-02."""

    code = "buyer_vat_id_missing"
    message = "'{reason}' needs the VAT id of {customer}."
    default_param = "customer_id"


class SellerVatIdMissing(DomainError):
    """EN 16931 BR-AE-02 and BR-IC-02."""

    code = "seller_vat_id_missing"
    message = "'{reason}' needs your own VAT id in the organization's settings."


class DateBeforePredecessor(DomainError):
    """B6, where the organization's policy refuses it."""

    kind, code = Kind.CONFLICT, "date_before_predecessor"
    message = "An invoice with a lower number is dated {date}, after this one."
    default_param = "issue_date"


class InvoiceNotIssued(DomainError):
    kind, code = Kind.CONFLICT, "invoice_not_issued"
    message = "Invoice {number} is {status} and cannot be {done}. {hint}"


@transaction.atomic
def issue_invoice(*, actor: Actor, at: datetime.datetime, invoice_id: Ref) -> Invoice:
    """Make a draft final: parties copied, number fixed, receivable booked.

    From here on only ALWAYS of billing.operations.amending changes. An invoice over 0
    is settled at once. A foreign currency without a known rate is booked one to one, and
    the event carries a warning. Raises Forbidden, NotFound, InvoiceNotDraft, BuyerVatIdMissing,
    SellerVatIdMissing (F1), DateBeforePredecessor.
    """
    if not any(actor.may(scope) for scope in _ISSUERS):
        actor.require("invoices:write")
    hold_invoice(actor.organization_id, invoice_id)
    invoice = get_invoice(actor.organization_id, invoice_id)
    require_draft(invoice, done="issued")
    _require_tax_ids(invoice)
    before = invoice_state(invoice)
    invoice.status = INVOICE.next(invoice.status, "issue")
    invoice.issued_at = invoice.updated_at = at
    invoice.paid_at = at if invoice.total == 0 else None
    freeze_parties(invoice, invoice.customer)
    if invoice.number_series != DEFAULT_SERIES:
        freeze_request(invoice)
    warnings = [*_check_date_order(invoice), *_settle_rate(invoice)]
    _count_taxes_on(invoice, invoice.issue_date)
    was_numbered = invoice.number is not None
    if not was_numbered:
        ledger.post_invoice_issued(invoice, at)
        # The counter's row lock is held from here to the commit; only the invoice row
        # and the events, which carry the number, come after it.
        invoice.number = take_number(
            organization_id=invoice.organization_id,
            document="invoice",
            on=invoice.issue_date,
            document_id=invoice.pk,
            fate=NumberRegister.Fate.ISSUED,
            at=at,
            series_name=invoice.number_series,
        )
    invoice.payment_reference = invoice.payment_reference or creditor_reference(
        invoice.number or ""
    )
    invoice.save(force_update=True)
    if was_numbered:
        ledger.post_invoice_issued(invoice, at)
        mark_issued(
            organization_id=invoice.organization_id,
            document="invoice",
            document_id=invoice.pk,
            at=at,
        )
    after = invoice_snapshot(invoice)
    if warnings:
        after["warnings"] = warnings
    previous = changed(before, after)
    emit("invoice.issued", subject=invoice, data=after, previous=previous, actor=actor, at=at)
    if invoice.settlement == Settlement.PAID:
        emit("invoice.paid", subject=invoice, data=after, previous=previous, actor=actor, at=at)
    return invoice


@transaction.atomic
def void_invoice(
    *, actor: Actor, at: datetime.datetime, invoice_id: Ref, reason: str = ""
) -> Invoice:
    """Declare an issued invoice void for ever; its number stays used (B9).

    Raises Forbidden, NotFound, InvoiceNotIssued, InvoiceHasPayments, PaymentPending.
    """
    actor.require("invoices:write")
    invoice = _locked_whole(actor, invoice_id)
    _require_issued(invoice, "void", done="voided", hint="Delete a draft instead.")
    if invoice.amount_paid or invoice.amount_credited or invoice.amount_written_off:
        raise InvoiceHasPayments(number=invoice.number, done="voided")
    if invoice.credit_notes.filter(status="issued").exists():
        raise InvoiceHasPayments(number=invoice.number, done="voided")
    refuse_while_pending(invoice, "voided")
    before = invoice_state(invoice)
    invoice.void_reason = clean_line(reason, param="reason", max_length=500)
    invoice.status = INVOICE.next(invoice.status, "void")
    invoice.voided_at = at
    _save(invoice, at, "status", "voided_at", "void_reason")
    _count_taxes_on(invoice, None)
    ledger.post_invoice_voided(invoice, at)
    mark_void(
        organization_id=invoice.organization_id,
        document="invoice",
        document_id=invoice.pk,
        at=at,
        reason=invoice.void_reason,
    )
    _emit_change("invoice.voided", invoice, before, actor, at)
    return invoice


@transaction.atomic
def mark_uncollectible(*, actor: Actor, at: datetime.datetime, invoice_id: Ref) -> Invoice:
    """Give up hope of the rest. The books keep the receivable, and money may still come (B10).

    Raises Forbidden, NotFound, InvoiceNotIssued.
    """
    actor.require("invoices:write")
    invoice = _locked_whole(actor, invoice_id)
    _require_issued(invoice, "mark_uncollectible", done="given up", hint="")
    if invoice.settlement == Settlement.PAID:
        raise InvoiceNotIssued(number=invoice.number, status="paid", done="given up", hint="")
    before = invoice_state(invoice)
    invoice.status = INVOICE.next(invoice.status, "mark_uncollectible")
    _save(invoice, at, "status")
    _emit_change("invoice.uncollectible", invoice, before, actor, at)
    return invoice


def creditor_reference(number: str) -> str:
    """The ISO 11649 reference (RF, two check digits) that carries the document's number.

    Letters and digits of the number, the last 21 of them if there are more.
    """
    body = "".join(c for c in number.upper() if c.isascii() and c.isalnum())[-_REFERENCE_LENGTH:]
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def _require_tax_ids(invoice: Invoice) -> None:
    for tax in invoice.taxes.all():
        if tax.category not in BUYER_OWES:
            continue
        reason = tax.exemption_reason or tax.name
        if not invoice.customer.vat_id:
            raise BuyerVatIdMissing(reason=reason, customer=invoice.customer.name)
        if not invoice.organization.vat_id:
            raise SellerVatIdMissing(reason=reason)


def _check_date_order(invoice: Invoice) -> list[str]:
    """B6: a lower number with a later date. Refused or told, by the organization's policy."""
    final = Invoice.objects.of(invoice.organization_id).exclude(status=InvoiceStatus.DRAFT)
    later = final.filter(issue_date__gt=invoice.issue_date)
    # By far the usual answer is no, from one index.
    if not later.exists():
        return []
    own = (
        NumberRegister.objects.of(invoice.organization_id)
        .filter(series__document="invoice", document_id=invoice.pk)
        .first()
    )
    lower = NumberRegister.objects.of(invoice.organization_id).filter(series__document="invoice")
    if own is not None:
        lower = lower.filter(series_id=own.series_id, period=own.period, n__lt=own.n)
    else:
        later = later.filter(issue_date__year=invoice.issue_date.year)
    offender = later.filter(pk__in=lower.values("document_id")).order_by("-issue_date").first()
    if offender is None:
        return []
    refusal = DateBeforePredecessor(date=offender.issue_date)
    if invoice.organization.date_order == Organization.DateOrder.REFUSE:
        raise refusal
    return [str(refusal)]


def _settle_rate(invoice: Invoice) -> list[str]:
    """Take the rate that was learned since the draft was made; warn when there is none."""
    if not invoice.is_counted_one_to_one:
        return []
    drafting.set_exchange_rate(invoice)
    if invoice.is_counted_one_to_one:
        return [rate_warning(invoice)]
    taxes = drafting.convert_taxes(invoice, invoice.taxes.all())
    InvoiceTax.objects.bulk_update(taxes, ["accounting_amount"])
    return []


def _count_taxes_on(invoice: Invoice, day: datetime.date | None) -> None:
    """The day on which the tax subtotals count, or none: the invoice is not in force."""
    InvoiceTax.objects.of(invoice.organization_id).filter(invoice=invoice).update(issued_on=day)


def _locked_whole(actor: Actor, reference: Ref) -> Invoice:
    hold_invoice(actor.organization_id, reference)
    return get_invoice(actor.organization_id, reference)


def _require_issued(invoice: Invoice, action: str, *, done: str, hint: str) -> None:
    if not INVOICE.allows(invoice.status, action):
        raise InvoiceNotIssued(
            number=invoice.number or "without number", status=invoice.status, done=done, hint=hint
        )


def _save(invoice: Invoice, at: datetime.datetime, *names: str) -> None:
    invoice.updated_at = at
    invoice.save(update_fields=[*names, "updated_at"])


def _emit_change(
    type: str, invoice: Invoice, before: dict[str, object], actor: Actor, at: datetime.datetime
) -> None:
    after = invoice_snapshot(invoice)
    emit(type, subject=invoice, data=after, previous=changed(before, after), actor=actor, at=at)
