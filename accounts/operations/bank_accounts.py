"""The accounts that customers pay to."""

import datetime
import uuid
from typing import Any

from django.db import transaction
from stdnum import bic, iban
from stdnum.exceptions import ValidationError as NumberError

from accounts.actors import Actor
from accounts.models import BankAccount
from accounts.operations.checks import check_fields
from accounts.queries.bank_accounts import find_bank_account
from core import events
from core.currencies import get_currency
from core.errors import InvalidValue

EDITABLE = frozenset(
    {
        "name",
        "bank_name",
        "iban",
        "bic",
        "account_number",
        "routing_number",
        "currency",
        "is_default",
    }
)


@transaction.atomic
def create_bank_account(
    *, actor: Actor, at: datetime.datetime, name: str, currency: str, **fields: Any
) -> BankAccount:
    """An account with an IBAN (checked by its check digits) or local numbers.

    The first of a currency, and any with `is_default`, is what invoices in that currency
    print. Raises Forbidden, InvalidValue, InvalidFields, UnknownCurrency.
    """
    actor.require("settings:write")
    account = BankAccount(organization_id=actor.organization_id, created_at=at, updated_at=at)
    _apply(account, {"name": name, "currency": currency, **fields})
    if not _defaults(account).exists():
        account.is_default = True
    _keep_one_default(account, at)
    account.save(force_insert=True)
    _emit("bank_account.created", account, actor, at, sequence=1)
    return account


@transaction.atomic
def update_bank_account(
    *, actor: Actor, at: datetime.datetime, bank_account_id: int | uuid.UUID, **changes: Any
) -> BankAccount:
    """Change an account; documents rendered from now on show it.

    Raises Forbidden, NotFound, InvalidValue, InvalidFields, UnknownCurrency.
    """
    actor.require("settings:write")
    account = _locked(actor, bank_account_id)
    before = bank_account_snapshot(account)
    _apply(account, changes)
    account.updated_at = at
    _keep_one_default(account, at)
    account.save(force_update=True)
    after = bank_account_snapshot(account)
    previous = {key: value for key, value in before.items() if after[key] != value}
    if previous:
        _emit("bank_account.updated", account, actor, at, previous=previous)
    return account


@transaction.atomic
def delete_bank_account(
    *, actor: Actor, at: datetime.datetime, bank_account_id: int | uuid.UUID
) -> None:
    """Archive an account: no invoice prints it from now on, and nothing finds it any more.

    Its row stays for what was issued with it. Raises Forbidden, NotFound.
    """
    actor.require("settings:write")
    account = _locked(actor, bank_account_id)
    _emit("bank_account.deleted", account, actor, at)
    account.is_default, account.archived_at, account.updated_at = False, at, at
    account.save(update_fields=["is_default", "archived_at", "updated_at"])


def bank_account_snapshot(account: BankAccount) -> dict[str, Any]:
    """The account as events show it. Numbers to pay to are printed on every invoice."""
    return {
        "uuid": str(account.uuid),
        **{name: getattr(account, name) for name in sorted(EDITABLE)},
    }


def _apply(account: BankAccount, values: dict[str, Any]) -> None:
    unknown = set(values) - EDITABLE
    if unknown:
        raise TypeError(f"a bank account takes no {', '.join(sorted(unknown))}")
    for name, value in values.items():
        setattr(account, name, value)
    try:
        account.iban = iban.validate(account.iban) if account.iban else ""
    except NumberError:
        raise InvalidValue("This is not a valid IBAN.", param="iban") from None
    try:
        account.bic = bic.validate(account.bic) if account.bic else ""
    except NumberError:
        raise InvalidValue("This is not a valid BIC.", param="bic") from None
    check_fields(account, exclude={"organization"})
    get_currency(account.currency)
    if not account.iban and not account.account_number:
        raise InvalidValue("An account needs an IBAN or an account number.", param="iban")


def _locked(actor: Actor, bank_account_id: int | uuid.UUID) -> BankAccount:
    rows = BankAccount.objects.of(actor.organization_id).in_use().select_for_update()
    return find_bank_account(rows, bank_account_id)


def _defaults(account: BankAccount) -> Any:
    """The other accounts that are the default of the same currency."""
    rows = BankAccount.objects.of(account.organization_id).filter(is_default=True)
    return rows.filter(currency=account.currency).exclude(pk=account.pk)


def _keep_one_default(account: BankAccount, at: datetime.datetime) -> None:
    if account.is_default:
        _defaults(account).update(is_default=False, updated_at=at)


def _emit(
    type: str,
    account: BankAccount,
    actor: Actor,
    at: datetime.datetime,
    sequence: int | None = None,
    previous: dict[str, Any] | None = None,
) -> None:
    events.emit(
        type,
        subject=account,
        data=bank_account_snapshot(account),
        previous=previous,
        actor=actor,
        at=at,
        sequence=sequence,
    )
