"""Customer credit: money and credit notes that wait to be used."""

import datetime
import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Case, F, When
from django.db.models.expressions import Combinable

from billing.models import CreditNote, Payment


@dataclass(frozen=True, slots=True)
class CreditSource:
    """A payment or credit note with an unapplied rest, minor units of `currency`.

    `kind` is payment or credit_note, `amount` what it was over as a whole.
    """

    kind: str
    id: int
    uuid: uuid.UUID
    number: str
    currency: str
    on: datetime.date
    amount: int
    amount_unapplied: int


def unapplied_of_notes() -> Combinable:
    """CreditNote.amount_unapplied of a note in force, in SQL."""
    left = F("total") - F("amount_allocated")
    return Case(
        When(invoice__isnull=True, then=left - F("amount_refunded") - F("amount_out_of_band")),
        default=left,
    )


def customer_credit(
    organization_id: int, customer_id: int, currency: str | None = None
) -> list[CreditSource]:
    """The customer's credit by source, oldest first; in one currency, or in all of them."""
    payments = Payment.objects.of(organization_id).filter(
        customer_id=customer_id,
        status=Payment.Status.SUCCEEDED,
        amount__gt=F("amount_allocated") + F("amount_refunded"),
    )
    notes = CreditNote.objects.of(organization_id).filter(
        customer_id=customer_id, status=CreditNote.Status.ISSUED
    )
    notes = notes.annotate(left=unapplied_of_notes()).filter(left__gt=0)
    if currency is not None:
        payments, notes = payments.filter(currency=currency), notes.filter(currency=currency)
    found = [_of("payment", row, row.payment_date, row.amount) for row in payments]
    found += [_of("credit_note", row, row.issue_date, row.total) for row in notes]
    return sorted(found, key=lambda source: (source.on, source.kind, source.id))


def credit_totals(organization_id: int, customer_id: int) -> dict[str, int]:
    """The customer's credit in minor units per currency."""
    totals: dict[str, int] = defaultdict(int)
    for source in customer_credit(organization_id, customer_id):
        totals[source.currency] += source.amount_unapplied
    return dict(totals)


def _of(kind: str, row: Payment | CreditNote, on: datetime.date, amount: int) -> CreditSource:
    return CreditSource(
        kind=kind,
        id=row.pk,
        uuid=row.uuid,
        number=row.number or "",
        currency=row.currency,
        on=on,
        amount=amount,
        amount_unapplied=row.amount_unapplied,
    )
