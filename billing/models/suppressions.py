"""Addresses that must not be mailed by themselves: they bounce, complained or opted out."""

from django.db import models
from django.db.models import Q

from billing.models.base import TenantRecord


class MailSuppression(TenantRecord):
    """Why an address gets no more mail that nobody asked for by hand.

    One that bounces or complained gets neither reminders nor other automatic mail, one
    that unsubscribed gets no reminders. Kept when it is lifted, to tell the story.
    `address` is in small letters.
    """

    class Reason(models.TextChoices):
        BOUNCED = "bounced"
        COMPLAINED = "complained"
        UNSUBSCRIBED = "unsubscribed"

    address = models.EmailField(max_length=254)
    reason = models.CharField(max_length=12, choices=Reason)
    detail = models.CharField(max_length=500, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "address", "reason"],
                condition=Q(lifted_at__isnull=True),
                name="mail_suppressed_once",
            )
        ]
        indexes = [models.Index(fields=["organization"], name="mail_suppression_of")]

    def __str__(self) -> str:
        return f"{self.address} {self.reason}"
