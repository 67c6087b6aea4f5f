"""What stands in the way of changing an invoice, as refusals and the questions behind them."""

from billing.lifecycle import INVOICE
from billing.models import Invoice, Payment
from core.errors import DomainError, Kind


class InvoiceNotDraft(DomainError):
    kind, code = Kind.CONFLICT, "invoice_not_draft"
    message = "Invoice {number} is {status}: only a draft can be {done}. {hint}"


class InvoiceFinalized(DomainError):
    kind, code = Kind.CONFLICT, "invoice_finalized"
    message = "Invoice {number} is {status}: '{field}' can no longer be changed."


class VersionConflict(DomainError):
    kind, code = Kind.CONFLICT, "version_conflict"
    message = "The document is at version {version}, not {expected}. Load it again."


class InvoiceHasPayments(DomainError):
    kind, code = Kind.CONFLICT, "invoice_has_payments"
    message = "Invoice {number} has payments or credits and cannot be {done}."


class PaymentPending(DomainError):
    """C12: money under way fixes what it is meant for."""

    kind, code = Kind.CONFLICT, "invoice_has_pending_payment"
    message = "A payment of invoice {number} is pending; it cannot be {done} until that is settled."


def require_draft(invoice: Invoice, *, done: str, hint: str = "") -> None:
    """Raises InvoiceNotDraft unless the invoice may still be issued."""
    if not INVOICE.allows(invoice.status, "issue"):
        raise InvoiceNotDraft(number=invoice.number, status=invoice.status, done=done, hint=hint)


def refuse_while_pending(invoice: Invoice, done: str) -> None:
    """Raises PaymentPending while a payment that is meant for the invoice is under way."""
    pending = Payment.objects.of(invoice.organization_id).filter(
        invoice=invoice, status=Payment.Status.PENDING
    )
    if pending.exists():
        raise PaymentPending(number=invoice.number or "without number", done=done)
