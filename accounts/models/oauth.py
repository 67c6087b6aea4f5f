"""OAuth 2: applications, what people allowed them to do, and the tokens that came of it.

The tables take the place of django-oauth-toolkit's own. Each of them belongs to an
organization, and none has a column in which a secret could lie in clear: what its base
classes keep that way is left out here, and only SHA-256 digests of 256-bit secrets stay.
"""

import re
from typing import Any

from django.db import models
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractApplication,
    AbstractGrant,
    AbstractRefreshToken,
)

from accounts.models.memberships import Membership
from accounts.models.organizations import Organization
from accounts.models.users import User
from accounts.oauth_formats import make_client_id
from core.models import Record, TenantQuerySet

# A native application listens on whatever port is free (RFC 8252, 7.3).
_LOOPBACK_WITH_PORT = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\])):\d{1,5}((?:[/?].*)?)")


class Application(Record, AbstractApplication):
    """A program that asks people of its organization for access, or acts for it by itself.

    `client_secret` is a digest. A public application (a page in a browser, a program on
    somebody's own machine) has none and proves itself by PKCE alone. An application of a
    live organization may be allowed into its sandbox; one of a sandbox stays there.
    """

    # Of the base: one grant type per application, OpenID Connect, self-registration.
    authorization_grant_type = None
    hash_client_secret = None
    skip_authorization = None
    post_logout_redirect_uris = None
    allowed_origins = None
    algorithm = None
    registration_source = None
    cimd_expires_at = None
    created = None
    updated = None
    user = None

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="applications", db_index=False
    )
    created_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=100)
    client_id = models.CharField(
        "client ID", max_length=64, unique=True, default=make_client_id, editable=False
    )
    client_secret = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the secret; empty for public applications."
    )
    secret_prefix = models.CharField(max_length=16, blank=True, help_text="For display.")
    redirect_uris = models.TextField(
        "redirect addresses", blank=True, help_text="Separated by spaces."
    )
    scopes = models.JSONField(default=list, help_text="The most it can be given.")
    acts_alone = models.BooleanField(
        default=False,
        help_text="May get a token for the organization itself, without a person.",
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization", "-id"], name="application_list")]

    @property
    def is_public(self) -> bool:
        return bool(self.client_type == self.CLIENT_PUBLIC)

    def allows_grant_type(self, *grant_types: str) -> bool:
        """Asked by the protocol engine, in its own names for grant types."""
        own = set()
        if self.redirect_uris:
            own.add(self.GRANT_AUTHORIZATION_CODE)
        if self.acts_alone:
            own.add(self.GRANT_CLIENT_CREDENTIALS)
        return not own.isdisjoint(grant_types)

    def redirect_uri_allowed(self, uri: str) -> bool:
        """Character by character; only the port of a native application's loopback is free."""
        registered = self.redirect_uris.split()
        if uri in registered:
            return True
        found = _LOOPBACK_WITH_PORT.fullmatch(uri)
        return self.is_public and found is not None and found[1] + found[2] in registered

    def clean(self) -> None:
        """The rules are accounts.operations.applications'."""

    def get_absolute_url(self) -> Any:
        """No page of the base's; ours are elsewhere."""
        return ""


class Grant(Record, AbstractGrant):
    """What a person allowed an application to do, and the root of every token of it.

    It begins as a code, good for a minute and for one use. `organization` is where its
    tokens act: the membership's organization or the sandbox of that. It goes with the
    membership.
    """

    code = None
    user = None
    nonce = None
    claims = None
    resource = None
    created = None
    updated = None

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="grants")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="grants")
    digest = models.CharField(max_length=64, unique=True, help_text="Of the code.")
    # As the person read it; the application itself is behind its tenant's wall.
    application_name = models.CharField(max_length=100)
    scope = models.TextField()
    used_at = models.DateTimeField(null=True, blank=True, help_text="When the code was redeemed.")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization", "-id"], name="grant_list")]

    def __str__(self) -> str:
        return f"{self.application_name} (grant {self.pk})"


class AccessToken(Record, AbstractAccessToken):
    """A bearer token of an hour. Revoking deletes it.

    With a membership it speaks for that person, without one for the organization.
    """

    user = None
    token = None
    token_checksum = None
    source_refresh_token = None
    id_token = None
    resource = None
    created = None
    updated = None

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    membership = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    grant = models.ForeignKey(
        Grant, null=True, blank=True, on_delete=models.CASCADE, related_name="access_tokens"
    )
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=200, help_text="Who it is, in the audit log.")
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["expires"], name="access_token_expiry"),
            models.Index(fields=["organization", "-id"], name="access_token_list"),
        ]

    def __str__(self) -> str:
        return self.label


class RefreshToken(Record, AbstractRefreshToken):
    """Good for one access token and one successor. A rotated one is kept to catch replays.

    `successor_salt` lets the owner of this token, and nobody else, have the same successor
    once more while the answer may have been lost; it is wiped after that.
    """

    user = None
    token = None
    token_checksum = None
    token_family = None
    access_token = None
    resource = None
    revoked = None
    created = None
    updated = None

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="refresh_tokens")
    digest = models.CharField(max_length=64, unique=True)
    expires = models.DateTimeField(help_text="Idle until here, it is worth nothing.")
    rotated_at = models.DateTimeField(null=True, blank=True)
    successor_salt = models.CharField(max_length=64, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["expires"], name="refresh_token_expiry"),
            models.Index(fields=["organization", "-id"], name="refresh_token_list"),
        ]

    def __str__(self) -> str:
        return f"Refresh token {self.pk}"
