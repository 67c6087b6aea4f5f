"""How an invoice is paid: the account to pay to, and the code a phone can scan."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

import segno
from stdnum import iban as iban_rules
from stdnum import iso11649

from billing.documents.view import Fact, PaymentDetails
from billing.models import Wallet
from core.money import from_minor

# Limits of EPC069-12, version 2.
_EPC_LEAST, _EPC_MOST = Decimal("0.01"), Decimal("999999999.99")
_EPC_NAME_LENGTH, _EPC_TEXT_LENGTH, _EPC_BYTES = 70, 140, 331


def payment_details(
    *,
    account: Mapping[str, str],
    payee: str,
    reference: str,
    amount_due: int,
    currency: str,
    public_url: str,
    words: Mapping[str, str],
    may_be_paid: bool,
    instalments: Sequence[tuple[str, str]] = (),
    wallet: Wallet | None = None,
) -> PaymentDetails | None:
    """Payment instructions for an amount in minor units, or None when there is nothing to say.

    `wallet` is an address on a blockchain beside the account. `instalments` are (date,
    amount) as the reader writes them.
    The code is an EPC069-12 credit transfer where the account and the currency allow it and
    payment is really asked for (`may_be_paid`: neither a draft nor a test document), else
    the public link, if there is one.
    """
    holder = account.get("name") or payee
    details = [
        ("account_holder", holder if account else ""),
        ("iban", group_iban(account.get("iban", ""))),
        ("bic", account.get("bic", "")),
        ("account_number", account.get("account_number", "")),
        ("routing_number", account.get("routing_number", "")),
        ("bank", account.get("bank_name", "")),
        ("payment_reference", reference if account else ""),
    ]
    facts = [Fact(key, words[key], value) for key, value in details if value]
    facts += wallet_facts(wallet, words) if wallet else ()
    for number, (day, amount) in enumerate(instalments, 1):
        label = words["instalment"].format(number=number)
        facts.append(Fact("instalment", label, f"{day} \N{MIDDLE DOT} {amount}"))
    code = ""
    if may_be_paid:
        code = _epc_text(account, holder, reference, from_minor(amount_due, currency), currency)
    kind = "epc" if code else "link"
    code = code or public_url
    if public_url:
        facts.append(Fact("online", words["online"], public_url))
    if not facts:
        return None
    caption = words["scan_to_pay"] if kind == "epc" else words["scan_to_open"]
    return PaymentDetails(tuple(facts), code, kind, caption if code else "")


def wallet_facts(wallet: Wallet, words: Mapping[str, str]) -> tuple[Fact, ...]:
    """On which chain and to which address."""
    return (
        Fact("network", words["way_network"], wallet.get_blockchain_display()),
        Fact("address", words["way_address"], wallet.address),
    )


def group_iban(iban: str) -> str:
    """In groups of four, as people read it."""
    compact = iban.replace(" ", "").upper()
    return " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))


@lru_cache(maxsize=64)
def code_matrix(text: str) -> tuple[bytes, ...]:
    """The modules of the QR code, a row each, 1 is dark. Error correction M, as EPC asks."""
    return tuple(bytes(row) for row in _code(text).matrix)


@lru_cache(maxsize=64)
def code_svg(text: str) -> str:
    """The QR code as a data: address of an SVG image."""
    return _code(text).svg_data_uri(border=2, scale=4, dark="#000", light="#fff")


def _epc_text(
    account: Mapping[str, str], holder: str, reference: str, amount: Decimal, currency: str
) -> str:
    iban = account.get("iban", "")
    if currency != "EUR" or not _EPC_LEAST <= amount <= _EPC_MOST or not iban_rules.is_valid(iban):
        return ""
    name = " ".join(holder.split())[:_EPC_NAME_LENGTH].strip()
    text = " ".join(reference.split())[:_EPC_TEXT_LENGTH]
    structured, free = (text, "") if iso11649.is_valid(text) else ("", text)
    head = ["BCD", "002", "1", "SCT", account.get("bic", "").replace(" ", ""), name]
    # The amount without superfluous zeros, as the guideline's own examples spell it.
    digits = format(amount.normalize(), "f")
    lines = [*head, iban_rules.compact(iban), f"EUR{digits}", "", structured, free]
    code = "\n".join(lines).rstrip("\n")
    return code if len(code.encode()) <= _EPC_BYTES else ""


def _code(text: str) -> segno.QRCode:
    # Error correction M without a boost, as EPC asks; UTF-8 only where ASCII does not do.
    encoding = None if text.isascii() else "utf-8"
    return segno.make_qr(text, error="m", boost_error=False, encoding=encoding)
