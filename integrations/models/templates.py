"""The organization's own words for its mail."""

from django.db import models

from accounts.models import Organization
from core.models import Record, TenantQuerySet


class EmailTemplate(Record):
    """Subject and words of one kind of mail in one language; empty ones are the product's.

    Names in braces stand for figures of the document; they are replaced, never evaluated.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice"
        REMINDER = "reminder"
        RECEIPT = "receipt"
        QUOTE = "quote"
        CREDIT_NOTE = "credit_note"

    class Language(models.TextChoices):
        EN = "en", "English"
        FR = "fr", "Français"
        DE = "de", "Deutsch"
        ES = "es", "Español"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=12, choices=Kind)
    language = models.CharField(max_length=2, choices=Language)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "language"], name="email_template_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"
