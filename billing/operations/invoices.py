"""Drafts: write an invoice, change it, copy it, throw it away."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Organization
from billing.lifecycle import INVOICE
from billing.models import Invoice, InvoiceLine, InvoiceTax, NumberRegister, Payment
from billing.numbering import DEFAULT_SERIES, move_number, release_number, take_number
from billing.operations import drafting
from billing.operations.amending import (
    HEADER,
    MONEY,
    change_draft,
    change_issued,
    set_terms,
)
from billing.operations.composing import compose
from billing.operations.early_discounts import set_discount_amount
from billing.operations.guards import (
    InvoiceHasPayments,
    VersionConflict,
    refuse_while_pending,
    require_draft,
)
from billing.operations.instalments import fit_instalments
from billing.operations.lines import Spec
from billing.operations.locks import hold_invoice, lock_invoice
from billing.queries.customers import refer_customer
from billing.queries.invoices import attach, get_invoice
from billing.queries.lookup import Ref
from billing.queries.organizations import get_organization, today
from billing.snapshots import changed, invoice_snapshot
from billing.totals import Policy, TaxGroup
from core.events import emit
from core.statements import insert
from core.transactions import joined


@joined()
def create_invoice(
    *,
    actor: Actor,
    at: datetime.datetime,
    customer_id: Ref,
    lines: Sequence[Spec] | None = None,
    total: Decimal | None = None,
    issue_date: datetime.date | None = None,
    due_date: datetime.date | None = None,
    payment_terms: str | None = None,
    currency: str | None = None,
    exchange_rate: Decimal | None = None,
    discount_type: str = "",
    discount_value: Decimal | int = 0,
    charges: Sequence[Spec] = (),
    prices_include_tax: bool | None = None,
    policy: Policy | None = None,
    source: str = "web",
    number_series: str = DEFAULT_SERIES,
    **header: Any,
) -> Invoice:
    """A draft. Amounts come in major units of `currency`, by default the customer's.

    `lines` are specs as billing.operations.lines describes them. The server adds up: a
    `total` that disagrees with the lines is refused, and a `total` alone makes one line
    "Invoice total" (A24). `header` takes the names in HEADER; None means the default.
    The issue date is today where the organization is. `payment_terms` in the notation of
    accounts.payment_terms are by default the customer's; the due date follows them.
    `policy` is how the document adds up where that is not the organization's own way.
    Raises Forbidden, InvalidValue, UnknownReference, UnknownCurrency, and the refusals
    of billing.totals.
    """
    actor.require("invoices:write")
    # One statement for both: the organization comes with its customer.
    customer = refer_customer(actor.organization_id, customer_id)
    draft = compose(
        customer,
        at,
        lines=lines,
        total=total,
        issue_date=issue_date,
        due_date=due_date,
        payment_terms=payment_terms,
        currency=currency,
        exchange_rate=exchange_rate,
        discount_type=discount_type,
        discount_value=discount_value,
        charges=charges,
        prices_include_tax=prices_include_tax,
        policy=policy,
        source=source,
        number_series=number_series,
        **header,
    )
    return insert_draft(
        actor=actor, at=at, invoice=draft.invoice, lines=draft.lines, groups=draft.groups
    )


def insert_draft(
    *,
    actor: Actor,
    at: datetime.datetime,
    invoice: Invoice,
    lines: list[InvoiceLine],
    groups: list[TaxGroup],
) -> Invoice:
    """Write a draft that is added up already, number it, and tell of it."""
    taxes = drafting.tax_rows(InvoiceTax, invoice, groups)
    insert([invoice])
    drafting.insert_rows(invoice, "invoice", lines, taxes)
    attach(invoice, lines, taxes)
    organization = invoice.organization
    if organization.number_assignment == Organization.NumberAssignment.ON_CREATE:
        # The counter's row lock is held from here to the commit, so everything that can
        # be written without the number is written; the event's snapshot needs it.
        invoice.number = take_number(
            organization_id=organization.pk,
            document="invoice",
            on=invoice.issue_date,
            document_id=invoice.pk,
            fate=NumberRegister.Fate.RESERVED,
            at=at,
            series_name=invoice.number_series,
        )
        Invoice.objects.of(organization.pk).filter(pk=invoice.pk).update(number=invoice.number)
    emit(
        "invoice.created",
        subject=invoice,
        data=invoice_snapshot(invoice),
        actor=actor,
        at=at,
        sequence=1,
    )
    return invoice


@transaction.atomic
def update_invoice(
    *,
    actor: Actor,
    at: datetime.datetime,
    invoice_id: Ref,
    expected_version: int | None = None,
    **changes: Any,
) -> Invoice:
    """Change a draft in any way, an issued invoice only in ALWAYS; the version rises.

    Takes what create_invoice takes. Lines are replaced as a whole. Nothing different
    means no new version and no event. Raises Forbidden, NotFound, VersionConflict,
    InvoiceFinalized, PaymentPending, and what create_invoice raises.
    """
    actor.require("invoices:write")
    unknown = set(changes) - MONEY - HEADER
    if unknown:
        raise TypeError(f"an invoice takes no {', '.join(sorted(unknown))}")
    hold_invoice(actor.organization_id, invoice_id)
    invoice = get_invoice(actor.organization_id, invoice_id)
    if expected_version is not None and expected_version != invoice.version:
        raise VersionConflict(version=invoice.version, expected=expected_version, param="version")
    before = invoice_snapshot(invoice)
    rows = None
    if INVOICE.allows(invoice.status, "issue"):
        refuse_while_pending(invoice, "changed")
        rows = change_draft(invoice, changes)
        set_discount_amount(invoice, rows[0] if rows else invoice.lines.all())
    else:
        change_issued(invoice, changes)
    if rows is None and not changed(before, invoice_snapshot(invoice)):
        return invoice
    invoice.version += 1
    invoice.updated_at = at
    invoice.save(force_update=True)
    if rows is not None:
        _replace_rows(invoice, *rows)
    if rows is not None or invoice.due_date != before["due_date"]:
        fit_instalments(invoice)
    if invoice.is_draft and invoice.number:
        # Last, as in insert_draft: another year's counter may be taken here.
        _renumber(invoice, at)
    after = invoice_snapshot(invoice)
    emit(
        "invoice.updated",
        subject=invoice,
        data=after,
        previous=changed(before, after),
        actor=actor,
        at=at,
    )
    return invoice


@transaction.atomic
def delete_invoice(*, actor: Actor, at: datetime.datetime, invoice_id: Ref) -> None:
    """Throw a draft away (B8) and account for its number (B2).

    Raises Forbidden, NotFound, InvoiceNotDraft, InvoiceHasPayments.
    """
    actor.require("invoices:write")
    invoice = lock_invoice(actor.organization_id, invoice_id)
    require_draft(invoice, done="deleted", hint="Void it instead.")
    if Payment.objects.of(actor.organization_id).filter(invoice=invoice).exists():
        raise InvoiceHasPayments(number=invoice.number or "without number", done="deleted")
    emit("invoice.deleted", subject=invoice, data=invoice_snapshot(invoice), actor=actor, at=at)
    invoice_pk = invoice.pk
    invoice.delete()
    release_number(
        organization_id=actor.organization_id,
        document="invoice",
        document_id=invoice_pk,
        at=at,
        reason="Its draft was deleted.",
    )


@transaction.atomic
def duplicate_invoice(*, actor: Actor, at: datetime.datetime, invoice_id: Ref) -> Invoice:
    """A new draft with the same customer, lines, prices and taxes, dated today.

    Adds up by today's settings of the organization. Raises Forbidden, NotFound.
    """
    actor.require("invoices:write")
    old = get_invoice(actor.organization_id, invoice_id)
    copy = Invoice(source=old.source, kind=old.kind, payment_means_code=old.payment_means_code)
    organization = get_organization(actor.organization_id)
    drafting.start(
        copy,
        organization=organization,
        customer=old.customer,
        at=at,
        issue_date=today(organization, at),
        currency=old.currency,
        exchange_rate=None,
        prices_include_tax=old.prices_include_tax,
    )
    set_terms(copy, None)
    for name in drafting.HEADER - {"period_start", "period_end", "metadata"}:
        setattr(copy, name, getattr(old, name))
    copy.charges = old.charges
    copy.discount_type, copy.discount_value = old.discount_type, old.discount_value
    lines = drafting.copy_lines(InvoiceLine, old.lines.all())
    groups = drafting.add_up(copy, lines)
    set_discount_amount(copy, lines)
    return insert_draft(actor=actor, at=at, invoice=copy, lines=lines, groups=groups)


def _replace_rows(invoice: Invoice, lines: list[InvoiceLine], taxes: list[InvoiceTax]) -> None:
    InvoiceLine.objects.of(invoice.organization_id).filter(invoice=invoice).delete()
    InvoiceTax.objects.of(invoice.organization_id).filter(invoice=invoice).delete()
    drafting.insert_rows(invoice, "invoice", lines, taxes)
    attach(invoice, lines, taxes)


def _renumber(invoice: Invoice, at: datetime.datetime) -> None:
    number = move_number(
        organization_id=invoice.organization_id,
        document="invoice",
        document_id=invoice.pk,
        to=invoice.issue_date,
        at=at,
    )
    if number is not None:
        invoice.number = number
        invoice.save(update_fields=["number"])
