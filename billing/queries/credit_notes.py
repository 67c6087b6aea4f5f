"""Credit notes of one organization."""

from django.db.models import Prefetch, QuerySet

from billing.models import CreditNote, CreditNoteLine
from billing.queries.lookup import Ref, find


def list_credit_notes(organization_id: int) -> QuerySet[CreditNote]:
    """Newest first, with customer and invoice."""
    rows = CreditNote.objects.of(organization_id).select_related("customer", "invoice")
    return rows.order_by("-created_at", "-id")


def get_credit_note(organization_id: int, reference: Ref) -> CreditNote:
    """By id or UUID, with customer, invoice, lines and taxes. Raises NotFound."""
    rows = CreditNote.objects.of(organization_id).select_related(
        "customer", "invoice", "organization"
    )
    lines = CreditNoteLine.objects.of(organization_id).select_related("product", "invoice_line")
    return find(rows.prefetch_related(Prefetch("lines", lines), "taxes"), reference, "credit note")


def list_credit_notes_of_invoice(organization_id: int, invoice_id: int) -> QuerySet[CreditNote]:
    """The credit notes made for that invoice, newest first."""
    return list_credit_notes(organization_id).filter(invoice_id=invoice_id)
