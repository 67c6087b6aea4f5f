"""A file on its way in: what it holds, what its columns mean, what was found in it."""

from django.db import models

from accounts.models import User
from billing.models.base import TenantRecord
from billing.models.jobs import Job


class Import(TenantRecord):
    """Kept with its file until a month later, so that bad rows can be mended.

    `mapping` names the field of each column, or nothing. `report` is what the trial found:
    counts, and for each object its rows, label, fate and problems. `job` brings it in.
    """

    class Existing(models.TextChoices):
        SKIP = "skip"
        UPDATE = "update"

    noun = models.CharField(max_length=16, help_text="What the rows are, such as customers.")
    file_name = models.CharField(max_length=200)
    storage_name = models.CharField(max_length=200)
    row_count = models.PositiveIntegerField()
    mapping = models.JSONField(default=list)
    decimal_mark = models.CharField(max_length=1, default=".")
    is_day_first = models.BooleanField(default=True)
    existing = models.CharField(max_length=8, choices=Existing, default=Existing.SKIP)
    report = models.JSONField(default=dict, blank=True)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    requested_by = models.CharField(max_length=200)
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="imports"
    )

    class Meta:
        indexes = [models.Index(fields=["organization", "-id"], name="import_list")]

    def __str__(self) -> str:
        return self.file_name
