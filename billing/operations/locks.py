"""Locking what money moves on, always in one order: invoices ascending by id, then sources.

Under READ COMMITTED a row is read after its lock is held, so the amounts are the last
committed ones. SQLite serializes writers as a whole.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Sum

from billing.models import Allocation, CreditNote, Invoice, Payment, Quote
from billing.queries.lookup import Ref, find, refer
from billing.queries.quotes import get_quote
from core.errors import DomainError, Kind

_ATTEMPTS = 5


class Busy(DomainError):
    """The source was moved between invoices again and again while we tried to lock it."""

    kind, code = Kind.UNAVAILABLE, "payment_busy"
    message = "{number} is being changed by others. Try again."


def lock_invoice(organization_id: int, reference: Ref) -> Invoice:
    """The invoice, locked until the transaction ends. Raises NotFound."""
    return find(Invoice.objects.of(organization_id).select_for_update(), reference, "invoice")


def hold_invoice(organization_id: int, reference: Ref) -> int:
    """Lock the invoice like lock_invoice, for those who read it anew afterwards; its key.

    An invoice has many columns, and reading them twice is most of a small step's cost.
    Raises NotFound.
    """
    rows = Invoice.objects.of(organization_id).select_for_update().only("pk")
    return find(rows, reference, "invoice").pk


def lock_invoices(
    organization_id: int, references: Iterable[Ref], *, param: str | None = None
) -> dict[int, Invoice]:
    """The invoices by primary key, locked in ascending order.

    Raises NotFound; with `param`, the field that named them, UnknownReference.
    """
    rows = Invoice.objects.of(organization_id)
    ids = set()
    for reference in references:
        if param is None:
            ids.add(find(rows.only("pk"), reference, "invoice").pk)
        else:
            ids.add(refer(rows.only("pk"), reference, "invoice", param).pk)
    return {pk: lock_invoice(organization_id, pk) for pk in sorted(ids)}


def lock_payment(organization_id: int, reference: Ref) -> Payment:
    """The payment, locked. Lock its invoices first. Raises NotFound."""
    return find(Payment.objects.of(organization_id).select_for_update(), reference, "payment")


def lock_credit_note(organization_id: int, reference: Ref) -> CreditNote:
    """The credit note, locked. Lock its invoices first. Raises NotFound."""
    rows = CreditNote.objects.of(organization_id).select_for_update()
    return find(rows, reference, "credit note")


def lock_quote(organization_id: int, reference: Ref) -> Quote:
    """The quote, locked, with its customer and lines. Raises NotFound."""
    find(Quote.objects.of(organization_id).select_for_update(), reference, "quote")
    return get_quote(organization_id, reference)


def lock_payment_and_invoices(
    organization_id: int, reference: Ref
) -> tuple[Payment, dict[int, Invoice]]:
    """The payment with every invoice it settles or is meant for. Raises NotFound, Busy.

    The invoices are known only from the payment, which is locked last: when one more was
    allocated in between, the locks are given back and taken anew in the right order.
    """
    payment = find(Payment.objects.of(organization_id), reference, "payment")
    for _attempt in range(_ATTEMPTS):
        with transaction.atomic():
            invoices = lock_invoices(organization_id, _settled_by(payment))
            payment = lock_payment(organization_id, payment.pk)
            if _settled_by(payment) <= invoices.keys():
                return payment, invoices
            transaction.set_rollback(True)
    raise Busy(number=payment.number)


def lock_credit_note_and_invoices(
    organization_id: int, reference: Ref
) -> tuple[CreditNote, dict[int, Invoice]]:
    """The credit note with every invoice it settles, in the same way. Raises NotFound, Busy."""
    note = find(CreditNote.objects.of(organization_id), reference, "credit note")
    for _attempt in range(_ATTEMPTS):
        with transaction.atomic():
            invoices = lock_invoices(organization_id, [pk for pk, _ in allocated_amounts(note)])
            note = lock_credit_note(organization_id, note.pk)
            if {pk for pk, _ in allocated_amounts(note)} <= invoices.keys():
                return note, invoices
            transaction.set_rollback(True)
    raise Busy(number=note.number)


def allocated_amounts(source: Payment | CreditNote) -> list[tuple[int, int]]:
    """(invoice id, amount) for each invoice the source still settles, newest first."""
    rows: dict[int, int] = {}
    for invoice_id, amount in source.allocations.order_by("pk").values_list("invoice_id", "amount"):
        rows[invoice_id] = rows.pop(invoice_id, 0) + amount
    return [(pk, amount) for pk, amount in reversed(rows.items()) if amount]


def payments_on(invoice: Invoice) -> list[tuple[int, int]]:
    """(payment id, amount) for each payment that settles part of the invoice, newest first."""
    return _sources_on(invoice, "payment_id")


def credits_on(invoice: Invoice) -> list[tuple[int, int]]:
    """(credit note id, amount) for each stand-alone credit note on the invoice, newest first."""
    return _sources_on(invoice, "credit_note_id", credit_note__invoice__isnull=True)


def _sources_on(invoice: Invoice, source: str, **conditions: bool) -> list[tuple[int, int]]:
    rows = Allocation.objects.of(invoice.organization_id).filter(invoice=invoice, **conditions)
    sums = rows.exclude(**{source: None}).values_list(source).annotate(net=Sum("amount"))
    return list(sums.filter(net__gt=0).order_by(f"-{source}"))


def _settled_by(payment: Payment) -> set[int]:
    ids = {pk for pk, _amount in allocated_amounts(payment)}
    return ids | ({payment.invoice_id} if payment.invoice_id else set())
