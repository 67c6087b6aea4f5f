"""Agreeing that an invoice is paid in parts, each with a due date of its own (C13)."""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from billing.models import Instalment, Invoice, InvoiceStatus
from billing.operations.amounts import positive_minor
from billing.operations.locks import lock_invoice
from billing.operations.payables import InvoiceVoid
from billing.queries.lookup import Ref
from billing.snapshots import invoice_snapshot
from billing.totals import allocate_instalments
from core import events
from core.errors import InvalidValue
from core.money import allocate, from_minor

MOST_PARTS = 60


@transaction.atomic
def set_instalments(
    *,
    actor: Actor,
    at: datetime.datetime,
    invoice_id: Ref,
    due_dates: Sequence[datetime.date],
    amounts: Sequence[Decimal] | None = None,
) -> Invoice:
    """Divide the invoice's total over the due dates; an empty list takes the plan back.

    `amounts` are in major units and must add up to the total; by default the parts are
    equal and the last one takes the odd cents. The invoice falls due with its last part.
    Raises InvalidValue, InvoiceVoid, NotFound.
    """
    actor.require("invoices:write")
    invoice = lock_invoice(actor.organization_id, invoice_id)
    if invoice.status == InvoiceStatus.VOID:
        raise InvoiceVoid(number=invoice.number)
    _check_dates(invoice, due_dates)
    parts = _parts(invoice, len(due_dates), amounts) if due_dates else []
    Instalment.objects.of(actor.organization_id).filter(invoice=invoice).delete()
    Instalment.objects.bulk_create(
        [
            Instalment(
                organization_id=actor.organization_id,
                invoice=invoice,
                position=position,
                due_date=due_date,
                amount=amount,
            )
            for position, (due_date, amount) in enumerate(zip(due_dates, parts, strict=True), 1)
        ]
    )
    before = invoice.due_date
    if due_dates:
        invoice.due_date = due_dates[-1]
    invoice.version += 1
    invoice.updated_at = at
    invoice.save(update_fields=["due_date", "version", "updated_at"])
    events.emit(
        "invoice.updated",
        subject=invoice,
        data=invoice_snapshot(invoice),
        previous={"due_date": before} if before != invoice.due_date else {},
        actor=actor,
        at=at,
    )
    return invoice


def fit_instalments(invoice: Invoice) -> None:
    """Let the plan follow a changed invoice: its total to the cent, its last part's due date.

    A new total is divided as the plan divided the one before. Raises InvalidValue when the
    invoice would fall due before a part that is not its last.
    """
    rows = list(invoice.instalments.all())
    if not rows:
        return
    if len(rows) > 1 and invoice.due_date <= rows[-2].due_date:
        raise InvalidValue(
            f"An earlier instalment is due on {rows[-2].due_date}: change the instalments first.",
            param="due_date",
        )
    rows[-1].due_date = invoice.due_date
    amounts = allocate(invoice.total, [row.amount for row in rows])
    for row, amount in zip(rows, amounts, strict=True):
        row.amount = amount
    Instalment.objects.bulk_update(rows, ["amount", "due_date"])


def _check_dates(invoice: Invoice, due_dates: Sequence[datetime.date]) -> None:
    if len(due_dates) > MOST_PARTS:
        raise InvalidValue(f"At most {MOST_PARTS} instalments.", param="due_dates")
    if list(due_dates) != sorted(set(due_dates)):
        raise InvalidValue("The due dates must rise from part to part.", param="due_dates")
    if due_dates and due_dates[0] < invoice.issue_date:
        raise InvalidValue("An instalment is due before the invoice exists.", param="due_dates")


def _parts(invoice: Invoice, count: int, amounts: Sequence[Decimal] | None) -> list[int]:
    if amounts is None:
        return allocate_instalments(invoice.total, count)
    if len(amounts) != count:
        raise InvalidValue("Give one amount per due date.", param="amounts")
    parts = [
        positive_minor(amount, invoice.currency, param=f"amounts.{index}")
        for index, amount in enumerate(amounts)
    ]
    if sum(parts) != invoice.total:
        total = from_minor(invoice.total, invoice.currency)
        raise InvalidValue(f"The instalments must add up to {total}.", param="amounts")
    return parts
