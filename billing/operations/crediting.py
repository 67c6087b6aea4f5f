"""What a credit note is made of: the invoice's own figures, or lines of its own."""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from billing import numbering
from billing.models import CreditNote, CreditNoteLine, CreditNoteTax, Customer, Invoice
from billing.operations import drafting
from billing.operations.fields import clean_decimal
from billing.operations.lines import Spec
from billing.operations.movements import Movement
from billing.operations.parties import freeze_parties
from billing.queries.calculation import totals_input
from billing.queries.lookup import Ref, UnknownReference
from billing.queries.organizations import get_organization
from billing.snapshots import credit_note_snapshot
from billing.totals import Totals
from billing.totals.credits import partial_credit
from billing.totals.inputs import FIXED
from core import events
from core.errors import DomainError, InvalidValue, Kind
from core.ids import random_text, uuid7
from core.models import as_uuid
from core.money import from_minor

_FROM_INVOICE = (
    "organization_id customer_id currency exchange_rate accounting_currency seller buyer delivery"
    " buyer_reference purchase_order sales_order contract project reference period_start"
    " period_end discount_type discount_value rounding inclusive_order prices_include_tax"
    " cash_rounding_minor template locale"
)
_FROM_LINE = (
    "organization_id product_id name description unit unit_code unit_price price_base_quantity"
    " discount_type seller_item_id buyer_item_id period_start period_end taxes"
)


class NothingToCredit(DomainError):
    kind, code = Kind.CONFLICT, "nothing_to_credit"
    message = "Nothing of invoice {number} is left to credit."


class CreditExceedsInvoice(DomainError):
    """B15, where lines of the invoice reduce it: the others alone come to more than it."""

    kind, code = Kind.INVALID, "credit_exceeds_invoice"
    message = "These lines come to {total} {currency}, but {left} of the invoice can be credited."
    default_param = "lines"


def number_note(movement: Movement, note: CreditNote) -> None:
    """Give the written note its number and tell of it: the last but for what follows from it."""
    note.number = numbering.take_number(
        organization_id=note.organization_id,
        document="credit_note",
        on=note.issue_date,
        document_id=note.pk,
        fate="issued",
        at=movement.at,
    )
    note.save(update_fields=["number"])
    events.emit(
        "credit_note.created",
        subject=note,
        data=credit_note_snapshot(note),
        actor=movement.actor,
        at=movement.at,
        sequence=1,
    )


def credit_invoice_lines(
    invoice: Invoice,
    wishes: Sequence[Mapping[str, Any]] | None,
    at: datetime.datetime,
    issue_date: datetime.date,
) -> CreditNote:
    """An inserted credit note over lines of the locked invoice, under its frozen policy.

    `wishes` are {"invoice_line_id", "quantity"}; None credits all that is left. Parts
    are cumulative, so they always close to the cent (B12, B13). Raises NothingToCredit,
    CreditExceedsLine, CreditExceedsInvoice, NegativeCredit, InvalidValue.
    """
    lines = list(invoice.lines.all())
    earlier = _in_force(invoice)
    before = _credited_before(invoice, earlier, lines)
    if wishes is None:
        now = [line.quantity - was for line, was in zip(lines, before, strict=True)]
    else:
        now = _quantities(lines, wishes)
    # What the notes in force came to, not what they would come to now: one may be void.
    records = list(earlier.order_by("pk").values_list("calculation", flat=True))
    totals = partial_credit(totals_input(invoice, lines), before, now, records)
    if totals.total == 0:
        raise NothingToCredit(number=invoice.number)
    left = invoice.total - (earlier.aggregate(sum=Sum("total"))["sum"] or 0)
    if totals.total > left:
        raise CreditExceedsInvoice(
            total=from_minor(totals.total, invoice.currency),
            left=from_minor(left, invoice.currency),
            currency=invoice.currency,
        )
    note = CreditNote(
        invoice=invoice,
        issue_date=issue_date,
        **{name: getattr(invoice, name) for name in _FROM_INVOICE.split()},
    )
    _stamp(note, at)
    _fill(note, totals)
    note.save(force_insert=True)
    rows = [
        _line(note, source, quantity, totals, index)
        for index, (source, quantity) in enumerate(zip(lines, now, strict=True))
        if quantity
    ]
    for position, row in enumerate(rows, start=1):
        row.position = position
    taxes = drafting.tax_rows(CreditNoteTax, note, totals.taxes, issue_date)
    drafting.insert_rows(note, "credit_note", rows, taxes)
    return note


def left_to_credit(invoice: Invoice, lines: Sequence[Any]) -> list[Decimal]:
    """The quantity of each line that no note in force has credited."""
    before = _credited_before(invoice, _in_force(invoice), lines)
    return [line.quantity - was for line, was in zip(lines, before, strict=True)]


def credit_customer(
    customer: Customer,
    specs: Sequence[Spec],
    at: datetime.datetime,
    issue_date: datetime.date,
    currency: str | None,
) -> CreditNote:
    """An inserted credit note with lines of its own, for no invoice in particular."""
    note = CreditNote()
    drafting.start(
        note,
        organization=get_organization(customer.organization_id),
        customer=customer,
        at=at,
        issue_date=issue_date,
        currency=currency,
        exchange_rate=None,
        prices_include_tax=None,
    )
    lines, groups = drafting.price(
        note, CreditNoteLine, specs=specs, charges=(), discount_type="", discount_value=0
    )
    if note.total == 0:
        raise InvalidValue("A credit note over nothing credits nothing.", param="line_items")
    freeze_parties(note, customer)
    _stamp(note, at)
    note.save(force_insert=True)
    taxes = drafting.tax_rows(CreditNoteTax, note, groups, note.issue_date)
    drafting.insert_rows(note, "credit_note", lines, taxes)
    return note


def _in_force(invoice: Invoice) -> QuerySet[CreditNote]:
    rows = CreditNote.objects.of(invoice.organization_id)
    return rows.filter(invoice=invoice, status=CreditNote.Status.ISSUED)


def _credited_before(
    invoice: Invoice, notes: QuerySet[CreditNote], lines: Sequence[Any]
) -> list[Decimal]:
    rows = CreditNoteLine.objects.of(invoice.organization_id).filter(credit_note__in=notes)
    sums: dict[int | None, Decimal] = defaultdict(Decimal)
    for line_id, quantity in rows.values_list("invoice_line_id", "quantity"):
        sums[line_id] += quantity
    return [sums[line.pk] for line in lines]


def _quantities(lines: Sequence[Any], wishes: Sequence[Mapping[str, Any]]) -> list[Decimal]:
    """One quantity per invoice line, in order."""
    places: dict[Ref | None, int] = {}
    for index, line in enumerate(lines):
        places[line.pk] = places[line.uuid] = index
    quantities = [Decimal(0)] * len(lines)
    for index, wish in enumerate(wishes):
        param = f"lines.{index}"
        reference = wish.get("invoice_line_id", "")
        key = reference if isinstance(reference, int) else as_uuid(reference)
        if key not in places:
            raise UnknownReference(noun="line", id=reference, param=f"{param}.invoice_line_id")
        line = lines[places[key]]
        given = wish.get("quantity")
        if given is None:
            given = line.quantity
        quantities[places[key]] += clean_decimal(given, param=f"{param}.quantity", places=6)
    return quantities


def _stamp(note: CreditNote, at: datetime.datetime) -> None:
    note.issued_at = note.created_at = note.updated_at = at
    note.public_token = random_text()


def _fill(note: CreditNote, totals: Totals) -> None:
    note.charges = [
        {
            "name": charge.name,
            "amount": format(charge.amount, "f"),
            "is_charge": charge.is_charge,
            "taxes": [rule.as_dict() for rule in charge.taxes],
        }
        for charge in totals.document.charges
        if charge.amount
    ]
    if note.discount_type == FIXED:
        note.discount_value = from_minor(abs(totals.discount_amount), note.currency)
    note.subtotal = totals.subtotal
    note.discount_total = totals.discount_total
    note.charge_total = totals.charge_total
    note.tax_total = totals.tax_total
    note.rounding_amount = totals.rounding_amount
    note.total = totals.total
    note.calculation = totals.as_dict()


def _line(
    note: CreditNote, source: Any, quantity: Decimal, totals: Totals, index: int
) -> CreditNoteLine:
    figures = totals.lines[index]
    return CreditNoteLine(
        uuid=uuid7(),
        credit_note=note,
        invoice_line=source,
        position=index + 1,
        quantity=quantity,
        discount_value=totals.document.lines[index].discount_value,
        discount_amount=figures.discount,
        net_amount=figures.net,
        tax_amount=figures.tax,
        total=figures.gross,
        **{name: getattr(source, name) for name in _FROM_LINE.split()},
    )
