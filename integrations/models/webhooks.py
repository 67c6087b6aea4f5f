"""Where events are delivered, and the log of every attempt."""

from django.db import models
from django.db.models import Q

from accounts.models import Organization
from core.models import Event, Record, TenantQuerySet
from core.secrets import SealedTextField


class WebhookEndpoint(Record):
    """A receiver. `events` holds the names as its owner spelled them, aliases included."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    dialect = models.CharField(max_length=16, default="enterprise")
    url = models.URLField(max_length=2000)
    description = models.CharField(max_length=300, blank=True)
    events = models.JSONField(default=list)
    secret = SealedTextField()
    # Still signs beside the new one until it expires.
    previous_secret = SealedTextField(blank=True)
    previous_secret_expires_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=200, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    consecutive_failures = models.PositiveIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization", "-id"], name="webhook_list")]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One event for one endpoint under one name. The body is rendered to bytes once.

    Retries resend the same bytes with the same id; only timestamp and signature change.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    # The event's own uuid under its own name, the same for every endpoint; one derived from
    # it under an alias; a fresh one for a test.
    uuid = models.UUIDField(editable=False, help_text="webhook-id on the wire.")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    event = models.ForeignKey(
        Event, null=True, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )  # null: a test
    event_type = models.CharField(max_length=64)
    body = models.TextField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    # Those before it was replayed: a replay starts the schedule anew, and the log goes on.
    attempts_before = models.PositiveIntegerField(default=0)
    replayed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "endpoint", "event_type"], name="webhook_delivery_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "endpoint", "uuid"], name="webhook_id_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                name="webhook_delivery_due",
                condition=Q(status="pending"),
            ),
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_log"),
            models.Index(fields=["endpoint", "-created_at", "-id"], name="webhook_delivery_newest"),
        ]
        verbose_name_plural = "webhook deliveries"

    def __str__(self) -> str:
        return f"{self.event_type} → {self.endpoint_id}"

    @property
    def attempts_in_all(self) -> int:
        return self.attempts_before + self.attempts_made


class WebhookAttempt(models.Model):
    """One POST and what came of it."""

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    delivery = models.ForeignKey(
        WebhookDelivery, on_delete=models.CASCADE, related_name="attempts", db_index=False
    )
    number = models.PositiveIntegerField()
    attempted_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    response_code = models.PositiveSmallIntegerField(null=True)
    response_body = models.TextField(blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["delivery", "number"], name="webhook_attempt_log")]

    def __str__(self) -> str:
        return f"#{self.number}: {self.response_code or self.error}"
