"""Wallets and payment requests of one organization."""

from django.db.models import QuerySet

from billing.models import PaymentRequest, Wallet
from billing.queries.lookup import Ref, find


def list_wallets(organization_id: int) -> QuerySet[Wallet]:
    """Those in use, newest first, with the bank account that each shows."""
    rows = Wallet.objects.of(organization_id).filter(is_active=True)
    return rows.select_related("bank_account").order_by("-created_at", "-id")


def get_wallet(organization_id: int, reference: Ref) -> Wallet:
    """One in use, by id or UUID. Raises NotFound."""
    return find(list_wallets(organization_id), reference, "wallet")


def default_wallet(organization_id: int, currency: str) -> Wallet | None:
    """The default wallet of the currency, else the oldest in use."""
    rows = list_wallets(organization_id).filter(currency=currency)
    return rows.order_by("-is_default", "id").first()


def shown_wallet(organization_id: int, currency: str) -> Wallet | None:
    """The address that invoices of that currency show, if there is one on a blockchain."""
    rows = list_wallets(organization_id).filter(kind=Wallet.Kind.CRYPTO, currency=currency)
    return rows.order_by("-is_default", "id").first()


def request_of(organization_id: int, invoice_id: int) -> PaymentRequest | None:
    """What an application said of that invoice, or None where none made it."""
    rows = PaymentRequest.objects.of(organization_id).filter(invoice_id=invoice_id)
    return rows.select_related("app", "wallet__bank_account", "tax_profile").first()


def requested_wallet(request: PaymentRequest, currency: str) -> Wallet | None:
    """Where a request that may be paid on a blockchain is: the named wallet, or one beside it."""
    if PaymentRequest.Method.CRYPTO not in request.methods:
        return None
    if request.wallet.kind == Wallet.Kind.CRYPTO:
        return request.wallet if request.wallet.currency == currency else None
    return shown_wallet(request.organization_id, currency)
