"""What somebody has done to many rows at once, one after the other, by the workers."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from billing.models.base import TenantRecord


class Job(TenantRecord):
    """One order for many rows, in the name and with the rights of who gave it.

    `next_attempt_at` is empty once it is finished. The counts are those of its items.
    """

    noun = models.CharField(max_length=16, help_text="What the rows are, such as invoices.")
    action = models.CharField(max_length=24)
    options = models.JSONField(default=dict, blank=True)
    # Drawn on the page that asks for it, so that pressing twice orders once.
    request_key = models.CharField(max_length=64)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    requested_by = models.CharField(max_length=200)
    undoes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="undone_by"
    )
    next_attempt_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    file_name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    storage_name = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "request_key"], name="job_requested_once"
            ),
            models.UniqueConstraint(fields=["organization", "undoes"], name="job_undone_once"),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="job_list"),
            models.Index(
                fields=["next_attempt_at"],
                name="job_due",
                condition=Q(next_attempt_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.noun}"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


class JobItem(TenantRecord):
    """One row of a job, and what became of it; `note` says it in words."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"
        LEFT_OUT = "left_out"  # the action did not fit the row when the job was ordered

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="items", db_index=False)
    position = models.PositiveIntegerField()
    subject_uuid = models.UUIDField()
    label = models.CharField(max_length=200)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    note = models.CharField(max_length=500, blank=True)
    # What undoing needs to know, such as the payment that was recorded.
    outcome = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "job", "position"], name="job_item_position"
            )
        ]
        indexes = [models.Index(fields=["job", "status", "position"], name="job_item_next")]

    def __str__(self) -> str:
        return f"{self.label}: {self.status}"
