"""Copies of seller, buyer and delivery address, as a document prints them for ever (B11)."""

from typing import Any

from accounts.models import BankAccount, Organization
from accounts.models.parties import PARTY_FIELDS
from billing.models import Customer, CustomerAddress, Invoice, PaymentRequest, Wallet
from billing.models.base import SalesDocument
from billing.operations.drafting import delivery_to
from billing.queries.wallets import request_of, requested_wallet, shown_wallet
from core.currencies import PEGGED, get_currency

_ADDRESS = (
    "address_line1",
    "address_line2",
    "address_line3",
    "city",
    "subdivision",
    "postal_code",
)
_WALLET = ("currency", "blockchain", "address", "token_contract")
_ACCOUNT = ("name", "bank_name", "iban", "bic", "account_number", "routing_number", "currency")


def freeze_parties(document: SalesDocument, customer: Customer) -> None:
    """Fill seller, buyer and delivery of a document that is being made final.

    A delivery that was written on the draft stays; without one it is the customer's
    first shipping address, if there is any.
    """
    document.seller = seller(document.organization, document.currency)
    document.buyer = buyer(customer)
    if not document.delivery:
        shipping = customer.addresses.filter(kind=CustomerAddress.Kind.SHIPPING)
        address = shipping.order_by("pk").first()
        document.delivery = {} if address is None else delivery_to(address)


def freeze_request(invoice: Invoice) -> None:
    """What an application said of payer and payment, on the copies that were just made.

    The payer is reached as the application says, its picture takes the place of the logo,
    and a bank account is printed only where a transfer is one of the ways to pay.
    """
    request = request_of(invoice.organization_id, invoice.pk)
    if request is None:
        return
    buyer, seller = dict(invoice.buyer), dict(invoice.seller)
    buyer["email"] = request.email
    if request.phone:
        buyer["phone"] = request.phone
    if request.address:
        buyer |= dict.fromkeys(_ADDRESS, "") | {"address_line1": request.address}
    if request.logo:
        seller["logo"] = request.logo
    account = account_of(request, invoice.currency)
    seller["bank_account"] = account and {name: getattr(account, name) for name in _ACCOUNT}
    if "wallet" in seller:
        seller["wallet"] = _frozen(requested_wallet(request, invoice.currency))
    invoice.buyer, invoice.seller = buyer, seller


def account_of(request: PaymentRequest, currency: str) -> BankAccount | None:
    """The bank account to pay to; None where a transfer is no way to pay, or none is kept.

    A stablecoin is paid in at the bank in the currency that it stands for.
    """
    if not {PaymentRequest.Method.BANK_TRANSFER, PaymentRequest.Method.ACH} & set(request.methods):
        return None
    own = request.wallet.bank_account
    if own is not None and own.archived_at is None:
        return own
    accounts = BankAccount.objects.of(request.organization_id).filter(is_default=True)
    return (
        accounts.filter(currency=currency).first()
        or accounts.filter(currency=PEGGED.get(currency, currency)).first()
    )


def seller(organization: Organization, currency: str) -> dict[str, Any]:
    """The organization with its look and where to pay documents of that currency to.

    `bank_account` is the default account of the currency, or None; `wallet`, for a currency
    that lives on blockchains, the address that is asked for it, or None.
    """
    accounts = BankAccount.objects.of(organization.pk)
    account = accounts.filter(currency=currency, is_default=True).first()
    copied = {
        "uuid": str(organization.uuid),
        "name": organization.display_name,
        "email": organization.email,
        "phone": organization.phone,
        "website": organization.website,
        "legal_text": organization.legal_text,
        "logo": organization.logo.name or "",
        "accent_color": organization.accent_color,
        **{name: getattr(organization, name) for name in PARTY_FIELDS},
        "bank_account": account and {name: getattr(account, name) for name in _ACCOUNT},
    }
    if get_currency(currency).is_crypto:
        copied["wallet"] = _frozen(shown_wallet(organization.pk, currency))
    return copied


def buyer(customer: Customer) -> dict[str, Any]:
    """The customer as billed."""
    return {
        "uuid": str(customer.uuid),
        "name": customer.name,
        "kind": customer.kind,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "email": customer.email,
        "phone": customer.phone,
        **{name: getattr(customer, name) for name in PARTY_FIELDS},
    }


def _frozen(wallet: Wallet | None) -> dict[str, str] | None:
    return None if wallet is None else {name: getattr(wallet, name) for name in _WALLET}
