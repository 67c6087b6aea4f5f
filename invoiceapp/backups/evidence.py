"""What two databases that should hold the same can be compared by: a document, drawn."""

import hashlib
from dataclasses import dataclass

from billing.documents import invoice_pdf
from billing.models import Invoice

# The newest are looked through for one that nobody touched since the backup.
CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class Drawing:
    """An invoice, the state it was drawn in, and the SHA-256 of its PDF."""

    invoice_id: int
    number: str
    state: str
    sha256: str


def states() -> dict[int, str]:
    """The newest issued invoices and the state of everything that their PDF depends on."""
    rows = Invoice.objects.issued().select_related("organization").order_by("-pk")
    return {invoice.pk: _state(invoice) for invoice in rows[:CANDIDATES]}


def draw(known: dict[int, str]) -> Drawing | None:
    """The newest invoice that is here in the very state that is known of it, drawn."""
    rows = Invoice.objects.issued().filter(pk__in=known).select_related("organization")
    for invoice in rows.order_by("-pk"):
        state = _state(invoice)
        if known[invoice.pk] == state:
            sha256 = hashlib.sha256(invoice_pdf(invoice)).hexdigest()
            return Drawing(invoice.pk, invoice.number or "", state, sha256)
    return None


def _state(invoice: Invoice) -> str:
    organization = invoice.organization
    moments = (invoice.updated_at.isoformat(), organization.updated_at.isoformat())
    return f"{invoice.uuid} {invoice.version} {' '.join(moments)}"
