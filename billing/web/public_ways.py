"""The ways to pay on a public page: those of an application, for as much as it lets be paid."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.http import HttpRequest

from billing.documents.formats import Formatter, known_locale
from billing.documents.parties import wallet_of
from billing.documents.payment_details import code_svg
from billing.documents.ways_to_pay import Way, wallet_way, ways_to_pay
from billing.documents.wording import words_for
from billing.models import Invoice
from billing.numbering import DEFAULT_SERIES
from billing.queries.wallets import request_of
from core.money import from_minor, to_minor

_LONGEST = 24


@dataclass(frozen=True, slots=True)
class Payable:
    """What the page asks for and how; amounts in words. `trouble` says what was not accepted."""

    ways: list[tuple[Way, str]]
    amount: str
    may_be_partial: bool
    # The largest amount and the one that is asked for, as digits for the form.
    most: str
    asked: str
    trouble: str = ""


def payable(request: HttpRequest, invoice: Invoice, due: int) -> Payable | None:
    """How to pay `due` minor units, or the part of it that the address asks for.

    None for an invoice that no application made, and where nothing is due. A part is taken
    only where the application allows partial payments.
    """
    if invoice.number_series == DEFAULT_SERIES or invoice.is_draft or due <= 0:
        return None
    wanted = request_of(invoice.organization_id, invoice.pk)
    if wanted is None:
        return None
    locale = known_locale(invoice.locale or invoice.organization.locale)
    _, words = words_for(locale)
    formats = Formatter(locale, invoice.currency)
    amount, trouble = due, ""
    given = request.GET.get("amount", "").strip()
    if given:
        part = minor_of(given, invoice.currency)
        if not wanted.allows_partial_payment and part != due:
            trouble = words["only_in_full"].format(total=formats.money(due))
        elif part is None or not 0 < part <= due:
            trouble = words["amount_refused"].format(total=formats.money(due))
        else:
            amount = part
    ways = ways_to_pay(wanted, invoice, amount, words, formats)
    return Payable(
        ways=[(way, code_svg(way.code) if way.code else "") for way in ways],
        amount=formats.money(amount),
        may_be_partial=wanted.allows_partial_payment,
        most=digits_of(due, invoice.currency),
        asked=digits_of(amount, invoice.currency),
        trouble=trouble,
    )


def own_wallet(invoice: Invoice, due: int) -> tuple[Way, str] | None:
    """The wallet printed on an invoice that no application made."""
    if invoice.number_series != DEFAULT_SERIES or invoice.is_draft or due <= 0:
        return None
    wallet = wallet_of(invoice)
    if wallet is None:
        return None
    _, words = words_for(known_locale(invoice.locale or invoice.organization.locale))
    way = wallet_way(wallet, invoice, due, words)
    return way, code_svg(way.code) if way.code else ""


def digits_of(minor: int, currency: str) -> str:
    number = from_minor(minor, currency)
    return format(number.normalize() if number != number.to_integral_value() else number, "f")


def minor_of(text: str, currency: str) -> int | None:
    """The minor units that the text spells, or None."""
    if len(text) > _LONGEST or not text.isascii():
        return None
    try:
        number = Decimal(text.replace(",", "."))
        return to_minor(number, currency) if number.is_finite() else None
    except (InvalidOperation, ValueError):
        return None
