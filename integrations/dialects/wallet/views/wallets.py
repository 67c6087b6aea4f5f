"""/api/v0/wallets: where the applications' customers pay to."""

from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.operations import bank_accounts
from billing.models import Wallet
from billing.operations import wallets
from billing.queries.wallets import get_wallet, list_wallets
from core.errors import InvalidValue
from integrations.dialects.base.endpoint import Endpoints, partial_update
from integrations.dialects.base.fields import CurrencyCode
from integrations.dialects.wallet import bodies, shapes
from integrations.dialects.wallet.presenters import present_wallet
from integrations.dialects.wallet.views.base import (
    WalletView,
    changing,
    creating,
    deleting,
    listing,
    reading,
)

EXAMPLE = {
    "name": "Treasury",
    "currency": "USDC",
    "blockchain": "ETHEREUM",
    "address": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
}
_BANK = ("bank_name", "iban", "bic", "account_number", "routing_number")


class WalletList(WalletView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing("wallets", "settings:write", shapes.WALLET, currency=CurrencyCode()),
        "POST": creating(
            "a wallet",
            "settings:write",
            bodies.WALLET,
            shapes.WALLET,
            description="With `blockchain` and `address`, or with `iban` or `account_number`,"
            " which makes a bank account too.",
            example=EXAMPLE,
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        rows = list_wallets(self.actor.organization_id)
        if currency := query.get("currency"):
            rows = rows.filter(currency=currency)
        found, total = self.slice(rows, query)
        return self.listed([present_wallet(row) for row in found], total)

    def post(self, request: HttpRequest) -> HttpResponse:
        values = self.body()
        bank, holder = _bank(values)
        currency = values["currency"]
        if bank and values.get("address"):
            raise InvalidValue("iban and address are of two wallets", param="iban")
        default_name = f"{currency} {'account' if bank else 'wallet'}"
        values["name"] = values.get("name") or default_name
        with transaction.atomic():
            if bank:
                account = bank_accounts.create_bank_account(
                    **self.who,
                    name=holder or self.organization.display_name,
                    currency=currency,
                    **bank,
                )
                values |= {"kind": Wallet.Kind.BANK, "bank_account_id": account.pk}
            made = wallets.create_wallet(**self.who, **{"kind": Wallet.Kind.CRYPTO, **values})
        where = f"/api/v0/wallets/{made.uuid}"
        return self.answer(present_wallet(made), 201, location=where)


class WalletDetail(WalletView):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("a wallet", "settings:write", shapes.WALLET),
        **partial_update(
            changing(
                "a wallet",
                "settings:write",
                bodies.WALLET.optional(),
                shapes.WALLET,
                example={"name": "Cold storage", "is_default": True},
            )
        ),
        "DELETE": deleting(
            "a wallet",
            "settings:write",
            description="One that invoices are paid to is retired and keeps receiving for them.",
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.answer(present_wallet(self._row(id)))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        row, values = self._row(id), self.body()
        bank, holder = _bank(values)
        if bank and row.bank_account is None:
            raise InvalidValue("This is a wallet on a blockchain.", param=next(iter(bank)))
        with transaction.atomic():
            if row.bank_account is not None and (bank or holder):
                changes = {**bank, **({"name": holder} if holder else {})}
                bank_accounts.update_bank_account(
                    **self.who, bank_account_id=row.bank_account.pk, **changes
                )
            wallets.update_wallet(**self.who, wallet_id=row.pk, **values)
        return self.answer(present_wallet(self._row(id)))

    def patch(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.put(request, id)

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        wallets.delete_wallet(**self.who, wallet_id=self._row(id).pk)
        return self.done("Wallet deleted")

    def _row(self, id: str) -> Wallet:
        return get_wallet(self.actor.organization_id, self.path_uuid("wallet", id))


def _bank(values: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """What is about a bank account, and its holder, taken out of the values."""
    holder = values.pop("account_holder", "")
    bank = {name: values.pop(name) for name in _BANK if name in values}
    return {name: value for name, value in bank.items() if value}, holder
