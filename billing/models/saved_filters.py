"""Lists as somebody likes to see them."""

from django.db import models

from accounts.models import User
from billing.models.base import TenantRecord


class SavedFilter(TenantRecord):
    """A named query of a list page; shared ones are offered to everybody in the organization."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=32, help_text="The list's name, such as invoices.")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, help_text="What follows the ? in the address.")
    is_shared = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "owner", "page", "name"], name="saved_filter_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
