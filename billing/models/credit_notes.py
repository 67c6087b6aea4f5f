"""Credit notes: the only way to take back part of an issued invoice."""

from django.db import models
from django.db.models import F, Q

from billing.models.base import DocumentLine, DocumentTax, SalesDocument
from billing.models.customers import Customer
from billing.models.invoices import Invoice, InvoiceLine
from core.fields import MinorUnitsField


class CreditNote(SalesDocument):
    """Positive amounts, UNTDID type 381. Issued at once: there is no draft to send twice.

    What exceeds the invoice's open amount frees that much of its payments, and the
    freed money is refunded, kept as customer credit, or settled outside (B14).
    A credit note without an invoice is customer credit as a whole.
    """

    class Status(models.TextChoices):
        ISSUED = "issued"
        VOID = "void"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="credit_notes")
    invoice = models.ForeignKey(
        Invoice, null=True, blank=True, on_delete=models.PROTECT, related_name="credit_notes"
    )
    # The payment that came early enough for a discount; undone, it takes the note with it.
    earned_by = models.ForeignKey(
        "billing.Payment", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(max_length=8, choices=Status, default=Status.ISSUED)
    reason = models.CharField(max_length=500, blank=True)
    issued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)

    # How the total was used. amount_allocated reduced what invoices owe.
    amount_allocated = MinorUnitsField(default=0)
    amount_refunded = MinorUnitsField(default=0)
    amount_out_of_band = MinorUnitsField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"], name="credit_note_number_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_allocated__gte=0, total__gte=F("amount_allocated")),
                name="credit_note_not_overused",
            ),
            # Without an invoice, what is paid out comes from the note itself.
            models.CheckConstraint(
                condition=Q(invoice__isnull=False)
                | Q(
                    total__gte=F("amount_allocated")
                    + F("amount_refunded")
                    + F("amount_out_of_band")
                ),
                name="credit_note_not_overpaid",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="credit_note_newest"),
            models.Index(fields=["organization", "issue_date"], name="credit_note_by_issue_date"),
            models.Index(fields=["organization", "customer"], name="credit_note_by_customer"),
        ]

    @property
    def amount_unapplied(self) -> int:
        """Customer credit left on this credit note, minor units.

        What a note on an invoice paid out was its payments' money, not its own.
        """
        if self.status == self.Status.VOID:
            return 0
        left = self.total - self.amount_allocated
        if self.invoice_id is None:
            left -= self.amount_refunded + self.amount_out_of_band
        return left


class CreditNoteLine(DocumentLine):
    credit_note = models.ForeignKey(CreditNote, on_delete=models.CASCADE, related_name="lines")
    invoice_line = models.ForeignKey(
        InvoiceLine, null=True, blank=True, on_delete=models.PROTECT, related_name="credit_lines"
    )


class CreditNoteTax(DocumentTax):
    credit_note = models.ForeignKey(CreditNote, on_delete=models.CASCADE, related_name="taxes")

    class Meta(DocumentTax.Meta):
        indexes = [
            *DocumentTax.Meta.indexes,
            models.Index(fields=["organization", "tax_profile"], name="credit_note_tax_profile"),
        ]
        verbose_name_plural = "credit note taxes"
