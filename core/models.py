"""Base rows and the two tables every app shares: events and worker heartbeats."""

import uuid
from typing import Any, Self

from django.db import models

from core.ids import uuid7


class TenantQuerySet(models.QuerySet):
    """Rows are reached through their organization; `of` is the only door."""

    def of(self, organization_id: int) -> Self:
        """Only the rows of that organization."""
        return self.filter(organization_id=organization_id)


class Record(models.Model):
    """A row with a bigint id for joins and a UUIDv7 for the outside.

    created_at and updated_at are given by the operation that writes the row: nothing
    below the interface reads the clock.
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True


class Event(models.Model):
    """Something that happened: audit log, activity feed and outbox in one row.

    Written in the operation's transaction, with a snapshot of the subject at that
    moment. `data` and `previous` are JSON text with exact numbers, kept as text
    because what is signed and delivered must be the same bytes for ever.
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    # Null for what happens to the installation itself (operator sign-ins, first run).
    organization_id = models.BigIntegerField(null=True)
    livemode = models.BooleanField(default=True)
    type = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    subject_uuid = models.UUIDField()
    sequence = models.PositiveIntegerField(help_text="1, 2, 3 … per subject")
    data = models.TextField()
    previous = models.TextField(default="{}")
    actor_kind = models.CharField(max_length=16)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200)
    request_id = models.CharField(max_length=128, blank=True)
    occurred_at = models.DateTimeField()
    # Its place in the feed, given after commit: serial ids are not in the order of commits.
    feed_position = models.BigIntegerField(null=True)

    # The outbox half: null until the event's consequences are planned.
    relayed_at = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "sequence"], name="event_sequence_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="event_unrelayed",
                condition=models.Q(relayed_at__isnull=True),
            ),
            models.Index(fields=["organization_id", "-occurred_at", "-id"], name="event_feed"),
            models.Index(fields=["organization_id", "type", "-id"], name="event_by_type"),
            models.Index(fields=["organization_id", "-feed_position"], name="event_by_position"),
        ]

    def __str__(self) -> str:
        return f"{self.type} #{self.sequence}"


class EventSeal(models.Model):
    """A link of the chain over an organization's events: see core.seals."""

    id = models.BigAutoField(primary_key=True)
    organization_id = models.BigIntegerField()
    number = models.PositiveBigIntegerField(help_text="1, 2, 3 … per organization")
    last_position = models.BigIntegerField(help_text="Of its last event, in the feed.")
    event_count = models.PositiveIntegerField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "number"], name="event_seal_number")
        ]

    def __str__(self) -> str:
        return f"seal {self.number}"


class WorkerHeartbeat(models.Model):
    """When a background worker was last seen alive, by process name."""

    name = models.CharField(max_length=128, primary_key=True)
    seen_at = models.DateTimeField()
    details = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class Lease(models.Model):
    """Which process does what only one may do, and until when unless it renews."""

    name = models.CharField(max_length=64, primary_key=True)
    holder = models.CharField(max_length=200)
    held_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"


def as_uuid(value: Any) -> uuid.UUID | None:
    """The UUID that the value spells, or None."""
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
    except (ValueError, AttributeError):
        return None
