"""Payment links of one organization, and the one word that sums up where each stands."""

import datetime

from django.db.models import F, Q, QuerySet

from billing.models import InvoiceStatus, PaymentLink, Settlement
from billing.queries.lookup import Ref, find

_USED_UP = Q(max_uses__isnull=False, times_used__gte=F("max_uses"))
_SETTLED = Q(
    invoice__isnull=False,
    invoice__status__in=[InvoiceStatus.ISSUED, InvoiceStatus.UNCOLLECTIBLE],
    invoice__total=F("invoice__amount_paid")
    + F("invoice__amount_credited")
    + F("invoice__amount_written_off"),
)


def list_payment_links(organization_id: int) -> QuerySet[PaymentLink]:
    """Newest first, with what each is for."""
    rows = PaymentLink.objects.of(organization_id)
    return rows.select_related("invoice", "product", "tax_profile").order_by("-created_at", "-id")


def get_payment_link(organization_id: int, reference: Ref) -> PaymentLink:
    """By id or UUID, with what it is for and its organization. Raises NotFound."""
    rows = PaymentLink.objects.of(organization_id).select_related(
        "organization", "invoice__customer", "invoice__organization", "product", "tax_profile"
    )
    return find(rows, reference, "payment link")


def link_status(link: PaymentLink, at: datetime.datetime) -> str:
    """`active`, `completed` (used up, or its invoice is paid or void), `expired` or
    `deactivated` at that instant; all but the last are derived."""
    if link.status != PaymentLink.Status.ACTIVE:
        return str(link.status)
    if link.is_used_up or _is_done(link):
        return "completed"
    if link.expires_at is not None and link.expires_at <= at:
        return "expired"
    return "active"


def with_link_status(
    rows: QuerySet[PaymentLink], word: str, at: datetime.datetime
) -> QuerySet[PaymentLink]:
    """The rows for which link_status says that word."""
    if word == PaymentLink.Status.DEACTIVATED:
        return rows.filter(status=word)
    rows = rows.filter(status=PaymentLink.Status.ACTIVE)
    done = _USED_UP | _SETTLED | Q(invoice__status=InvoiceStatus.VOID)
    if word == "completed":
        return rows.filter(done)
    # Not exclude(): a comparison with what is absent is neither true nor false.
    rows = rows.exclude(pk__in=rows.filter(done).values("pk"))
    over = Q(expires_at__isnull=False, expires_at__lte=at)
    return rows.filter(over) if word == "expired" else rows.filter(~over)


def _is_done(link: PaymentLink) -> bool:
    invoice = link.invoice
    if invoice is None:
        return False
    return invoice.settlement == Settlement.PAID or invoice.status == InvoiceStatus.VOID
