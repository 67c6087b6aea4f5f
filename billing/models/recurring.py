"""Recurring invoices: the pattern of an invoice, when it recurs, and each time it was due."""

import datetime

from django.db import models
from django.db.models import Q

from billing.models.base import DiscountType, TenantRecord
from billing.models.customers import Customer
from billing.models.invoices import Invoice
from core.fields import ExactDecimalField
from core.models import TenantQuerySet

SIX = datetime.time.fromisoformat("06:00")


class RecurringInvoice(TenantRecord):
    """The pattern and its schedule. Texts may hold the names of billing.placeholders.

    What is left empty is taken at each run from where a new invoice takes it: the
    customer's currency and terms, the organization's texts. `next_index` is the number of
    the next date in the schedule, `next_date` that date, `next_run_at` when its invoice is
    made; all three are empty once it has ended.
    """

    class Status(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"
        ENDED = "ended"

    class Action(models.TextChoices):
        """How far each invoice is taken."""

        DRAFT = "draft"
        ISSUE = "issue"
        SEND = "send"

    class Prices(models.TextChoices):
        """Whether products are billed at their price of the day or at that of the agreement."""

        LIVE = "live"
        FROZEN = "frozen"

    class Billing(models.TextChoices):
        """Which period a date bills: the one it begins, or the one it closes."""

        IN_ADVANCE = "in_advance"
        IN_ARREARS = "in_arrears"
        NONE = "none"

    class Frequency(models.TextChoices):
        DAILY = "daily"
        WEEKLY = "weekly"
        FORTNIGHTLY = "fortnightly"
        MONTHLY = "monthly"
        QUARTERLY = "quarterly"
        SEMIANNUALLY = "semiannually"
        ANNUALLY = "annually"
        CUSTOM = "custom"

    class Unit(models.TextChoices):
        DAY = "day"
        WEEK = "week"
        MONTH = "month"
        YEAR = "year"

    class MonthRule(models.TextChoices):
        DAY = "day"
        LAST_DAY = "last_day"
        LAST_WEEKDAY = "last_weekday"
        NTH_WEEKDAY = "nth_weekday"

    class Roll(models.TextChoices):
        NONE = "none"
        FORWARD = "forward"
        BACK = "back"

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="recurring_invoices"
    )
    name = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    action = models.CharField(max_length=8, choices=Action, default=Action.DRAFT)
    prices = models.CharField(max_length=8, choices=Prices, default=Prices.LIVE)
    billing = models.CharField(max_length=12, choices=Billing, default=Billing.IN_ADVANCE)

    frequency = models.CharField(max_length=12, choices=Frequency)
    interval_unit = models.CharField(max_length=8, choices=Unit)
    interval_count = models.PositiveSmallIntegerField(default=1)
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)
    occurrences = models.PositiveIntegerField(null=True, blank=True)
    month_rule = models.CharField(max_length=12, choices=MonthRule, default=MonthRule.DAY)
    day_of_month = models.PositiveSmallIntegerField(null=True, blank=True)
    week_of_month = models.SmallIntegerField(null=True, blank=True)
    weekday = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Monday is 0.")
    issue_roll = models.CharField(max_length=8, choices=Roll, default=Roll.NONE)
    due_roll = models.CharField(max_length=8, choices=Roll, default=Roll.NONE)
    holidays = models.JSONField(default=list, help_text="ISO dates on which nobody works.")
    run_time = models.TimeField(default=SIX)

    currency = models.CharField(max_length=4, blank=True)
    prices_include_tax = models.BooleanField(null=True, blank=True)
    discount_type = models.CharField(max_length=8, choices=DiscountType, blank=True)
    discount_value = ExactDecimalField(places=6, default=0)
    payment_terms_days = models.PositiveSmallIntegerField(null=True, blank=True)
    purchase_order = models.CharField(max_length=100, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    notes = models.TextField(blank=True)
    terms = models.TextField(blank=True)
    footer = models.TextField(blank=True)
    template = models.CharField(max_length=32, blank=True)
    metadata = models.JSONField(default=dict)

    next_index = models.IntegerField(null=True, blank=True)
    next_date = models.DateField(null=True, blank=True)
    next_run_at = models.DateTimeField(null=True, blank=True)
    runs_made = models.PositiveIntegerField(default=0)
    # Failed dates since one last went well; the first of them alerts the staff.
    failures_in_a_row = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="active") | Q(next_run_at__isnull=False),
                name="recurring_active_has_next_run",
            ),
            models.CheckConstraint(
                condition=Q(interval_count__gte=1), name="recurring_interval_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="recurring_newest"),
            models.Index(
                fields=["next_run_at"], name="recurring_due", condition=Q(status="active")
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"recurring {self.uuid}"


class RecurringLine(models.Model):
    """A line of the pattern: what is null or empty comes from the product at each run."""

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recurring = models.ForeignKey(RecurringInvoice, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    product = models.ForeignKey(
        "billing.Product", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    quantity = ExactDecimalField(places=6)
    unit = models.CharField(max_length=32, blank=True)
    unit_code = models.CharField(max_length=8, blank=True)
    unit_price = ExactDecimalField(places=12, null=True, blank=True)
    # UUIDs; null means the taxes of the product and the customer, an empty list none.
    tax_profile_ids = models.JSONField(null=True, blank=True)
    discount_type = models.CharField(max_length=8, choices=DiscountType, blank=True)
    discount_value = ExactDecimalField(places=6, default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "recurring", "position"], name="recurring_line_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.name}"


class RecurringRun(TenantRecord):
    """One date of the schedule that came: the invoice it made, or why it made none.

    The key makes each date happen once (D7). A failed date keeps its row and may be made
    after all.
    """

    class Status(models.TextChoices):
        MADE = "made"
        FAILED = "failed"

    recurring = models.ForeignKey(RecurringInvoice, on_delete=models.CASCADE, related_name="runs")
    intended_date = models.DateField()
    status = models.CharField(max_length=8, choices=Status)
    issue_date = models.DateField()
    invoice = models.ForeignKey(
        Invoice, null=True, blank=True, on_delete=models.SET_NULL, related_name="recurring_runs"
    )
    error_code = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "recurring", "intended_date"], name="recurring_run_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.intended_date}: {self.status}"
