"""Who may do what in which organization."""

from django.db import models

from accounts.models.organizations import Organization
from accounts.models.users import User
from core.models import Record, TenantQuerySet


class Role(models.TextChoices):
    """From most to least. `customer` is a directory user without access to the books."""

    OWNER = "owner"
    ADMIN = "admin"
    ACCOUNTANT = "accountant"
    MANAGER = "manager"
    TEAM_MEMBER = "team_member"
    VIEWER = "viewer"
    CUSTOMER = "customer"


class Membership(Record):
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships", db_index=False
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role, default=Role.VIEWER)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"
