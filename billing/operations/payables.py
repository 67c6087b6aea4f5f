"""Which invoices may take money, and how one amount is spread over them."""

import datetime
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal

from accounts.actors import Actor
from billing.models import Invoice, InvoiceStatus
from billing.operations.amounts import positive_minor
from billing.operations.guards import PaymentPending
from billing.operations.issuing import issue_invoice
from billing.operations.ledger import Role
from billing.operations.locks import lock_invoices
from billing.operations.write_offs import written_off_by_role
from billing.queries.lookup import Ref
from billing.queries.settlement import pending_minor
from core.errors import DomainError, InvalidValue, Kind
from core.models import as_uuid
from core.money import from_minor

# An invoice with the amount meant for it, or None for as much as is due.
Wish = tuple[Ref, Decimal | None]
Share = tuple[Invoice, int]


class AmountExceedsDue(DomainError):
    """More than the invoice still asks for; the sender may have mistyped."""

    kind, code = Kind.INVALID, "amount_exceeds_due"
    message = "{amount} {currency} is more than the {due} {currency} due on invoice {number}."
    default_param = "amount"


class AlreadySettled(DomainError):
    """Nothing is due any more (C16, C17)."""

    kind, code = Kind.CONFLICT, "already_settled"
    message = "Invoice {number} is already paid in full."


class InvoiceVoid(DomainError):
    """A void invoice is nobody's debt."""

    kind, code = Kind.CONFLICT, "invoice_void"
    message = "Invoice {number} is void and cannot be paid."


class OtherCurrency(DomainError):
    """Money is never converted silently (M10)."""

    kind, code = Kind.INVALID, "currency_mismatch"
    message = "Invoice {number} is in {expected}, but the money is in {currency}."
    default_param = "currency"


def open_invoices(
    actor: Actor,
    at: datetime.datetime,
    references: Iterable[Ref],
    currency: str,
    *,
    param: str | None = None,
) -> list[Invoice]:
    """The invoices, locked, ready to take money of that currency, oldest due first (C4).

    A draft is issued: who pays it has accepted it. Raises NotFound (UnknownReference with
    `param`), InvoiceVoid, OtherCurrency, InvalidValue when they belong to different
    customers.
    """
    locked = list(lock_invoices(actor.organization_id, references, param=param).values())
    for invoice in locked:
        if invoice.status == InvoiceStatus.VOID:
            raise InvoiceVoid(number=invoice.number)
        if invoice.currency != currency:
            raise OtherCurrency(number=invoice.number, expected=invoice.currency, currency=currency)
    if len({invoice.customer_id for invoice in locked}) > 1:
        raise InvalidValue("The invoices belong to different customers.", param="allocations")
    ready = [
        issue_invoice(actor=actor, at=at, invoice_id=invoice.pk) if invoice.is_draft else invoice
        for invoice in locked
    ]
    return sorted(ready, key=lambda invoice: (invoice.due_date, invoice.pk))


def spread(
    amount: int,
    currency: str,
    wishes: Sequence[Wish],
    invoices: Sequence[Invoice],
    *,
    may_leave_rest: bool,
) -> list[Share]:
    """Minor units of one amount per invoice: explicit amounts first, the rest oldest due first.

    Unless a rest may stay as customer credit, the whole amount must find its place.
    Raises AlreadySettled, AmountExceedsDue, PaymentPending, InvalidValue.
    """
    if not may_leave_rest:
        _refuse_excess(amount, invoices)
    due = {invoice.pk: payable_minor(invoice) for invoice in invoices}
    by_reference: dict[int | uuid.UUID | None, Invoice] = {
        key: row for row in invoices for key in (row.pk, row.uuid)
    }
    shares = dict.fromkeys(due, 0)
    rest = amount
    for position, (reference, wish) in enumerate(wishes):
        if wish is None:
            continue
        invoice = by_reference[_key(reference)]
        param = f"allocations.{position}.amount"
        minor = positive_minor(wish, currency, param=param)
        if minor > due[invoice.pk] - shares[invoice.pk]:
            raise exceeds_due(invoice, minor, due=due[invoice.pk], param=param)
        shares[invoice.pk] += minor
        rest -= minor
    if rest < 0:
        raise InvalidValue("The allocations are more than the amount.", param="allocations")
    free = {by_reference[_key(reference)].pk for reference, wish in wishes if wish is None}
    for pk in [row.pk for row in invoices if row.pk in free]:
        part = min(rest, due[pk] - shares[pk])
        shares[pk] += part
        rest -= part
    if rest and not may_leave_rest:
        raise InvalidValue("The allocations are less than the amount.", param="allocations")
    return [(row, shares[row.pk]) for row in invoices if shares[row.pk]]


def payable_minor(invoice: Invoice) -> int:
    """What money may settle, minor units: what is due, and bad debt for which some came (B10)."""
    if invoice.status != InvoiceStatus.UNCOLLECTIBLE or not invoice.amount_written_off:
        return invoice.amount_due
    return invoice.amount_due + dict(written_off_by_role(invoice)).get(Role.BAD_DEBT, 0)


def _refuse_excess(amount: int, invoices: Sequence[Invoice]) -> None:
    """Refuse an amount that the invoices together do not ask for.

    Raises AlreadySettled when nothing is due, AmountExceedsDue, or PaymentPending when
    only money on its way stands in between.
    """
    due = sum(payable_minor(invoice) for invoice in invoices)
    first = invoices[0]
    if due == 0:
        raise AlreadySettled(number=first.number)
    if amount > due:
        raise exceeds_due(first, amount, due=due)
    pending = sum(pending_minor(row.organization_id, row.pk) for row in invoices)
    if pending and amount > due - pending:
        raise PaymentPending(number=first.number, done="paid")


def exceeds_due(
    invoice: Invoice, amount: int, *, due: int | None = None, param: str = "amount"
) -> AmountExceedsDue:
    """The refusal with both figures in major units."""
    return AmountExceedsDue(
        param=param,
        number=invoice.number,
        amount=from_minor(amount, invoice.currency),
        due=from_minor(invoice.amount_due if due is None else due, invoice.currency),
        currency=invoice.currency,
    )


def _key(reference: Ref) -> int | uuid.UUID | None:
    return reference if isinstance(reference, int) else as_uuid(reference)
