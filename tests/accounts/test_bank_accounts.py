"""Accounts that customers pay to."""

import datetime

import pytest

from accounts.actors import Actor, actor_for_membership
from accounts.models import BankAccount, Organization, Role
from accounts.operations.bank_accounts import (
    create_bank_account,
    delete_bank_account,
    update_bank_account,
)
from accounts.operations.memberships import invite_member
from accounts.queries.bank_accounts import list_bank_accounts
from core.currencies import UnknownCurrency
from core.errors import Forbidden, InvalidFields, InvalidValue, NotFound
from core.models import Event

IBAN = "DE89 3704 0044 0532 0130 00"


def make(actor: Actor, at: datetime.datetime, **fields: object) -> BankAccount:
    values = {"name": "Acme Studio", "currency": "EUR", "iban": IBAN, **fields}
    return create_bank_account(actor=actor, at=at, **values)  # type: ignore[arg-type]


def test_the_iban_is_kept_compact_and_the_first_is_the_default(
    owner_actor: Actor, at: datetime.datetime
) -> None:
    account = make(owner_actor, at, bic="cobadeffxxx")
    assert (account.iban, account.bic) == ("DE89370400440532013000", "COBADEFFXXX")
    assert account.is_default
    assert Event.objects.get(type="bank_account.created").subject_uuid == account.uuid


def test_one_account_per_currency_is_the_default(owner_actor: Actor, at: datetime.datetime) -> None:
    first = make(owner_actor, at)
    dollars = make(owner_actor, at, currency="USD", iban="", account_number="000123456789")
    second = make(owner_actor, at, iban="NL91ABNA0417164300")
    assert not second.is_default
    update_bank_account(actor=owner_actor, at=at, bank_account_id=second.pk, is_default=True)
    defaults = BankAccount.objects.filter(is_default=True).order_by("pk")
    assert list(defaults) == [dollars, second]
    first.refresh_from_db()
    assert not first.is_default


@pytest.mark.parametrize(
    ("fields", "error", "param"),
    [
        ({"iban": "DE89370400440532013001"}, InvalidValue, "iban"),
        ({"iban": ""}, InvalidValue, "iban"),
        ({"bic": "COBA"}, InvalidValue, "bic"),
        ({"currency": "EURO"}, UnknownCurrency, None),
        ({"name": " "}, InvalidFields, "name"),
    ],
)
def test_accounts_nobody_could_pay_to_are_refused(
    owner_actor: Actor,
    at: datetime.datetime,
    fields: dict[str, str],
    error: type,
    param: str | None,
) -> None:
    with pytest.raises(error) as refusal:
        make(owner_actor, at, **fields)
    assert refusal.value.param == param
    assert not BankAccount.objects.exists()


def test_another_organizations_account_looks_unknown(
    owner_actor: Actor, rival: Organization, at: datetime.datetime
) -> None:
    account = make(owner_actor, at)
    mallory = actor_for_membership(rival.memberships.get())
    with pytest.raises(NotFound):
        update_bank_account(actor=mallory, at=at, bank_account_id=account.pk, iban="")
    with pytest.raises(NotFound):
        delete_bank_account(actor=mallory, at=at, bank_account_id=account.pk)
    assert BankAccount.objects.get() == account


def test_members_below_admin_do_not_redirect_payments(
    owner_actor: Actor, at: datetime.datetime
) -> None:
    account = make(owner_actor, at)
    bob = invite_member(actor=owner_actor, at=at, email="bob@acme.test", role=Role.ACCOUNTANT)
    with pytest.raises(Forbidden):
        update_bank_account(
            actor=actor_for_membership(bob),
            at=at,
            bank_account_id=account.pk,
            iban="NL91ABNA0417164300",
        )
    account.refresh_from_db()
    assert account.iban == "DE89370400440532013000"


def test_a_removed_account_is_kept_out_of_sight(owner_actor: Actor, at: datetime.datetime) -> None:
    account = make(owner_actor, at)
    delete_bank_account(actor=owner_actor, at=at, bank_account_id=account.pk)
    kept = BankAccount.objects.get()
    assert (kept.archived_at, kept.is_default, kept.iban) == (at, False, account.iban)
    assert not list_bank_accounts(account.organization_id)
    with pytest.raises(NotFound):
        delete_bank_account(actor=owner_actor, at=at, bank_account_id=account.pk)
    assert Event.objects.filter(type="bank_account.deleted").count() == 1
