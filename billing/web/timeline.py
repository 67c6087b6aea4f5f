"""Events as sentences: what happened, to what, by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from billing.models import CreditNote, Invoice, Payment, Refund
from billing.queries.payments import list_payments_of_invoice
from billing.web import wording
from billing.web.language import say
from core import exactjson
from core.models import Event
from core.money import to_minor

# Event type -> icon and sentence; the words in braces come from the event's own snapshot.
SENTENCES: dict[str, tuple[str, str]] = {
    "invoice.created": ("pencil", "Invoice {number} drafted for {customer}"),
    "invoice.updated": ("pencil", "Invoice {number} changed"),
    "invoice.deleted": ("trash", "Draft {number} deleted"),
    "invoice.issued": ("invoice", "Invoice {number} issued over {total}"),
    "invoice.send_requested": ("mail", "Mail with invoice {number} queued"),
    "invoice.send_scheduled": ("clock", "Mail with invoice {number} planned"),
    "invoice.send_unscheduled": ("void", "Planned mail with invoice {number} cancelled"),
    "invoice.scheduled_send_failed": ("alert", "Planned mail with invoice {number} failed"),
    "invoice.sent": ("send", "Invoice {number} accepted by the customer's mail server"),
    "invoice.viewed": ("eye", "Invoice {number} opened by the customer"),
    "invoice.partially_paid": ("half", "Invoice {number} partly paid, {amount_due} still due"),
    "invoice.paid": ("check", "Invoice {number} paid in full"),
    "invoice.overdue": ("alert", "Invoice {number} became overdue"),
    "invoice.voided": ("void", "Invoice {number} voided"),
    "invoice.uncollectible": ("close", "Invoice {number} written down as uncollectible"),
    "invoice.disputed": ("alert", "Invoice {number} disputed"),
    "invoice.dispute_closed": ("check", "Dispute of invoice {number} closed"),
    "invoice.reminder_planned": ("mail", "Reminder of invoice {number} queued"),
    "invoice.reminder_sent": ("mail", "Reminder of invoice {number} accepted, {amount_due} due"),
    "late_fee.charged": ("percent", "Late fee on invoice {invoice_number} charged"),
    "late_fee.waived": ("undo", "Late fee on invoice {invoice_number} waived"),
    "recurring_invoice.created": ("swap", "Recurring invoice agreed on with {customer}"),
    "recurring_invoice.updated": ("swap", "Recurring invoice for {customer} changed"),
    "recurring_invoice.paused": ("clock", "Recurring invoice for {customer} paused"),
    "recurring_invoice.resumed": ("swap", "Recurring invoice for {customer} resumed"),
    "recurring_invoice.ended": ("void", "Recurring invoice for {customer} ended"),
    "recurring_invoice.run": ("invoice", "Recurring invoice for {customer} made an invoice"),
    "recurring_invoice.failed": ("alert", "Recurring invoice for {customer} failed"),
    "payment.created": ("coins", "Payment {number} of {amount} recorded"),
    "payment.succeeded": ("coins", "Payment {number} of {amount} received"),
    "payment.failed": ("alert", "Payment {number} of {amount} failed"),
    "payment.refunded": ("undo", "Payment {number} refunded"),
    "payment.deleted": ("undo", "Payment {number} of {amount} taken back"),
    "refund.created": ("undo", "Refund {number} of {amount} made"),
    "credit_note.created": ("credit", "Credit note {number} over {total} issued"),
    "credit_note.voided": ("void", "Credit note {number} voided"),
    "customer.created": ("people", "Customer {name} added"),
    "customer.updated": ("people", "Customer {name} changed"),
    "customer.deleted": ("trash", "Customer {name} deleted"),
    "customer.invited": ("mail", "{name} invited to the portal"),
    "product.created": ("box", "Product {name} added"),
    "product.updated": ("box", "Product {name} changed"),
    "product.deleted": ("trash", "Product {name} removed"),
    "tax_profile.created": ("percent", "Tax {name} added"),
    "tax_profile.updated": ("percent", "Tax {name} changed"),
    "tax_profile.deleted": ("trash", "Tax {name} removed"),
    "quote.created": ("quote", "Quote {number} drafted for {customer}"),
    "quote.sent": ("send", "Quote {number} sent"),
    "quote.accepted": ("check", "Quote {number} accepted"),
    "quote.declined": ("close", "Quote {number} declined"),
    "quote.converted": ("invoice", "Quote {number} turned into an invoice"),
    "quote.expired": ("clock", "Quote {number} expired"),
    "organization.created": ("building", "Organization set up"),
    "organization.updated": ("settings", "Settings changed"),
    "member.added": ("people", "{email} joined the team"),
    "member.invited_again": ("mail", "{email} was invited again"),
    "member.role_changed": ("people", "{email} has a new role"),
    "member.removed": ("people", "{email} left the team"),
    "credit_note.send_requested": ("mail", "Mail with credit note {number} queued"),
    "credit_note.sent": ("send", "Credit note {number} accepted by the customer's mail server"),
    "credit_note.refunded": ("undo", "Credit note {number} paid out"),
    "quote.updated": ("quote", "Quote {number} changed"),
    "quote.opened": ("quote", "Quote {number} opened for answers"),
    "quote.viewed": ("eye", "Quote {number} opened by the customer"),
    "quote.deleted": ("trash", "Quote {number} deleted"),
    "quote.send_requested": ("mail", "Mail with quote {number} queued"),
    "transaction.created": ("half", "Transaction of {amount} recorded"),
    "transaction.updated": ("half", "Transaction of {amount} changed"),
    "transaction.deleted": ("trash", "Transaction of {amount} deleted"),
    "ticket.created": ("info", "Ticket opened: {subject}"),
    "ticket.updated": ("info", "Ticket changed: {subject}"),
    "ticket.replied": ("info", "Ticket answered: {subject}"),
    "ticket.deleted": ("trash", "Ticket deleted: {subject}"),
    "lead.created": ("person", "Lead added"),
    "lead.updated": ("person", "Lead changed"),
    "lead.converted": ("people", "Lead became a customer"),
    "lead.deleted": ("trash", "Lead deleted"),
    "payment_link.created": ("link", "Payment link made"),
    "payment_link.used": ("link", "Payment link used"),
    "payment_link.deactivated": ("link", "Payment link switched off"),
    "portal.link_requested": ("mail", "Link to the portal asked for"),
    "remittance.announced": ("coins", "Payment announced in the portal"),
    "remittance.withdrawn": ("undo", "Announced payment withdrawn"),
    "message.failed": ("alert", "Mail could not be sent"),
    "message.bounced": ("alert", "Mail came back"),
    "message.complained": ("alert", "Mail was reported as spam"),
    "webhook_endpoint.disabled": ("hook", "Webhook endpoint switched off"),
    "webhook_endpoint.exhausted": ("hook", "Webhook endpoint does not answer"),
    "webhook_endpoint.replayed": ("hook", "Webhooks sent once more"),
    "application.created": ("link", "Application added"),
    "application.updated": ("link", "Application changed"),
    "application.secret_rotated": ("key", "Application has a new secret"),
    "application.deleted": ("trash", "Application removed"),
    "app.created": ("link", "Application added"),
    "app.updated": ("link", "Application changed"),
    "grant.allowed": ("shield", "Application allowed in"),
    "grant.revoked": ("shield", "Application shut out"),
    "bank_account.created": ("building", "Bank account added"),
    "bank_account.updated": ("building", "Bank account changed"),
    "bank_account.deleted": ("trash", "Bank account removed"),
    "email_template.updated": ("mail", "Mail text changed"),
    "email_template.deleted": ("mail", "Mail text set back"),
    "sandbox.reset": ("flask", "Sandbox emptied"),
    "export.requested": ("download", "Export of all data requested"),
    "export.downloaded": ("download", "Export of all data downloaded"),
    "api_key.created": ("key", "API key {name} made"),
    "api_key.expiring": ("key", "API key {name} ends in {days_left} days"),
    "api_key.expired": ("key", "API key {name} has ended"),
    "api_key.revoked": ("key", "API key {name} revoked"),
    "api_key.rotated": ("key", "API key {name} rotated"),
}
# Said twice: the payment's own event already tells it.
_ECHOES = ("payment.created", "payment.refunded")
_BUSINESS = ("invoice", "payment", "refund", "creditnote", "quote", "customer")
_PAGES = {
    "invoice": "billing:invoice-detail",
    "customer": "billing:customer-detail",
    "payment": "billing:payment-detail",
    "quote": "billing:quote-detail",
    "product": "billing:product-edit",
    "taxprofile": "billing:tax-edit",
    "creditnote": "billing:credit-note-detail",
    "recurringinvoice": "billing:recurring-detail",
    "transaction": "billing:transaction-detail",
    "ticket": "billing:ticket-detail",
    "lead": "billing:lead-detail",
    "export": "billing:export-detail",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline. `href` is empty where there is no page (any more).

    `warnings` are what the operation let pass but wants known, such as a date out of order.
    """

    icon: str
    sentence: str
    at: datetime
    who: str
    href: str = ""
    warnings: tuple[str, ...] = ()


def entries(
    events: Iterable[Event], locale: str, own_label: str = "", topic: str = ""
) -> list[Entry]:
    """The events as sentences, in their order, without those that only repeat another.

    `own_label` is the reader, shown as "you"; `topic`, such as "Invoice INV-2025-001", is
    what the page is about and need not be named again.
    """
    found = [event for event in events if event.type not in _ECHOES]
    return [entry(event, locale, own_label, topic) for event in found]


def recent(organization_id: int, limit: int = 8) -> list[Event]:
    """The latest of the business itself: documents, money, customers; not keys and settings."""
    rows = Event.objects.filter(organization_id=organization_id, subject_type__in=_BUSINESS)
    return list(rows.exclude(type__in=_ECHOES).order_by("-occurred_at", "-id")[:limit])


def of_invoice(invoice: Invoice, limit: int = 60) -> list[Event]:
    """What happened to the invoice and to its payments, refunds and credit notes, newest first."""
    payments = list_payments_of_invoice(invoice.organization_id, invoice.pk).order_by()
    refunds = Refund.objects.of(invoice.organization_id).filter(payment__in=payments.values("pk"))
    credits = CreditNote.objects.of(invoice.organization_id).filter(invoice=invoice)
    wanted = (
        Q(subject_type="invoice", subject_id=invoice.pk)
        | Q(subject_type="payment", subject_id__in=payments.values("pk"))
        | Q(subject_type="refund", subject_id__in=refunds.values("pk"))
        | Q(subject_type="creditnote", subject_id__in=credits.values("pk"))
    )
    rows = Event.objects.filter(wanted, organization_id=invoice.organization_id)
    return list(rows.order_by("-occurred_at", "-id")[:limit])


def of_customer(organization_id: int, customer_id: int, limit: int = 40) -> list[Event]:
    """What happened to the customer and their latest documents, newest first."""
    invoices = Invoice.objects.of(organization_id).filter(customer_id=customer_id)
    payments = Payment.objects.of(organization_id).filter(customer_id=customer_id)
    newest = [
        rows.order_by("-created_at", "-id").values_list("pk", flat=True)[:20]
        for rows in (invoices, payments)
    ]
    wanted = (
        Q(subject_type="customer", subject_id=customer_id)
        | Q(subject_type="invoice", subject_id__in=list(newest[0]))
        | Q(subject_type="payment", subject_id__in=list(newest[1]))
    )
    rows = Event.objects.filter(wanted, organization_id=organization_id)
    return list(rows.order_by("-occurred_at", "-id")[:limit])


def entry(event: Event, locale: str, own_label: str = "", topic: str = "") -> Entry:
    """One event as a sentence."""
    unknown = event.type.replace(".", " ").replace("_", " ").capitalize()
    icon, pattern = SENTENCES.get(event.type, ("info", unknown))
    snapshot = exactjson.loads(event.data)
    sentence = say(pattern).format_map(_Words(snapshot, locale))
    if topic and sentence.startswith(topic + " "):
        sentence = sentence.removeprefix(topic + " ")
        sentence = sentence[:1].upper() + sentence[1:]
    who = gettext("you") if own_label and event.actor_label == own_label else event.actor_label
    return Entry(
        icon=icon,
        sentence=sentence,
        at=event.occurred_at,
        who=who,
        href=_page(event),
        warnings=tuple(snapshot.get("warnings", ())),
    )


def _page(event: Event) -> str:
    route = _PAGES.get(event.subject_type)
    if not route or event.type.endswith(".deleted") and event.subject_type != "payment":
        return ""
    return reverse(route, args=[event.subject_uuid])


class _Words(dict[str, Any]):
    """The snapshot's values as words: amounts with their currency, parties by name."""

    def __init__(self, snapshot: dict[str, Any], locale: str) -> None:
        super().__init__(snapshot)
        self.locale = locale

    def __missing__(self, key: str) -> str:
        return ""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if value is None:
            return ""
        if key == "customer" and isinstance(value, dict):
            return value.get("name", "")
        if isinstance(value, (Decimal, int)) and "currency" in self:
            currency = super().__getitem__("currency")
            return wording.money(to_minor(Decimal(value), currency), currency, self.locale)
        return value
