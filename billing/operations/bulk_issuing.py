"""Issuing many new invoices at once: what create_invoice and issue_invoice write for each.

Table by table instead of invoice by invoice, and each invoice's row once, in its final
state. Only what goes through without a refusal or a warning is issued this way; the
caller leaves the others to issue_invoice. A test proves that the rows are the same.
"""

import datetime
import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.actors import Actor
from accounts.models import Organization
from billing.bulk_numbering import draw_numbers
from billing.lifecycle import INVOICE
from billing.models import (
    CustomerAddress,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    InvoiceTax,
    NumberRegister,
)
from billing.numbering import DEFAULT_SERIES
from billing.operations import bulk_ledger, drafting, parties
from billing.operations.composing import Draft
from billing.operations.issuing import BUYER_OWES, creditor_reference
from billing.operations.recipients import Recipients
from billing.ports import Posted, mailer
from billing.snapshots import (
    Snapshot,
    changed,
    invoice_state,
    lines_snapshot,
    taxes_snapshot,
)
from core import events, exactjson
from core.fields import ExactDecimalField
from core.many_rows import append_many, give_ids
from core.models import Event

_ON_CREATE = Organization.NumberAssignment.ON_CREATE


@dataclass(slots=True)
class Issued:
    """An invoice that is being issued with others, and perhaps sent."""

    invoice: Invoice
    lines: list[InvoiceLine]
    taxes: list[InvoiceTax]
    # The lines and taxes of all its snapshots as JSON, which do not change.
    rows: str
    # Of the draft, and when it was issued.
    before: Snapshot
    after: Snapshot = field(default_factory=dict)
    is_mailed: bool = False
    is_sent: bool = False

    def text(self, state: Snapshot) -> str:
        """The snapshot in that state as JSON."""
        return f"{exactjson.dumps(state)[:-1]},{self.rows}}}"


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
    """Turn simple drafts of one organization into issued invoices, numbered in their order.

    They have their ids, and write_together() writes them.
    """
    issued = [_issue(draft) for draft in drafts]
    invoices = [each.invoice for each in issued]
    _freeze_parties(invoices)
    bulk_ledger.move_balances_issued(invoices)
    # The counter's row lock is held from here to the commit.
    numbers = draw_numbers(
        organization_id=actor.organization_id,
        document="invoice",
        days=[invoice.issue_date for invoice in invoices],
        fate=NumberRegister.Fate.ISSUED,
        at=at,
    )
    give_ids(invoices)
    for each, entry in zip(issued, numbers, strict=True):
        invoice = each.invoice
        entry.document_id = invoice.pk
        invoice.number = entry.number
        if _is_drafted(invoice):
            each.before["number"] = entry.number
        invoice.payment_reference = invoice.payment_reference or creditor_reference(entry.number)
        each.after = invoice_state(invoice)
    append_many(numbers)
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
    return Issued(invoice, draft.lines, taxes, exactjson.dumps(rows)[1:-1], before)


def send_together(
    *,
    actor: Actor,
    at: datetime.datetime,
    issued: Sequence[Issued],
    recipients: Sequence[Recipients],
) -> None:
    """Queue each as mail, what request_send does after issuing, and record_sent if it counts."""
    mails = [
        Posted(each.invoice.pk, to=whom.to, bcc=whom.bcc)
        for each, whom in zip(issued, recipients, strict=True)
    ]
    are_sent = mailer.queue_many(actor=actor, at=at, kind="invoice", mails=mails, attach_pdf=True)
    for each, is_sent in zip(issued, are_sent, strict=True):
        each.is_mailed, each.is_sent = True, is_sent
        if is_sent:
            each.invoice.sent_at = at


def write_together(
    issued: Sequence[Issued], at: datetime.datetime, accounts: dict[str, int]
) -> None:
    """Write the invoices with all that belongs to them, but for their events."""
    append_many(each.invoice for each in issued)
    for each in issued:
        for line in each.lines:
            line.invoice_id = each.invoice.pk
        for tax in each.taxes:
            tax.invoice_id, tax.issued_on = each.invoice.pk, each.invoice.issue_date
    append_many(line for each in issued for line in each.lines)
    append_many(tax for each in issued for tax in each.taxes)
    bulk_ledger.post_invoices_issued(
        [(each.invoice, each.lines, each.taxes) for each in issued],
        at,
        accounts=accounts,
        is_numbered=_is_drafted(issued[0].invoice),
    )


def tell_together(
    issued: Iterable[Issued], *, actor: Actor, postman: Actor, at: datetime.datetime
) -> Iterator[Event]:
    """The events of their lives so far; `postman` tells that they were sent."""
    for each in issued:
        tell = functools.partial(events.draft, subject=each.invoice, at=at)
        draft, final = each.text(each.before), each.text(each.after)
        yield tell("invoice.created", data=draft, actor=actor, sequence=1)
        previous = changed(each.before, each.after)
        yield tell("invoice.issued", data=final, previous=previous, actor=actor, sequence=2)
        if each.is_mailed:
            yield tell("invoice.send_requested", data=final, actor=actor, sequence=3)
        if each.is_sent:
            sent, previous = each.text({**each.after, "sent_at": at}), {"sent_at": None}
            yield tell("invoice.sent", data=sent, previous=previous, actor=postman, sequence=4)


def _is_drafted(invoice: Invoice) -> bool:
    """Whether the draft has the number already."""
    return invoice.organization.number_assignment == _ON_CREATE


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


def _as_stored(row: Any) -> None:
    """Exact numbers as the database would give them back: without trailing zeros."""
    for each in _exact_fields(row.__class__):
        value = getattr(row, each.attname)
        if value is not None:
            setattr(row, each.attname, each.get_prep_value(value))


@functools.cache
def _exact_fields(model: type[Any]) -> list[ExactDecimalField]:
    return [each for each in model._meta.concrete_fields if isinstance(each, ExactDecimalField)]
