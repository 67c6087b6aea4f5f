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
from billing.web.event_sentences import SENTENCES
from billing.web.language import say
from core import exactjson
from core.models import Event
from core.money import to_minor

# Said twice: the payment's own event already tells it.
_ECHOES = ("payment.created", "payment.refunded")
_BUSINESS = ("invoice", "payment", "refund", "creditnote", "quote", "customer")
# A subject's type -> its page; all of them are nouns of this app.
PAGES = {
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
    is_gone: bool = False
    warnings: tuple[str, ...] = ()


def entries(
    events: Iterable[Event], locale: str, own_label: str = "", topic: str = ""
) -> list[Entry]:
    """The events as sentences, in their order, without those that only repeat another.

    `own_label` is the reader, shown as "you"; `topic`, such as "Invoice INV-2025-001", is
    what the page is about and need not be named again.
    """
    found = [event for event in events if event.type not in _ECHOES]
    deleted = {event.subject_uuid for event in found if _is_end(event)}
    return [
        entry(event, locale, own_label, topic, is_gone=event.subject_uuid in deleted)
        for event in found
    ]


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


def entry(
    event: Event, locale: str, own_label: str = "", topic: str = "", is_gone: bool = False
) -> Entry:
    """One event as a sentence. What is gone since has no page to lead to."""
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
        href="" if is_gone else _page(event),
        is_gone=is_gone,
        warnings=tuple(snapshot.get("warnings", ())),
    )


def _page(event: Event) -> str:
    route = PAGES.get(event.subject_type)
    if not route or _is_end(event):
        return ""
    return reverse(route, args=[event.subject_uuid])


def _is_end(event: Event) -> bool:
    """The event after which its subject has no page. A payment taken back keeps its own."""
    return event.type.endswith(".deleted") and event.subject_type != "payment"


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
