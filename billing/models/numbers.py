"""Document numbers without gaps: a series, its counters, and the register of every number."""

from django.db import models

from billing.models.base import TenantRecord
from core.models import TenantQuerySet


class NumberSeries(TenantRecord):
    """A pattern such as INV-{YYYY}-{n:03} for one kind of document."""

    class Document(models.TextChoices):
        INVOICE = "invoice"
        CREDIT_NOTE = "credit_note"
        QUOTE = "quote"
        PAYMENT = "payment"
        REFUND = "refund"

    class Reset(models.TextChoices):
        NEVER = "never"
        YEAR = "year"
        MONTH = "month"

    document = models.CharField(max_length=12, choices=Document)
    name = models.CharField(max_length=50, default="default")
    pattern = models.CharField(max_length=60)
    reset = models.CharField(max_length=6, choices=Reset, default=Reset.YEAR)
    is_default = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "document", "name"], name="number_series_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "document"],
                condition=models.Q(is_default=True),
                name="one_default_number_series",
            ),
        ]
        verbose_name_plural = "number series"

    def __str__(self) -> str:
        return f"{self.document}: {self.pattern}"


class NumberCounter(models.Model):
    """The last number taken in a series and period. Locked last, for as short as possible."""

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="counters")
    period = models.CharField(max_length=7, help_text="2025, 2025-01, or empty.")
    last = models.BigIntegerField(default=0)
    # The number before the first one here, when a series was taken over from elsewhere.
    started_after = models.BigIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "series", "period"], name="number_counter_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.series_id}/{self.period}: {self.last}"


class NumberRegister(models.Model):
    """One row per number ever taken, with its fate: the answer to every auditor's question."""

    class Fate(models.TextChoices):
        RESERVED = "reserved", "on a draft"
        ISSUED = "issued"
        VOID = "void"
        CANCELLED = "cancelled", "its draft was deleted"

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=7)
    n = models.BigIntegerField()
    number = models.CharField(max_length=64)
    fate = models.CharField(max_length=10, choices=Fate)
    document_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    updated_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "series", "period", "n"], name="number_once"
            )
        ]
        indexes = [models.Index(fields=["organization", "document_id"], name="number_by_document")]
        verbose_name_plural = "number register"

    def __str__(self) -> str:
        return self.number
