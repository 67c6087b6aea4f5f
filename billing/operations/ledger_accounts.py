"""Accounts money lies in, and categories of income and expense: the organization's own chart."""

import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import LedgerAccount
from billing.operations.fields import cleaned
from core.errors import DomainError, Kind
from core.events import emit

# Where the codes of an organization's own accounts begin, by type.
_FIRST_CODES = {
    LedgerAccount.Type.ASSET: 1200,
    LedgerAccount.Type.INCOME: 4100,
    LedgerAccount.Type.EXPENSE: 7000,
}


class AccountNameTaken(DomainError):
    kind, code = Kind.CONFLICT, "account_name_taken"
    message = "There is already one called '{name}'."
    default_param = "name"


@transaction.atomic
def create_ledger_account(
    *, actor: Actor, at: datetime.datetime, name: str, type: str
) -> LedgerAccount:
    """An account of money (`asset`) or a category (`income`, `expense`), with the next free code.

    Raises Forbidden, InvalidValue, AccountNameTaken.
    """
    actor.require("payments:write")
    # Two at once would take the same code.
    Organization.objects.select_for_update().get(pk=actor.organization_id)
    kind = LedgerAccount.Type(type)
    own = LedgerAccount.objects.of(actor.organization_id)
    values = cleaned(LedgerAccount, {"name": name}, {"name"})
    if own.filter(type=kind, name__iexact=values["name"], is_active=True).exists():
        raise AccountNameTaken(name=values["name"])
    account = LedgerAccount(
        organization_id=actor.organization_id,
        code=_next_code(actor.organization_id, kind),
        type=kind,
        created_at=at,
        updated_at=at,
        **values,
    )
    account.save(force_insert=True)
    emit(
        "ledger_account.created",
        subject=account,
        data=ledger_account_snapshot(account),
        actor=actor,
        at=at,
        sequence=1,
    )
    return account


def default_category(organization_id: int, kind: str, at: datetime.datetime) -> LedgerAccount:
    """Other income, or general expenses: made when first needed."""
    type_, code, name = {
        "income": (LedgerAccount.Type.INCOME, "4700", "Other income"),
        "expense": (LedgerAccount.Type.EXPENSE, "6900", "General expenses"),
    }[kind]
    LedgerAccount.objects.bulk_create(
        [
            LedgerAccount(
                organization_id=organization_id,
                code=code,
                name=name,
                type=type_,
                created_at=at,
                updated_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    return LedgerAccount.objects.of(organization_id).get(code=code)


def ledger_account_snapshot(account: LedgerAccount) -> dict[str, object]:
    return {
        "object": "ledger_account",
        "id": account.pk,
        "uuid": str(account.uuid),
        "code": account.code,
        "name": account.name,
        "type": account.type,
        "system_role": account.system_role,
        "is_active": account.is_active,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
    }


def _next_code(organization_id: int, kind: LedgerAccount.Type) -> str:
    """Five digits: 12001, 12002 … stay clear of the four of the given chart."""
    first = _FIRST_CODES[kind]
    own = LedgerAccount.objects.of(organization_id).filter(
        type=kind, code__regex=rf"^{str(first)[:2]}[0-9]{{3}}$"
    )
    highest = own.order_by("-code").values_list("code", flat=True).first()
    return str(int(highest or first * 10) + 1)
