"""Wallets: make, change, retire the accounts that applications are paid to."""

import datetime
import uuid
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.models import BankAccount
from billing.models import PaymentRequest, Wallet
from billing.operations.fields import cleaned
from billing.queries.lookup import Ref, find, refer
from billing.wallet_addresses import can_receive, contract_of, is_address
from core.errors import InvalidValue
from core.events import emit

EDITABLE = frozenset(
    {"name", "kind", "currency", "blockchain", "address", "token_contract", "is_default"}
)


@transaction.atomic
def create_wallet(
    *,
    actor: Actor,
    at: datetime.datetime,
    name: str,
    kind: str,
    currency: str,
    bank_account_id: int | uuid.UUID | None = None,
    **fields: Any,
) -> Wallet:
    """An address on a blockchain, or one of the organization's bank accounts.

    The first of a currency, and any with `is_default`, is the currency's default. An issuer's
    own token contract is known and need not be given. Raises Forbidden, InvalidValue,
    UnknownReference, UnknownCurrency.
    """
    actor.require("settings:write")
    wallet = Wallet(organization_id=actor.organization_id, created_at=at, updated_at=at)
    given = {"name": name, "kind": kind, "currency": currency, **fields}
    _apply(wallet, {**given, "bank_account_id": bank_account_id})
    if not _defaults(wallet).exists():
        wallet.is_default = True
    _keep_one_default(wallet, at)
    wallet.save(force_insert=True)
    _emit("wallet.created", wallet, actor, at, sequence=1)
    return wallet


@transaction.atomic
def update_wallet(*, actor: Actor, at: datetime.datetime, wallet_id: Ref, **changes: Any) -> Wallet:
    """Change what is in EDITABLE, or `bank_account_id`; open invoices ask for payment there.

    Raises Forbidden, NotFound, InvalidValue, UnknownReference, UnknownCurrency.
    """
    actor.require("settings:write")
    wallet = _locked(actor, wallet_id)
    before = wallet_snapshot(wallet)
    _apply(wallet, changes)
    _keep_one_default(wallet, at)
    after = wallet_snapshot(wallet)
    previous = {key: value for key, value in before.items() if after[key] != value}
    if previous:
        wallet.updated_at = at
        wallet.save(force_update=True)
        _emit("wallet.updated", wallet, actor, at, previous=previous)
    return wallet


@transaction.atomic
def delete_wallet(*, actor: Actor, at: datetime.datetime, wallet_id: Ref) -> None:
    """Remove a wallet; one that an invoice was paid to, or may be, is retired and kept.

    Raises Forbidden, NotFound.
    """
    actor.require("settings:write")
    wallet = _locked(actor, wallet_id)
    _emit("wallet.deleted", wallet, actor, at)
    if PaymentRequest.objects.of(actor.organization_id).filter(wallet=wallet).exists():
        wallet.is_active, wallet.is_default, wallet.updated_at = False, False, at
        wallet.save(update_fields=["is_active", "is_default", "updated_at"])
    else:
        wallet.delete()


def wallet_snapshot(wallet: Wallet) -> dict[str, Any]:
    """The wallet as events show it: where to pay to is told to every payer."""
    account = wallet.bank_account
    return {
        "uuid": str(wallet.uuid),
        **{name: getattr(wallet, name) for name in sorted(EDITABLE)},
        "bank_account": str(account.uuid) if account else None,
    }


def _locked(actor: Actor, reference: Ref) -> Wallet:
    rows = Wallet.objects.of(actor.organization_id).filter(is_active=True)
    return find(rows.select_for_update(), reference, "wallet")


def _apply(wallet: Wallet, changes: dict[str, Any]) -> None:
    values = dict(changes)
    if "bank_account_id" in values:
        reference = values.pop("bank_account_id")
        accounts = BankAccount.objects.of(wallet.organization_id).in_use()
        wallet.bank_account = (
            None
            if reference is None
            else refer(accounts, reference, "bank account", "bank_account_id")
        )
    for name, value in cleaned(Wallet, values, EDITABLE).items():
        setattr(wallet, name, value)
    if wallet.kind == Wallet.Kind.BANK:
        _check_bank(wallet)
    else:
        _check_chain(wallet)


def _check_bank(wallet: Wallet) -> None:
    if wallet.bank_account is None:
        raise InvalidValue("A bank wallet needs a bank account.", param="bank_account_id")
    wallet.blockchain = wallet.address = wallet.token_contract = ""


def _check_chain(wallet: Wallet) -> None:
    wallet.bank_account = None
    if not wallet.blockchain:
        raise InvalidValue("Say on which blockchain the address is.", param="blockchain")
    if not is_address(wallet.blockchain, wallet.address):
        raise InvalidValue(f"This is no address on {wallet.blockchain}.", param="address")
    known = contract_of(wallet.blockchain, wallet.currency)
    if known or can_receive(wallet.blockchain, wallet.currency, ""):
        wallet.token_contract = known
    elif not is_address(wallet.blockchain, wallet.token_contract):
        raise InvalidValue(
            f"{wallet.currency} is not received on {wallet.blockchain} without its contract.",
            param="token_contract" if wallet.token_contract else "currency",
        )


def _defaults(wallet: Wallet) -> Any:
    """The other wallets that are the default of the same currency."""
    rows = Wallet.objects.of(wallet.organization_id).filter(is_default=True, is_active=True)
    return rows.filter(currency=wallet.currency).exclude(pk=wallet.pk)


def _keep_one_default(wallet: Wallet, at: datetime.datetime) -> None:
    if wallet.is_default:
        _defaults(wallet).update(is_default=False, updated_at=at)


def _emit(
    type: str,
    wallet: Wallet,
    actor: Actor,
    at: datetime.datetime,
    sequence: int | None = None,
    previous: dict[str, Any] | None = None,
) -> None:
    emit(
        type,
        subject=wallet,
        data=wallet_snapshot(wallet),
        previous=previous,
        actor=actor,
        at=at,
        sequence=sequence,
    )
