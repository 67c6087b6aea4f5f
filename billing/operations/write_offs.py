"""Giving up what will not be paid."""

import datetime

from django.db import transaction
from django.db.models import Sum

from accounts.actors import Actor
from billing.models import Allocation, Invoice, InvoiceStatus, Posting
from billing.operations.guards import refuse_while_pending
from billing.operations.ledger import Role
from billing.operations.locks import lock_invoice
from billing.operations.movements import TOLERANCE, Movement
from billing.queries.lookup import Ref
from core.errors import DomainError, InvalidValue, Kind


class NothingToWriteOff(DomainError):
    kind, code = Kind.CONFLICT, "nothing_to_write_off"
    message = "Invoice {number} has no open amount to write off."


@transaction.atomic
def write_off(
    *, actor: Actor, at: datetime.datetime, invoice_id: Ref, on: datetime.date, reason: str
) -> Invoice:
    """Write off everything the issued invoice still asks for.

    An uncollectible invoice becomes bad debt, any other a small difference. Raises
    NothingToWriteOff, PaymentPending, NotFound, InvalidValue without a reason.
    """
    actor.require("payments:write")
    if not reason.strip():
        raise InvalidValue("Say why it is written off.", param="reason")
    invoice = lock_invoice(actor.organization_id, invoice_id)
    if invoice.is_draft or invoice.amount_due == 0:
        raise NothingToWriteOff(number=invoice.number)
    refuse_while_pending(invoice, "written off")
    is_lost = invoice.status == InvoiceStatus.UNCOLLECTIBLE
    movement = Movement(actor=actor, at=at, on=on, base_currency=invoice.accounting_currency)
    role = Role.BAD_DEBT if is_lost else Role.WRITE_OFF
    movement.write_off(invoice, invoice.amount_due, reason.strip(), role)
    movement.write("invoice.written_off", invoice, memo=invoice.number or "")
    movement.announce()
    return invoice


def tolerance_written_off(invoice: Invoice) -> int:
    """What is still written off as a small difference of a payment (C7), minor units."""
    rows = Allocation.objects.of(invoice.organization_id).filter(
        invoice=invoice, kind=Allocation.Kind.WRITE_OFF, reason=TOLERANCE
    )
    written_off = rows.aggregate(sum=Sum("amount"))["sum"] or 0
    return min(written_off, invoice.amount_written_off)


def written_off_by_role(invoice: Invoice) -> list[tuple[str, int]]:
    """(account role, minor units) for what of the invoice is booked as an expense."""
    rows = Posting.objects.of(invoice.organization_id).filter(
        invoice=invoice, account__system_role__in=[Role.WRITE_OFF, Role.BAD_DEBT]
    )
    sums = rows.values_list("account__system_role").annotate(sum=Sum("amount"))
    return list(sums.filter(sum__gt=0).order_by("account__system_role"))
