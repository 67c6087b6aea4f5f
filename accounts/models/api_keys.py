"""Credentials of programs. Only a digest of the secret is kept."""

from django.db import models

from accounts.models.apps import App
from accounts.models.organizations import Organization
from accounts.models.users import User
from core.models import Record, TenantQuerySet


class ApiKey(Record):
    """A bearer secret with scopes. `digest` is SHA-256 of a secret of at least 128 random bits.

    Live keys belong to the live organization, test keys to its sandbox twin, so the
    key alone decides which data a request sees.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="api_keys", db_index=False
    )
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL)
    name = models.CharField(max_length=100)
    dialect = models.CharField(max_length=16, default="enterprise")
    prefix = models.CharField(max_length=16, help_text="First characters, for display.")
    digest = models.CharField(max_length=64, unique=True)
    # For dialects with a key and a secret: the public half, looked up first.
    client_key = models.CharField(max_length=64, blank=True)
    # Of a key pair: the application that bills with it.
    app = models.ForeignKey(
        App, null=True, blank=True, on_delete=models.PROTECT, related_name="api_keys"
    )
    scopes = models.JSONField(default=list)
    is_installation_wide = models.BooleanField(
        default=False, help_text="Reaches the people and organizations of the whole installation."
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    # Days before the end of which the owners were told last.
    expiry_noted_days = models.SmallIntegerField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_ip = models.GenericIPAddressField(null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization", "-id"], name="api_key_list")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_installation_wide=False) | models.Q(dialect="directory"),
                name="api_key_wide_is_directory",
            )
        ]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
