"""What one currency was worth in another."""

import datetime
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Count, F, Min

from billing.models import CreditNote, ExchangeRate, Invoice, InvoiceStatus
from billing.models.base import SalesDocument
from core.money import EXACT, round_half_up

PLACES = 12


def rate_on(
    organization_id: int, currency: str, base_currency: str, on: datetime.date
) -> Decimal | None:
    """Units of the base currency for one unit of the currency, valid on that day.

    The newest rate of the day or before; the inverse of the opposite pair when only
    that is known; None when neither is.
    """
    if currency == base_currency:
        return Decimal(1)
    rows = ExchangeRate.objects.of(organization_id).filter(valid_from__lte=on)
    direct = rows.filter(currency=currency, base_currency=base_currency)
    found = direct.order_by("-valid_from").first()
    if found is not None:
        return found.rate
    inverse = rows.filter(currency=base_currency, base_currency=currency)
    opposite = inverse.order_by("-valid_from").first()
    if opposite is None:
        return None
    return round_half_up(EXACT.divide(Decimal(1), opposite.rate), PLACES)


def rate_warning(document: SalesDocument) -> str:
    """A sentence when the books count a foreign currency one to one, else nothing."""
    if not document.is_counted_one_to_one:
        return ""
    return _sentence(document.currency, document.accounting_currency)


def one_to_one_notes(organization_id: int) -> Iterator[str]:
    """One sentence per currency pair that documents in force are counted one to one in.

    Nothing is wrong with the sums; whoever reads the books should know what they hold.
    """
    for noun, rows in (
        ("invoice", Invoice.objects.of(organization_id).exclude(status=InvoiceStatus.DRAFT)),
        ("credit note", CreditNote.objects.of(organization_id)),
    ):
        foreign = rows.exclude(currency=F("accounting_currency")).filter(exchange_rate=1)
        pairs = foreign.order_by("currency").values_list("currency", "accounting_currency")
        for currency, books, count, first in pairs.annotate(Count("pk"), Min("number")):
            nouns = noun if count == 1 else f"{noun}s"
            yield f"{count:,} {nouns} ({first}): {_sentence(currency, books)}"


def _sentence(currency: str, books: str) -> str:
    return f"1 {currency} counts as 1 {books} in the books, because no exchange rate was known."
