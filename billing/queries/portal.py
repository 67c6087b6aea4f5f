"""What the customer portal asks: whose portal it is, who may look, and at what."""

import datetime
from collections.abc import Iterable

from django.db.models import Q, QuerySet, Sum

from accounts.models import Organization
from billing.models import (
    CreditNote,
    Customer,
    Invoice,
    InvoiceStatus,
    Payment,
    PortalSession,
    Quote,
    Remittance,
    RemittanceLine,
)
from billing.models.invoices import InvoiceQuerySet

# Whoever has not clicked for so long signs in again.
IDLE_LIFE = datetime.timedelta(days=3)


def find_portal(slug: str) -> Organization | None:
    """The organization whose portal has that address, unless it is switched off."""
    return Organization.objects.filter(slug=slug, portal_enabled=True).first()


def customers_of_address(organization_id: int, email: str) -> QuerySet[Customer]:
    """The customers whose invoices are mailed to that address; they may see them here too."""
    contacts = Q(contacts__email__iexact=email, contacts__receives_invoices=True)
    rows = Customer.objects.of(organization_id).filter(Q(email__iexact=email) | contacts)
    return rows.order_by("name", "pk").distinct()


def find_portal_session(
    organization_id: int, digest: str, at: datetime.datetime
) -> PortalSession | None:
    """The session that the secret belongs to, if it is still good at that instant."""
    rows = PortalSession.objects.of(organization_id).select_related("customer__organization")
    return rows.filter(
        digest=digest, ended_at=None, expires_at__gt=at, seen_at__gt=at - IDLE_LIFE
    ).first()


def list_portal_sessions(customer: Customer, at: datetime.datetime) -> QuerySet[PortalSession]:
    """Who is signed in as the customer now, last seen first."""
    rows = PortalSession.objects.of(customer.organization_id).filter(customer=customer)
    return rows.filter(ended_at=None, expires_at__gt=at, seen_at__gt=at - IDLE_LIFE).order_by(
        "-seen_at", "-pk"
    )


def shown_invoices(organization_id: int, customer_id: int) -> InvoiceQuerySet:
    """The customer's invoices as the customer may see them: no drafts."""
    rows = Invoice.objects.of(organization_id).filter(customer_id=customer_id)
    return rows.exclude(status=InvoiceStatus.DRAFT)


def shown_quotes(organization_id: int, customer_id: int) -> QuerySet[Quote]:
    rows = Quote.objects.of(organization_id).filter(customer_id=customer_id)
    return rows.exclude(status=Quote.Status.DRAFT)


def shown_credit_notes(organization_id: int, customer_id: int) -> QuerySet[CreditNote]:
    return CreditNote.objects.of(organization_id).filter(customer_id=customer_id)


def shown_payments(organization_id: int, customer_id: int) -> QuerySet[Payment]:
    """What arrived, or is on its way."""
    rows = Payment.objects.of(organization_id).filter(customer_id=customer_id)
    return rows.filter(status__in=(Payment.Status.SUCCEEDED, Payment.Status.PENDING))


def list_remittances(organization_id: int) -> QuerySet[Remittance]:
    """Newest first, with the customer and what they are for."""
    rows = Remittance.objects.of(organization_id).select_related("customer", "payment")
    return rows.prefetch_related("lines__invoice").order_by("-created_at", "-id")


def announced_by_invoice(organization_id: int, invoice_ids: Iterable[int]) -> dict[int, int]:
    """Minor units that are announced and not here yet, per invoice."""
    rows = RemittanceLine.objects.of(organization_id).filter(
        invoice_id__in=list(invoice_ids), remittance__status=Remittance.Status.ANNOUNCED
    )
    sums = rows.order_by().values_list("invoice_id").annotate(sum=Sum("amount"))
    return {invoice_id: int(amount) for invoice_id, amount in sums}


def pending_by_invoice(organization_id: int, invoice_ids: Iterable[int]) -> dict[int, int]:
    """Minor units of payments on their way, per invoice that they are meant for."""
    rows = Payment.objects.of(organization_id).filter(
        invoice_id__in=list(invoice_ids), status=Payment.Status.PENDING
    )
    sums = rows.order_by().values_list("invoice_id").annotate(sum=Sum("amount"))
    return {invoice_id or 0: int(amount) for invoice_id, amount in sums}
