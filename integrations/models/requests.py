"""What the interface must remember between requests."""

from django.db import models

from accounts.models import Organization


class IdempotencyRecord(models.Model):
    """The answer to a request that carried an idempotency key, kept for 24 hours.

    Written in the same transaction as the effect it answers for.
    """

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the canonical request.")
    status_code = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=100)
    body = models.BinaryField()
    location = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="idempotency_key_once")
        ]
        indexes = [models.Index(fields=["expires_at"], name="idempotency_expiry")]

    def __str__(self) -> str:
        return self.key


class RateLimitWindow(models.Model):
    """Requests counted in a window, where there is no Redis to count them."""

    key = models.CharField(max_length=120, primary_key=True)
    window_start = models.BigIntegerField(help_text="Epoch seconds.")
    used = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.key
