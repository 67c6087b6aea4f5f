"""The ways in which an application lets its invoice be paid, as its payer sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from billing.documents import parties
from billing.documents.formats import Formatter
from billing.documents.payment_details import payment_details, wallet_facts
from billing.documents.view import Fact
from billing.models import Invoice, PaymentRequest, Wallet
from billing.operations.parties import account_of
from billing.queries.wallets import requested_wallet
from billing.wallet_addresses import payment_uri
from core.currencies import PEGGED
from core.money import convert_minor, from_minor

Method = PaymentRequest.Method
_ACCOUNT = ("name", "bank_name", "iban", "bic", "account_number", "routing_number")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to pay: facts to copy, a code to scan, an address to open, or a sentence."""

    key: str
    heading: str
    facts: tuple[Fact, ...] = ()
    code: str = ""
    caption: str = ""
    href: str = ""
    action: str = ""
    note: str = ""


def ways_to_pay(
    request: PaymentRequest,
    invoice: Invoice,
    amount: int,
    words: Mapping[str, str],
    formats: Formatter,
) -> list[Way]:
    """The ways that the application named and that lead anywhere, in its order.

    `amount` is in minor units of the invoice's currency. A test document asks nobody's
    wallet or card for money.
    """
    made: dict[str, Way | None] = {}
    for method in request.methods:
        # A transfer and an ACH transfer go to the same account.
        key = Method.BANK_TRANSFER if method == Method.ACH else method
        if key not in made:
            made[key] = _way(key, request, invoice, amount, words, formats)
    return [way for way in made.values() if way is not None]


def _way(
    method: str,
    request: PaymentRequest,
    invoice: Invoice,
    amount: int,
    words: Mapping[str, str],
    formats: Formatter,
) -> Way | None:
    reference = invoice.number or ""
    if method == Method.BANK_TRANSFER:
        return _bank(request, invoice, amount, words, formats)
    if method == Method.CRYPTO:
        return _crypto(request, invoice, amount, words)
    if method == Method.CARD:
        return _card(request, invoice, amount, words)
    given = {
        Method.CASH: request.app.cash_instructions,
        Method.MOBILE_MONEY: request.app.mobile_money_instructions,
    }[Method(method)]
    note = given or words[f"way_{method}"].format(reference=reference)
    facts = (Fact("amount", words["amount"], formats.money(amount)),)
    return Way(method, words[method], facts=facts, note=note)


def _bank(
    request: PaymentRequest,
    invoice: Invoice,
    amount: int,
    words: Mapping[str, str],
    formats: Formatter,
) -> Way | None:
    account = account_of(request, invoice.currency)
    if account is None:
        return None
    seller = parties.seller_of(invoice)
    # A stablecoin is paid in at the bank in the currency that it stands for.
    fiat = PEGGED.get(invoice.currency, invoice.currency)
    owed = convert_minor(amount, invoice.currency, fiat, Decimal(1))
    details = payment_details(
        account={name: getattr(account, name) for name in _ACCOUNT},
        payee=seller.get("legal_name") or parties.display_name(seller),
        reference=invoice.payment_reference or invoice.number or "",
        amount_due=owed,
        currency=fiat,
        public_url="",
        words=words,
        may_be_paid=invoice.organization.livemode,
    )
    if details is None:
        return None
    shown = Formatter(formats.locale, fiat).money(owed)
    return Way(
        Method.BANK_TRANSFER,
        words["bank_transfer"],
        facts=(*details.facts, Fact("amount", words["amount"], shown)),
        code=details.code,
        caption=details.code_caption,
    )


def _crypto(
    request: PaymentRequest, invoice: Invoice, amount: int, words: Mapping[str, str]
) -> Way | None:
    wallet = requested_wallet(request, invoice.currency)
    return None if wallet is None else wallet_way(wallet, invoice, amount, words)


def wallet_way(
    wallet: Wallet, invoice: Invoice, amount: int, words: Mapping[str, str], label: str = ""
) -> Way:
    """An address on a blockchain, asked for minor units of the invoice's currency.

    `label` is what the payment is for, where it is for more than the invoice.
    """
    owed = from_minor(amount, invoice.currency)
    uri = payment_uri(
        blockchain=wallet.blockchain,
        address=wallet.address,
        currency=invoice.currency,
        amount=owed,
        contract=wallet.token_contract,
        label=label or invoice.number or "",
    )
    uri = uri if invoice.organization.livemode else ""
    facts = (
        *wallet_facts(wallet, words),
        Fact("amount", words["amount"], f"{owed.normalize():f} {invoice.currency}"),
    )
    return Way(
        Method.CRYPTO,
        words["crypto"],
        facts=facts,
        code=uri,
        caption=words["way_scan"] if uri else "",
        href=uri,
        action=words["way_open"] if uri else "",
    )


def _card(
    request: PaymentRequest, invoice: Invoice, amount: int, words: Mapping[str, str]
) -> Way | None:
    template = request.app.card_checkout_url
    if not template or not invoice.organization.livemode:
        return None
    values = {
        "amount": format(from_minor(amount, invoice.currency), "f"),
        "currency": invoice.currency,
        "reference": invoice.number or "",
    }
    href = template.format(**{name: quote(value, safe="") for name, value in values.items()})
    return Way(Method.CARD, words["card"], href=href, action=words["way_card"])
