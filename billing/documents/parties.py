"""Who a document is from and to: the frozen copies once it is issued, the live rows before."""

from collections.abc import Mapping
from typing import Any

from accounts.models import BankAccount, Organization
from accounts.models.parties import PARTY_FIELDS
from billing.addresses import address_lines
from billing.documents.view import Fact, Party
from billing.models import Customer, Invoice, Wallet
from billing.models.base import SalesDocument
from billing.queries.wallets import request_of, requested_wallet, shown_wallet
from core.currencies import get_currency

Words = Mapping[str, str]
PartyData = Mapping[str, Any]

_SELLER_FIELDS = [*PARTY_FIELDS, "name", "email", "phone", "website", "legal_text"]
_LOOK_FIELDS = ["accent_color", "logo"]
_BUYER_FIELDS = [*PARTY_FIELDS, "name", "email", "phone"]
_BANK_FIELDS = ["name", "bank_name", "iban", "bic", "account_number", "routing_number"]


def seller_of(document: SalesDocument) -> PartyData:
    """The seller as frozen on the document; what was not frozen comes from the organization."""
    return {**live_seller(document.organization), **document.seller}


def buyer_of(document: Any) -> PartyData:
    """The buyer as frozen on the document, else as the customer is now."""
    return document.buyer or live_buyer(document.customer)


def live_seller(organization: Organization) -> dict[str, Any]:
    return {name: str(getattr(organization, name)) for name in _SELLER_FIELDS + _LOOK_FIELDS}


def live_buyer(customer: Customer) -> dict[str, Any]:
    return {name: getattr(customer, name) for name in _BUYER_FIELDS}


def bank_account_of(
    document: SalesDocument, bank_account: BankAccount | None = None
) -> dict[str, str]:
    """Where to pay: the account frozen at issuing, else the one given or the currency's default."""
    if "bank_account" in document.seller:
        frozen = document.seller["bank_account"] or {}
        return {name: str(frozen[name] or "") for name in _BANK_FIELDS if name in frozen}
    if bank_account is None:
        accounts = BankAccount.objects.of(document.organization_id).in_use()
        in_currency = accounts.filter(currency=document.currency)
        bank_account = in_currency.order_by("-is_default", "pk").first()
    if bank_account is None:
        return {}
    return {name: getattr(bank_account, name) for name in _BANK_FIELDS}


def wallet_of(invoice: Invoice) -> Wallet | None:
    """The address on a blockchain to pay to: the one frozen at issuing, else as it is now."""
    if not get_currency(invoice.currency).is_crypto:
        return None
    if "wallet" in invoice.seller:
        frozen = invoice.seller["wallet"]
        return Wallet(kind=Wallet.Kind.CRYPTO, **frozen) if frozen else None
    request = request_of(invoice.organization_id, invoice.pk)
    if request is not None:
        return requested_wallet(request, invoice.currency)
    return shown_wallet(invoice.organization_id, invoice.currency)


def seller_party(data: PartyData, words: Words, language: str) -> Party:
    contact = [_text(data, "email"), _text(data, "phone"), _text(data, "website")]
    return Party(
        label=words["from"],
        name=display_name(data),
        lines=address_lines(data, language),
        ids=_identifiers(data, words),
        contact=tuple(filter(None, contact)),
    )


def buyer_party(data: PartyData, words: Words, language: str, home: str, label: str) -> Party:
    """`home` is the seller's country: an address abroad names its country."""
    name = _text(data, "legal_name") or display_name(data)
    lines = list(address_lines(data, language, home))
    if person := _text(data, "contact_name"):
        lines.insert(0, person if person == name else f"{words['attention']} {person}")
    if lines and lines[0] == name:
        lines.pop(0)
    return Party(
        label=label,
        name=name,
        lines=tuple(lines),
        ids=_identifiers(data, words),
        contact=tuple(filter(None, [_text(data, "email")])),
    )


def delivery_party(data: Mapping[str, Any], words: Words, language: str, home: str) -> Party | None:
    """The delivery address (BG-13), or None when only a date or nothing is known."""
    address = data.get("address")
    if not isinstance(address, Mapping) and not data.get("name"):
        return None
    parts = address if isinstance(address, Mapping) else {}
    spelled = {**parts, **{f"address_line{n}": parts.get(f"line{n}", "") for n in (1, 2, 3)}}
    merged = {**spelled, **{key: value for key, value in parts.items() if value}}
    return Party(
        label=words["deliver_to"],
        name=str(data.get("name") or ""),
        lines=address_lines(merged, language, home),
        ids=(),
    )


def legal_lines(data: PartyData, words: Words, language: str) -> tuple[str, ...]:
    """The footer: who stands behind the document, in two or three lines."""
    legal_name = _text(data, "legal_name") or display_name(data)
    registered = [f"{fact.label} {fact.value}" for fact in _identifiers(data, words)]
    lines = [
        " · ".join([legal_name, *address_lines(data, language)]),
        " · ".join(
            filter(None, [_text(data, "email"), _text(data, "phone"), _text(data, "website")])
        ),
        " · ".join(registered),
        *_text(data, "legal_text").splitlines(),
    ]
    return tuple(line.strip() for line in lines if line.strip())


def display_name(data: PartyData) -> str:
    return _text(data, "trading_name") or _text(data, "legal_name") or _text(data, "name")


def _identifiers(data: PartyData, words: Words) -> tuple[Fact, ...]:
    known = [
        ("vat_id", _text(data, "vat_id")),
        ("tax_id", _text(data, "tax_registration_id")),
        ("registration", _text(data, "legal_registration_id")),
    ]
    return tuple(Fact(key, words[key], value) for key, value in known if value)


def _text(data: PartyData, key: str) -> str:
    return str(data.get(key) or "").strip()
