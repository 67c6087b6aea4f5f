"""Invoices that go out by mail at a moment somebody chose."""

from django.db import models
from django.db.models import Q

from billing.models.base import TenantRecord
from billing.models.invoices import Invoice


class ScheduledSend(TenantRecord):
    """One planned mail of one invoice, in the words of who planned it."""

    class Status(models.TextChoices):
        PLANNED = "planned"
        DONE = "done"  # the mail is queued; its own fate is the mail room's business
        CANCELLED = "cancelled"
        FAILED = "failed"

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="scheduled_sends")
    send_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=Status, default=Status.PLANNED)
    # What request_send takes besides the invoice.
    mail = models.JSONField(default=dict)
    requested_by = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "invoice"],
                condition=Q(status="planned"),
                name="scheduled_send_once",
            )
        ]
        indexes = [
            models.Index(fields=["organization"], name="scheduled_send_of"),
            models.Index(
                fields=["send_at"], name="scheduled_send_due", condition=Q(status="planned")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.send_at:%Y-%m-%d %H:%M}: {self.status}"
