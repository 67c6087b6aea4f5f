"""What a customer or their bank contests, and how that ended."""

from django.db import models
from django.db.models import Q

from billing.models.base import TenantRecord
from billing.models.credit_notes import CreditNote
from billing.models.invoices import Invoice, InvoiceLine
from billing.models.payments import Payment, Refund
from core.fields import MinorUnitsField


class Dispute(TenantRecord):
    """One dispute of an issued invoice. Won and lost are the organization's view (C11).

    A chargeback took `amount` of `payment` back, by `taken`; once it is won the money is there
    again as `returned`. An objection is what the customer says against the invoice, or against
    `line` of it; it moves no money. `amount` is in minor units of the invoice's currency.
    While one is open the customer is neither reminded nor charged for lateness.
    """

    class Kind(models.TextChoices):
        CHARGEBACK = "chargeback"
        OBJECTION = "objection"

    class Status(models.TextChoices):
        OPEN = "open"
        WON = "won"
        LOST = "lost"

    class Outcome(models.TextChoices):
        """What becomes of the claim after a lost one."""

        OWED = "owed"
        WRITTEN_OFF = "written_off"
        CREDITED = "credited"

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="disputes")
    line = models.ForeignKey(
        InvoiceLine, null=True, blank=True, on_delete=models.PROTECT, related_name="disputes"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=4, choices=Status, default=Status.OPEN)
    outcome = models.CharField(max_length=11, choices=Outcome, blank=True)
    amount = MinorUnitsField()
    reason = models.TextField()
    reference = models.CharField(max_length=200, blank=True, help_text="Of the bank or gateway.")
    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="disputes"
    )
    taken = models.ForeignKey(
        Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    returned = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    credit_note = models.ForeignKey(
        CreditNote, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    fee_invoice = models.ForeignKey(
        Invoice, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_on = models.DateField()
    opened_by = models.CharField(max_length=200)
    closed_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True, help_text="What was said when it was closed.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="chargeback", payment__isnull=False, taken__isnull=False)
                | Q(kind="objection", payment__isnull=True, taken__isnull=True),
                name="dispute_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True, closed_on__isnull=True)
                | Q(status__in=["won", "lost"], closed_at__isnull=False, closed_on__isnull=False),
                name="dispute_closed_at",
            ),
            models.UniqueConstraint(
                fields=["organization", "invoice", "payment"],
                condition=Q(status="open", kind="chargeback"),
                name="chargeback_open_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "invoice"],
                condition=Q(status="open", kind="objection", line__isnull=True),
                name="objection_open_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "invoice", "line"],
                condition=Q(status="open", kind="objection", line__isnull=False),
                name="line_objection_open_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "reference"],
                condition=Q(kind="chargeback") & ~Q(reference=""),
                name="chargeback_reference_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="dispute_newest")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.status}"
