"""Issuing many new invoices at once: what create_invoice and issue_invoice write for each.

Table by table instead of invoice by invoice, and each invoice's row once, in its final
state. Only what goes through without a refusal or a warning is issued this way; the
caller leaves the others to issue_invoice. A test proves that the rows are the same.
"""

import datetime
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.actors import Actor
from accounts.models import Organization
from billing.lifecycle import INVOICE
from billing.models import (
    CustomerAddress,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    InvoiceTax,
    NumberRegister,
)
from billing.numbering import DEFAULT_SERIES, draw_numbers
from billing.operations import drafting, ledger, parties
from billing.operations.composing import Draft
from billing.operations.issuing import BUYER_OWES, creditor_reference
from billing.operations.recipients import Recipients
from billing.ports import Posted, mailer
from billing.queries.invoices import attach
from billing.snapshots import (
    Snapshot,
    changed,
    invoice_state,
    lines_snapshot,
    taxes_snapshot,
)
from core import events, exactjson
from core.fields import ExactDecimalField
from core.models import Event
from core.statements import insert_many

_ON_CREATE = Organization.NumberAssignment.ON_CREATE


@dataclass(slots=True)
class Issued:
    """An invoice that is being issued with others; `told` are its events, not yet written."""

    invoice: Invoice
    lines: list[InvoiceLine]
    taxes: list[InvoiceTax]
    # Of the draft; and the lines and taxes of all snapshots as JSON, which do not change.
    before: Snapshot
    rows: str
    told: list[Event]

    def text(self, state: Snapshot | None = None) -> str:
        """The snapshot as JSON, by default of the invoice as it is now."""
        state = invoice_state(self.invoice) if state is None else state
        return f"{exactjson.dumps(state)[:-1]},{self.rows}}}"

    def tell(self, type: str, actor: Actor, at: datetime.datetime, **fields: Any) -> None:
        """Add an event about the invoice; without `data` it tells what the one before it did."""
        fields.setdefault("data", self.told[-1].data if self.told else "")
        self.told.append(
            events.draft(
                type,
                subject=self.invoice,
                actor=actor,
                at=at,
                sequence=len(self.told) + 1,
                **fields,
            )
        )


def is_simple(draft: Draft) -> bool:
    """Whether issue_invoice would neither refuse nor warn, nor settle it at once."""
    invoice = draft.invoice
    return (
        invoice.number_series == DEFAULT_SERIES
        and invoice.total > 0
        and not invoice.is_counted_one_to_one
        and not any(group.category in BUYER_OWES for group in draft.groups)
    )


def are_in_order(organization_id: int, drafts: Sequence[Draft]) -> bool:
    """Whether numbers in this order follow the dates, of these and of all that are final (B6)."""
    days = [draft.invoice.issue_date for draft in drafts]
    final = Invoice.objects.of(organization_id).exclude(status=InvoiceStatus.DRAFT)
    return days == sorted(days) and not final.filter(issue_date__gt=days[0]).exists()


def issue_together(*, actor: Actor, at: datetime.datetime, drafts: Sequence[Draft]) -> list[Issued]:
    """Write simple drafts of one organization as issued invoices, numbered in their order.

    The caller writes the events that come back, after its own.
    """
    issued = [_issue(draft) for draft in drafts]
    invoices = [each.invoice for each in issued]
    _freeze_parties(invoices)
    ledger.move_balances_issued(invoices)
    # The counter's row lock is held from here to the commit.
    numbers = draw_numbers(
        organization_id=actor.organization_id,
        document="invoice",
        days=[invoice.issue_date for invoice in invoices],
        fate=NumberRegister.Fate.ISSUED,
        at=at,
    )
    is_drafted = invoices[0].organization.number_assignment == _ON_CREATE
    for each, entry in zip(issued, numbers, strict=True):
        invoice = each.invoice
        invoice.number = entry.number
        if is_drafted:
            each.before["number"] = entry.number
        invoice.payment_reference = invoice.payment_reference or creditor_reference(entry.number)
    insert_many(invoices)
    for invoice, entry in zip(invoices, numbers, strict=True):
        entry.document_id = invoice.pk
    insert_many(numbers)
    _write_rows(issued)
    ledger.post_invoices_issued(invoices, at, is_numbered=is_drafted)
    for each in issued:
        _tell(each, actor, at)
    return issued


def _issue(draft: Draft) -> Issued:
    invoice = draft.invoice
    taxes = drafting.tax_rows(InvoiceTax, invoice, draft.groups)
    for row in (invoice, *draft.lines, *taxes):
        _as_stored(row)
    before = invoice_state(invoice)
    rows = {
        "lines": lines_snapshot(draft.lines, invoice.currency),
        "taxes": taxes_snapshot(taxes, invoice),
        "dispute": None,
    }
    invoice.status = INVOICE.next(invoice.status, "issue")
    invoice.issued_at = invoice.updated_at
    return Issued(invoice, draft.lines, taxes, before, exactjson.dumps(rows)[1:-1], [])


def send_together(
    *,
    actor: Actor,
    at: datetime.datetime,
    issued: Sequence[Issued],
    recipients: Sequence[Recipients],
) -> list[Issued]:
    """Queue each as mail, what request_send does after issuing; those that count as sent."""
    mails = [
        Posted(each.invoice.pk, to=whom.to, bcc=whom.bcc)
        for each, whom in zip(issued, recipients, strict=True)
    ]
    for each in issued:
        each.tell("invoice.send_requested", actor, at)
    are_sent = mailer.queue_many(actor=actor, at=at, kind="invoice", mails=mails, attach_pdf=True)
    return [each for each, is_sent in zip(issued, are_sent, strict=True) if is_sent]


def record_sent_together(*, actor: Actor, at: datetime.datetime, issued: Sequence[Issued]) -> None:
    """What record_sent writes for each of them."""
    rows = Invoice.objects.of(actor.organization_id).filter(
        pk__in=[each.invoice.pk for each in issued]
    )
    rows.update(sent_at=at, updated_at=at)
    for each in issued:
        each.invoice.sent_at = at
        each.tell("invoice.sent", actor, at, data=each.text(), previous={"sent_at": None})


def _tell(issued: Issued, actor: Actor, at: datetime.datetime) -> None:
    after = invoice_state(issued.invoice)
    issued.tell("invoice.created", actor, at, data=issued.text(issued.before))
    previous = changed(issued.before, after)
    issued.tell("invoice.issued", actor, at, data=issued.text(after), previous=previous)


def _freeze_parties(invoices: Sequence[Invoice]) -> None:
    """What freeze_parties copies, after everybody's was found in a few statements."""
    organization = invoices[0].organization
    sellers = {
        currency: parties.seller(organization, currency)
        for currency in {invoice.currency for invoice in invoices}
    }
    customers = {invoice.customer_id for invoice in invoices}
    rows = CustomerAddress.objects.of(organization.pk).filter(
        customer_id__in=customers, kind=CustomerAddress.Kind.SHIPPING
    )
    shipping: dict[int, CustomerAddress] = {}
    for address in rows.order_by("pk"):
        shipping.setdefault(address.customer_id, address)
    for invoice in invoices:
        invoice.seller = sellers[invoice.currency]
        invoice.buyer = parties.buyer(invoice.customer)
        if not invoice.delivery and invoice.customer_id in shipping:
            invoice.delivery = parties.delivery_to(shipping[invoice.customer_id])


def _write_rows(issued: Sequence[Issued]) -> None:
    for each in issued:
        for line in each.lines:
            line.invoice = each.invoice
        for tax in each.taxes:
            tax.invoice, tax.issued_on = each.invoice, each.invoice.issue_date
        attach(each.invoice, each.lines, each.taxes)
    insert_many([line for each in issued for line in each.lines])
    insert_many([tax for each in issued for tax in each.taxes])


def _as_stored(row: Any) -> None:
    """Exact numbers as the database would give them back: without trailing zeros."""
    for field in _exact_fields(row.__class__):
        value = getattr(row, field.attname)
        if value is not None:
            setattr(row, field.attname, field.get_prep_value(value))


@functools.cache
def _exact_fields(model: type[Any]) -> list[ExactDecimalField]:
    return [each for each in model._meta.concrete_fields if isinstance(each, ExactDecimalField)]
