"""All data of the organization in one file, ordered by its owner."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from billing.models.base import TenantRecord


class Export(TenantRecord):
    """`next_attempt_at` is empty once it is finished; `problem` says why there is no file.

    `manifest` repeats what the file says of itself: rows and sums of each table.
    """

    with_pdfs = models.BooleanField(default=False)
    with_attachments = models.BooleanField(default=False)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    requested_by = models.CharField(max_length=200)
    next_attempt_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    # What it is at, such as invoice_lines; rows and documents count alike.
    step = models.CharField(max_length=40, blank=True)
    steps_done = models.BigIntegerField(default=0)
    steps_total = models.BigIntegerField(default=0)
    file_name = models.CharField(max_length=200, blank=True)
    storage_name = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField(default=0, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True)
    manifest = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(next_attempt_at__isnull=False),
                name="export_one_at_a_time",
            )
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="export_list"),
            models.Index(
                fields=["next_attempt_at"],
                name="export_due",
                condition=Q(next_attempt_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or f"export {self.uuid}"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None
