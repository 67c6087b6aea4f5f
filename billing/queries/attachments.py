"""Files of one organization, and what is in them."""

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from billing.models import Attachment
from billing.queries.lookup import Ref, find
from core.errors import DomainError, Kind


class FileMissing(DomainError):
    """The row is there, the file is not: a restore without the media, or a lost disk."""

    kind, code = Kind.UNAVAILABLE, "file_missing"
    message = "The file {name} cannot be read at the moment."


def list_attachments(organization_id: int) -> QuerySet[Attachment]:
    """Newest first, with what each belongs to."""
    rows = Attachment.objects.of(organization_id)
    return rows.select_related("invoice", "quote", "credit_note", "customer").order_by(
        "-created_at", "-id"
    )


def get_attachment(organization_id: int, reference: Ref) -> Attachment:
    """By id or UUID. Raises NotFound."""
    return find(list_attachments(organization_id), reference, "attachment")


def list_sent_with(organization_id: int, invoice_id: int) -> QuerySet[Attachment]:
    """The files that go out with the mail of an invoice, in the order of their upload."""
    rows = Attachment.objects.of(organization_id)
    return rows.filter(invoice_id=invoice_id, send_with_invoice=True).order_by("pk")


def read_content(attachment: Attachment) -> bytes:
    """The bytes as they were uploaded. Raises FileMissing."""
    try:
        with default_storage.open(attachment.storage_name, "rb") as file:
            content: bytes = file.read()
    except OSError:
        raise FileMissing(name=attachment.file_name) from None
    return content
