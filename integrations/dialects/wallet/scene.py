"""Invoices with everything that their answers show, in as many statements for many as for one."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from billing.models import (
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Payment,
    PaymentLink,
    PaymentRequest,
    Reminder,
)
from billing.models.invoices import InvoiceQuerySet
from billing.queries.invoices import list_invoices
from billing.queries.payments import payments_by_invoice


@dataclass(frozen=True, slots=True)
class Scene:
    """What is shown beside the invoices themselves. `today` is the organization's civil date."""

    today: datetime.date
    payments: dict[UUID, list[Payment]]
    reminded: frozenset[int]
    links: dict[int, PaymentLink]


def shown_invoices(organization_id: int) -> InvoiceQuerySet:
    """All but void ones, for which this API has no word; newest first, with their parts."""
    lines = InvoiceLine.objects.of(organization_id).select_related("product")
    requests = PaymentRequest.objects.of(organization_id).select_related(
        "app", "wallet__bank_account", "tax_profile"
    )
    return (
        list_invoices(organization_id)
        .exclude(status=InvoiceStatus.VOID)
        .prefetch_related(
            Prefetch("lines", lines.order_by("position")), Prefetch("payment_requests", requests)
        )
    )


def scene_of(organization_id: int, invoices: Sequence[Invoice], today: datetime.date) -> Scene:
    """What the answers about these invoices need."""
    keys = [invoice.pk for invoice in invoices]
    reminders = Reminder.objects.of(organization_id).filter(
        invoice_id__in=keys, status=Reminder.Status.SENT
    )
    links: QuerySet[PaymentLink] = PaymentLink.objects.of(organization_id).filter(
        invoice_id__in=keys, status=PaymentLink.Status.ACTIVE
    )
    return Scene(
        today=today,
        payments=payments_by_invoice(organization_id, [invoice.uuid for invoice in invoices]),
        reminded=frozenset(reminders.values_list("invoice_id", flat=True)),
        links={link.invoice_id or 0: link for link in links.order_by("pk")},
    )
