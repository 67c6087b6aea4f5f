"""Short questions about money rows, for the tests of money operations."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from accounts.actors import Actor
from billing.models import Invoice, JournalEntry, Payment, Posting
from billing.operations.payments import record_payment
from core.models import Event
from tests.instants import AT, TODAY


def pay(actor: Actor, invoice: Invoice, amount: str, **fields: Any) -> Payment:
    """Record a bank transfer of that amount for the invoice, unless the fields say otherwise."""
    return record_payment(
        **{
            "actor": actor,
            "at": AT,
            "amount": Decimal(amount),
            "currency": invoice.currency,
            "method": "bank_transfer",
            "payment_date": TODAY,
            "invoice_id": invoice.pk,
            **fields,
        }
    )


def due(invoice: Invoice) -> int:
    """What the invoice asks for in the database, minor units."""
    return Invoice.objects.get(pk=invoice.pk).amount_due


def event_types() -> list[str]:
    """Every event of the money and document kind, in the order it was written."""
    rows = Event.objects.order_by("pk").values_list("type", flat=True)
    return [kind for kind in rows if not kind.startswith(("organization", "user", "member"))]


def postings(kind: str) -> dict[str, int]:
    """The latest entry of that kind: minor units per account role."""
    entry = JournalEntry.objects.filter(kind=kind).latest("pk")
    sums: dict[str, int] = defaultdict(int)
    for row in Posting.objects.filter(entry=entry).select_related("account"):
        sums[row.account.system_role] += row.amount
    return dict(sums)
