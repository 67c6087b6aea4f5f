"""Reminders: the organization's policy, and each reminder of an invoice that came to be."""

import datetime

from django.db import models
from django.db.models import Q

from billing.models.base import TenantRecord
from billing.models.customers import Customer
from billing.models.invoices import Invoice
from core.fields import MinorUnitsField

NINE = datetime.time.fromisoformat("09:00")


class ReminderPolicy(TenantRecord):
    """Whether and when the organization reminds. Without a row it does not.

    With `customer`, what holds for that one instead, in `language` and to `recipient` where
    these are given. `minimum_due` is in minor units of the books' currency: who owes less is
    left alone. `checked_on` is the last civil date whose reminders were planned.
    """

    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="reminder_policies"
    )
    language = models.CharField(max_length=10, blank=True, help_text="Empty: the invoice's own.")
    recipient = models.EmailField(blank=True, help_text="Empty: who gets the invoices.")
    is_enabled = models.BooleanField(default=False)
    send_time = models.TimeField(default=NINE)
    minimum_due = MinorUnitsField(default=0)
    # Moved off weekends and the country's holidays: announcements back, the rest forward.
    business_days_only = models.BooleanField(default=False)
    # Local hours in which none is queued, however late it is; both or neither.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    attach_pdf = models.BooleanField(default=True)
    checked_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(customer__isnull=True),
                name="reminder_policy_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "customer"],
                condition=Q(customer__isnull=False),
                name="reminder_policy_once_each",
            ),
        ]
        verbose_name_plural = "reminder policies"
        indexes = [models.Index(fields=["organization"], name="reminder_policy_of")]

    def __str__(self) -> str:
        return "on" if self.is_enabled else "off"


class ReminderStep(TenantRecord):
    """A reminder so many days after the due date, or before it where `days` is negative.

    Empty words are the defaults in the customer's language. `active_since` is the civil
    date it was switched on: what it would have sent before that day is not sent later.
    """

    policy = models.ForeignKey(ReminderPolicy, on_delete=models.CASCADE, related_name="steps")
    days = models.SmallIntegerField()
    is_active = models.BooleanField(default=True)
    active_since = models.DateField()
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)

    class Meta:
        ordering = ["days"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "policy", "days"], name="reminder_step_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.days:+} days"


class Reminder(TenantRecord):
    """One reminder of one invoice. `days` is that of its step, null when a person sent it.

    Queued is a promise of the mail room; its words are those of the step at that moment.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        DROPPED = "dropped"  # no longer wanted when its turn came (D9)
        FAILED = "failed"  # no mail server took it

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="reminders")
    days = models.SmallIntegerField(null=True, blank=True)
    planned_date = models.DateField()
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    sent_to = models.JSONField(default=list)
    sent_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "invoice", "days"],
                condition=Q(days__isnull=False),
                name="reminder_once",
            )
        ]
        indexes = [models.Index(fields=["organization", "invoice"], name="reminder_by_invoice")]

    def __str__(self) -> str:
        return f"{self.planned_date}: {self.status}"
