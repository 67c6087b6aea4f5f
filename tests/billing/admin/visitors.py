"""Visitors of the portal and what they announced, for the admin's pages to show."""

import datetime
import hashlib

from accounts.models import Organization
from billing.models import Invoice, PortalLink, PortalSession, Remittance, RemittanceLine
from tests.instants import AT


def let_visitors_in(organization: Organization) -> list[str]:
    """Four of everything; what no page may show."""
    own = {"organization_id": organization.pk, "created_at": AT, "updated_at": AT}
    until = AT + datetime.timedelta(days=30)
    invoice = Invoice.objects.of(organization.pk).order_by("pk")[0]
    secrets = []
    for n in range(4):
        link, session = digest_of(f"link {n}"), digest_of(f"session {n}")
        address = f"visitor{n}@buyers.test"
        PortalLink.objects.create(email=address, digest=link, expires_at=until, **own)
        PortalSession.objects.create(
            email=address,
            digest=session,
            customer_id=invoice.customer_id,
            seen_at=AT,
            expires_at=until,
            **own,
        )
        remittance = Remittance.objects.create(
            customer_id=invoice.customer_id,
            amount=100 + n,
            currency=invoice.currency,
            reference=f"RF{n}",
            announced_by=address,
            **own,
        )
        RemittanceLine.objects.create(
            organization=organization, remittance=remittance, invoice=invoice, amount=100 + n
        )
        secrets += [link, session]
    return secrets


def digest_of(text: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(text.encode()).hexdigest()
