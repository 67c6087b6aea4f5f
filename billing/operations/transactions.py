"""Income and expenses that are no invoice, written into the books."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing.models import Customer, LedgerAccount, Transaction
from billing.operations.fields import clean_date, clean_money, cleaned
from billing.operations.ledger import PostingLine, ensure_chart, post
from billing.operations.ledger_accounts import default_category
from billing.queries.exchange_rates import rate_on
from billing.queries.lookup import Ref, find, refer
from billing.queries.organizations import get_organization
from billing.totals.arithmetic import check_size
from core.currencies import get_currency
from core.errors import DomainError, InvalidValue, Kind
from core.events import emit
from core.money import convert_minor, from_minor

_TEXTS = frozenset({"description", "reference"})


class AccountUnsuitable(DomainError):
    """Money lies in cash and bank accounts; it is filed under income or expense."""

    kind, code = Kind.INVALID, "account_unsuitable"
    message = "'{name}' is no {wanted}."


class TransactionDeleted(DomainError):
    kind, code = Kind.CONFLICT, "transaction_deleted"
    message = "This transaction is deleted already."


@transaction.atomic
def record_transaction(
    *,
    actor: Actor,
    at: datetime.datetime,
    kind: str,
    amount: Decimal,
    date: datetime.date,
    account_id: Ref | None = None,
    category_id: Ref | None = None,
    customer_id: Ref | None = None,
    currency: str | None = None,
    **texts: Any,
) -> Transaction:
    """Income or an expense of a positive amount, in major units of the currency.

    By default the money moves in the bank account, in the organization's currency, under
    "Other income" or "General expenses". An unknown exchange rate counts 1:1, as on
    documents. Raises Forbidden, InvalidValue, UnknownReference, AccountUnsuitable.
    """
    actor.require("payments:write")
    organization = get_organization(actor.organization_id)
    code = get_currency(currency or organization.currency).code
    minor = clean_money(amount, code, param="amount")
    if minor <= 0:
        raise InvalidValue("The amount must be greater than 0.", param="amount")
    row = Transaction(
        organization=organization,
        kind=Transaction.Kind(kind),
        account=_account(actor, account_id, at),
        category=_category(actor, category_id, kind, at),
        customer=_customer(actor, customer_id),
        amount=minor,
        currency=code,
        date=clean_date(date, param="date"),
        created_at=at,
        updated_at=at,
        **cleaned(Transaction, texts, _TEXTS),
    )
    row.save(force_insert=True)
    _post(row, at, sign=1)
    emit(
        "transaction.created",
        subject=row,
        data=transaction_snapshot(row),
        actor=actor,
        at=at,
        sequence=1,
    )
    return row


@transaction.atomic
def describe_transaction(
    *,
    actor: Actor,
    at: datetime.datetime,
    transaction_id: Ref,
    category_id: Ref | None = None,
    **texts: Any,
) -> Transaction:
    """Change the words, or file it under another category: the books move it there.

    What moved money is corrected by deleting it and recording it anew. Raises Forbidden,
    NotFound, TransactionDeleted, AccountUnsuitable.
    """
    actor.require("payments:write")
    row = _locked(actor, transaction_id)
    before = transaction_snapshot(row)
    for name, value in cleaned(Transaction, texts, _TEXTS).items():
        setattr(row, name, value)
    if category_id is not None:
        category = _category(actor, category_id, row.kind, at)
        if category.pk != row.category_id:
            _post(row, at, sign=-1)
            row.category = category
            _post(row, at, sign=1)
    after = transaction_snapshot(row)
    previous = {key: value for key, value in before.items() if after[key] != value}
    if not previous:
        return row
    row.updated_at = at
    row.save()
    emit(
        "transaction.updated",
        subject=row,
        data=transaction_snapshot(row),
        previous=previous,
        actor=actor,
        at=at,
    )
    return row


@transaction.atomic
def delete_transaction(*, actor: Actor, at: datetime.datetime, transaction_id: Ref) -> None:
    """Take a transaction back: the books keep it and its mirror on the same day.

    Raises Forbidden, NotFound, TransactionDeleted.
    """
    actor.require("payments:write")
    row = _locked(actor, transaction_id)
    _post(row, at, sign=-1)
    row.deleted_at = row.updated_at = at
    row.save(update_fields=["deleted_at", "updated_at"])
    emit("transaction.deleted", subject=row, data=transaction_snapshot(row), actor=actor, at=at)


def transaction_snapshot(row: Transaction) -> dict[str, Any]:
    return {
        "object": "transaction",
        "id": row.pk,
        "uuid": str(row.uuid),
        "kind": row.kind,
        "account": {"id": row.account_id, "name": row.account.name},
        "category": {"id": row.category_id, "name": row.category.name},
        "customer": row.customer and {"id": row.customer_id, "name": row.customer.name},
        "amount": from_minor(row.amount, row.currency),
        "currency": row.currency,
        "date": row.date,
        "description": row.description,
        "reference": row.reference,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def _locked(actor: Actor, reference: Ref) -> Transaction:
    rows = Transaction.objects.of(actor.organization_id)
    found: Transaction = find(
        rows.select_for_update(of=("self",)).select_related("account", "category", "customer"),
        reference,
        "transaction",
    )
    if found.deleted_at is not None:
        raise TransactionDeleted()
    return found


def _account(actor: Actor, reference: Ref | None, at: datetime.datetime) -> LedgerAccount:
    roles = ensure_chart(actor.organization_id, at)
    rows = LedgerAccount.objects.of(actor.organization_id)
    if reference is None:
        return rows.get(pk=roles[LedgerAccount.SystemRole.BANK])
    found: LedgerAccount = refer(rows, reference, "account", "account_id")
    is_money = found.type == LedgerAccount.Type.ASSET
    if not is_money or found.system_role == LedgerAccount.SystemRole.RECEIVABLES:
        raise AccountUnsuitable(name=found.name, wanted="account of money", param="account_id")
    return found


def _category(
    actor: Actor, reference: Ref | None, kind: str, at: datetime.datetime
) -> LedgerAccount:
    if reference is None:
        return default_category(actor.organization_id, kind, at)
    rows = LedgerAccount.objects.of(actor.organization_id)
    found: LedgerAccount = refer(rows, reference, "category", "category_id")
    if found.type != kind:
        raise AccountUnsuitable(name=found.name, wanted=f"category of {kind}", param="category_id")
    return found


def _customer(actor: Actor, reference: Ref | None) -> Customer | None:
    if reference is None:
        return None
    return refer(Customer.objects.of(actor.organization_id), reference, "customer", "customer_id")


def _post(row: Transaction, at: datetime.datetime, *, sign: int) -> None:
    """Income is a debit of the account and a credit of the category; an expense the reverse."""
    base = row.organization.base_currency
    rate = rate_on(row.organization_id, row.currency, base, row.date) or Decimal(1)
    base_amount = convert_minor(row.amount, row.currency, base, rate)
    check_size(base, base_amount)
    direction = sign if row.kind == Transaction.Kind.INCOME else -sign
    # No customer on the lines: these sums are no part of what the customer owes.
    lines = [
        PostingLine(
            account_id=account_id,
            amount_minor=way * row.amount,
            currency=row.currency,
            base_amount=way * base_amount,
        )
        for account_id, way in ((row.account_id, direction), (row.category_id, -direction))
    ]
    post(
        organization_id=row.organization_id,
        kind="transaction.recorded" if sign > 0 else "transaction.reversed",
        entry_date=row.date,
        at=at,
        source=row,
        postings=lines,
        base_currency=base,
        memo=row.description,
    )
