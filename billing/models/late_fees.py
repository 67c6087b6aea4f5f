"""What paying late costs: the policy, and each fee that was charged."""

from django.db import models
from django.db.models import Q

from billing.models.base import TenantRecord
from billing.models.catalogue import TaxProfile
from billing.models.customers import Customer
from billing.models.invoices import Invoice
from core.fields import ExactDecimalField, MinorUnitsField


class LateFeePolicy(TenantRecord):
    """What the organization charges who pays late; with `customer`, what that one is charged.

    `fee_value` is a percentage of what is due, or an amount in major units of the books'
    currency. `interest_rate` is in percent per annum of 365 days; 0 means none. The caps
    are per invoice; `most_amount` is in minor units of the books' currency. What was due
    before the civil date `active_since` is not charged for.
    """

    class FeeType(models.TextChoices):
        FIXED = "fixed"
        PERCENT = "percent"

    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="late_fee_policies"
    )
    is_enabled = models.BooleanField(default=False)
    fee_type = models.CharField(max_length=8, choices=FeeType, blank=True)
    fee_value = ExactDecimalField(places=6, default=0)
    every_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Empty: the fee is charged once."
    )
    interest_rate = ExactDecimalField(places=6, default=0)
    interest_every_days = models.PositiveSmallIntegerField(default=30)
    grace_days = models.PositiveSmallIntegerField(default=0)
    most_fees = models.PositiveSmallIntegerField(null=True, blank=True)
    most_amount = MinorUnitsField(null=True, blank=True)
    is_compounding = models.BooleanField(default=False)
    tax_profile = models.ForeignKey(
        TaxProfile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_sent = models.BooleanField(default=True, help_text="Mail the invoice over the fee.")
    active_since = models.DateField()
    checked_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(customer__isnull=True),
                name="late_fee_policy_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "customer"],
                condition=Q(customer__isnull=False),
                name="late_fee_policy_once_each",
            ),
        ]
        verbose_name_plural = "late fee policies"
        indexes = [models.Index(fields=["organization"], name="late_fee_policy_of")]

    def __str__(self) -> str:
        return "on" if self.is_enabled else "off"


class LateFee(TenantRecord):
    """One fee on one late invoice, demanded by an invoice of its own.

    `intended_date` is the day it fell due, whenever it was charged (D8). `base_amount` and
    `amount` are minor units of the late invoice's currency, before tax; interest has the
    days from the one after `period_start` to `period_end`.
    """

    class Kind(models.TextChoices):
        FEE = "fee"
        INTEREST = "interest"

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="late_fees")
    fee_invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="charged_for_late"
    )
    kind = models.CharField(max_length=8, choices=Kind)
    intended_date = models.DateField()
    base_amount = MinorUnitsField()
    amount = MinorUnitsField()
    period_start = models.DateField(null=True, blank=True)
    period_end = models.DateField(null=True, blank=True)
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "invoice", "kind", "intended_date"], name="late_fee_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "fee_invoice"], name="late_fee_demanded_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.intended_date}"
