"""Who may look at a customer's documents on the portal: links by mail, and sessions."""

from django.db import models

from billing.models.base import TenantRecord
from billing.models.customers import Customer


class PortalLink(TenantRecord):
    """A link that signs one address in, once and for a quarter of an hour.

    There is a row for every address that was typed in, known or not: what happens to a
    stranger's is not to be told from outside. The token is never stored; it follows from
    the uuid and the installation's secret, and `digest` is what it is found by.
    """

    email = models.EmailField()
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # When the mail was queued; stays empty for an address that is no customer's.
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "email", "created_at"], name="portal_link_count"),
            models.Index(fields=["expires_at"], name="portal_link_end"),
        ]

    def __str__(self) -> str:
        return f"portal link for {self.email}"


class PortalSession(TenantRecord):
    """Somebody signed in, known by an address; `customer` is whose documents they look at.

    It counts for as long as the address is still one of that customer's.
    """

    email = models.EmailField()
    digest = models.CharField(max_length=64, unique=True)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="portal_sessions"
    )
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    browser = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["organization", "customer", "-seen_at"], name="portal_session_customer"
            ),
            models.Index(fields=["expires_at"], name="portal_session_end"),
        ]

    def __str__(self) -> str:
        return f"portal session of {self.email}"
