"""Quotes: an offer that may become an invoice."""

from django.db import models
from django.db.models import Q

from billing.models.base import DocumentLine, SalesDocument
from billing.models.customers import Customer


class Quote(SalesDocument):
    """Expired is derived: open and past valid_until on the organization's civil date."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        CONVERTED = "converted"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="quotes")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    valid_until = models.DateField()
    sent_at = models.DateTimeField(null=True, blank=True)
    viewed_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.CharField(max_length=200, blank=True, help_text="Who said yes, by name.")
    declined_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"],
                condition=Q(number__isnull=False),
                name="quote_number_once",
            )
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="quote_newest"),
            models.Index(
                fields=["organization", "customer", "-created_at", "-id"], name="quote_by_customer"
            ),
        ]


class QuoteLine(DocumentLine):
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
