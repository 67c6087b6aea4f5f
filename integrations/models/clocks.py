"""The journey of a sandbox's clock, while it is under way."""

from django.db import models

from accounts.models import Organization
from core.models import TenantQuerySet


class ClockAdvance(models.Model):
    """Where a sandbox's clock is going. Gone when it has arrived.

    The clock itself is the organization's `test_clock`; each step of the way is committed
    there, so another worker can go on from where one stopped. Requested and leased by the
    real time.
    """

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    target = models.DateTimeField()
    requested_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="clock_advance_once")]

    def __str__(self) -> str:
        return f"to {self.target}"
