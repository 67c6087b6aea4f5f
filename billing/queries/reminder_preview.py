"""What will be sent to a customer, and why not: the next reminder of each open invoice."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from billing.models import Customer, Invoice, InvoiceStatus, Payment
from billing.queries.reminders import (
    Policy,
    check_date,
    country_of,
    first_sent_date,
    get_policy,
    latest_steps,
    owes_enough,
    planned_date,
)

# Why an invoice is left alone, in the order in which it is asked.
REASONS = {
    "policy_off": "Reminders are switched off.",
    "own_policy_off": "Reminders are switched off for this customer.",
    "disputed": "The invoice is disputed.",
    "given_up": "The invoice was given up.",
    "customer_opted_out": "This customer gets no reminders.",
    "invoice_opted_out": "Reminders of this invoice are switched off.",
    "below_minimum": "Too little is due.",
    "payment_pending": "Money is on its way that covers the rest.",
    "no_address": "There is nobody to write to.",
    "no_more_steps": "Every step has passed.",
}


@dataclass(frozen=True, slots=True)
class ComingReminder:
    """The next reminder of one invoice, or in `reason` the word for why there is none."""

    invoice: Invoice
    days: int | None = None
    planned_date: datetime.date | None = None
    reason: str = ""


def preview_reminders(
    customer: Customer, at: datetime.datetime, limit: int = 100
) -> list[ComingReminder]:
    """For each open invoice of the customer, by due date, as things stand at that instant.

    At most `limit` of them.
    """
    policy = get_policy(customer.organization_id, customer)
    rows = Invoice.objects.of(customer.organization_id).open().filter(customer=customer)
    invoices = rows.select_related("organization").order_by("due_date", "pk")
    has_address = bool(policy.settings.recipient or customer.email) or (
        customer.contacts.filter(receives_invoices=True).exclude(email="").exists()
    )
    found = list(invoices[:limit])
    ids = [each.pk for each in found]
    pending = _pending(customer.organization_id, ids)
    latest = latest_steps(customer.organization_id, ids)
    return [
        _preview(each, customer, policy, at, has_address, pending.get(each.pk, 0), latest)
        for each in found
    ]


def _preview(
    invoice: Invoice,
    customer: Customer,
    policy: Policy,
    at: datetime.datetime,
    has_address: bool,
    pending: int,
    latest: Mapping[int, int],
) -> ComingReminder:
    obstacles = {
        "policy_off": policy.settings.customer_id is None and not policy.settings.is_enabled,
        "own_policy_off": not policy.settings.is_enabled,
        "disputed": invoice.disputed_at is not None,
        "given_up": invoice.status != InvoiceStatus.ISSUED,
        "customer_opted_out": not customer.reminders_enabled,
        "invoice_opted_out": not invoice.reminders_enabled,
        "below_minimum": not owes_enough(invoice, policy.settings.minimum_due),
        "payment_pending": pending >= invoice.amount_due,
        "no_address": not has_address,
    }
    for reason, stands in obstacles.items():
        if stands:
            return ComingReminder(invoice, reason=reason)
    coming = _next_step(invoice, policy, at, latest.get(invoice.pk))
    if coming is None:
        return ComingReminder(invoice, reason="no_more_steps")
    planned, days = coming
    return ComingReminder(invoice, days=days, planned_date=planned)


def _next_step(
    invoice: Invoice, policy: Policy, at: datetime.datetime, latest: int | None
) -> tuple[datetime.date, int] | None:
    organization = invoice.organization
    done = policy.settings.checked_on or check_date(policy.settings, organization, at)
    coming = []
    for step in policy.steps:
        planned = planned_date(
            step,
            due=invoice.due_date,
            first_sent=first_sent_date(invoice, organization.timezone),
            country=country_of(policy.settings, organization),
        )
        if planned is None or planned <= done or planned < step.active_since:
            continue
        if latest is None or step.days > latest:
            coming.append((planned, step.days))
    return min(coming, default=None)


def _pending(organization_id: int, invoice_ids: Sequence[int]) -> dict[int, int]:
    """Money on its way to each of them (C12), minor units."""
    rows = Payment.objects.of(organization_id).filter(
        invoice_id__in=invoice_ids, status=Payment.Status.PENDING
    )
    return dict(rows.values_list("invoice_id").annotate(sum=Sum("amount")))
