"""Files that belong to a document or a customer."""

from django.db import models
from django.db.models import Q

from billing.models.base import TenantRecord
from billing.models.credit_notes import CreditNote
from billing.models.customers import Customer
from billing.models.invoices import Invoice
from billing.models.quotes import Quote


class Attachment(TenantRecord):
    """A file as it was uploaded. `storage_name` is random: nobody's words become a path.

    It belongs to exactly one invoice, quote, credit note or customer.
    """

    invoice = models.ForeignKey(
        Invoice, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    quote = models.ForeignKey(
        Quote, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    credit_note = models.ForeignKey(
        CreditNote, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100, help_text="What the bytes are, not the name.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=200)
    send_with_invoice = models.BooleanField(default=False)
    uploaded_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    invoice__isnull=False,
                    quote__isnull=True,
                    credit_note__isnull=True,
                    customer__isnull=True,
                )
                | Q(
                    invoice__isnull=True,
                    quote__isnull=False,
                    credit_note__isnull=True,
                    customer__isnull=True,
                )
                | Q(
                    invoice__isnull=True,
                    quote__isnull=True,
                    credit_note__isnull=False,
                    customer__isnull=True,
                )
                | Q(
                    invoice__isnull=True,
                    quote__isnull=True,
                    credit_note__isnull=True,
                    customer__isnull=False,
                ),
                name="attachment_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(send_with_invoice=False) | Q(invoice__isnull=False),
                name="attachment_sent_with_its_invoice",
            ),
        ]
        indexes = [
            models.Index(fields=["organization"], name="attachment_of"),
            models.Index(fields=["storage_name"], name="attachment_by_file"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def subject(self) -> tuple[str, Invoice | Quote | CreditNote | Customer]:
        """What it belongs to, after the name of that noun's field."""
        for noun in ("invoice", "quote", "credit_note", "customer"):
            row = getattr(self, noun)
            if row is not None:
                return noun, row
        raise ValueError("an attachment belongs to something")
