"""The inbox of supplier invoices: received, corrected, approved into the books or rejected."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing.models import LedgerAccount, Transaction
from billing.operations.fields import clean_date, clean_money
from billing.operations.transactions import record_transaction
from billing.queries.lookup import Ref, find, refer
from core import text
from core.currencies import get_currency
from core.errors import DomainError, InvalidValue, Kind
from core.lifecycle import Lifecycle
from core.money import from_minor
from integrations.collectors import cabinet, intake, suppliers, vault
from integrations.collectors.receiving import (
    WRITE,
    DocumentKnown,
    Status,
    note,
    own_document,
    snapshot,
)
from integrations.models import SupplierInvoice

LIFE = Lifecycle(
    "supplier invoice",
    {
        (Status.OPEN, "correct"): Status.OPEN,
        (Status.OPEN, "approve"): Status.APPROVED,
        (Status.OPEN, "reject"): Status.REJECTED,
        (Status.REJECTED, "reopen"): Status.OPEN,
    },
)


class DocumentErased(DomainError):
    kind, code = Kind.UNAVAILABLE, "document_erased"
    message = "The document cannot be opened."


@transaction.atomic
def correct(
    *, actor: Actor, at: datetime.datetime, invoice_id: Ref, **values: Any
) -> SupplierInvoice:
    """Change the draft: supplier_name, number, issue_date, due_date, currency, total (major
    units), category_id. Raises Forbidden, NotFound, InvalidValue, TransitionRefused.
    """
    actor.require(WRITE)
    row = _locked(actor, invoice_id)
    LIFE.next(row.status, "correct")
    before = snapshot(row)
    _write(row, values)
    after = snapshot(row)
    changed = {name: value for name, value in before.items() if after[name] != value}
    if changed:
        row.updated_at = at
        row.save()
        note("corrected", row, actor, at, previous=changed)
    return row


@transaction.atomic
def approve(
    *,
    actor: Actor,
    at: datetime.datetime,
    invoice_id: Ref,
    account_id: Ref | None = None,
    description: str = "",
) -> SupplierInvoice:
    """Write the draft into the books as an expense, of a credit note as income, and remember
    what the supplier's invoices are filed under. The document stays with it for good.

    Raises Forbidden, NotFound, InvalidValue, TransitionRefused, AccountUnsuitable, DocumentErased.
    """
    actor.require(WRITE)
    row = _locked(actor, invoice_id)
    row.status = LIFE.next(row.status, "approve")
    for name, wanted in (
        ("total", row.total),
        ("currency", row.currency),
        ("issue_date", row.issue_date),
        ("supplier_name", row.supplier_name),
    ):
        if not wanted:
            raise InvalidValue("This is needed for the books.", param=name)
    if row.total is None or row.issue_date is None:
        raise InvalidValue("This is needed for the books.", param="total")
    row.transaction = record_transaction(
        actor=actor,
        at=at,
        kind=kind_of(row),
        amount=from_minor(row.total, row.currency),
        date=row.issue_date,
        currency=row.currency,
        account_id=account_id,
        category_id=row.category_id,
        description=description or " ".join(filter(None, (row.supplier_name, row.number))),
        reference=row.number[:100],
    )
    suppliers.remember(row, at)
    _decide(row, actor, at)
    if not row.storage_name:
        content = b"".join(document(row))
        own_document(row)
        cabinet.store(row, content)
    row.save()
    note("approved", row, actor, at)
    return row


@transaction.atomic
def reject(
    *, actor: Actor, at: datetime.datetime, invoice_id: Ref, reason: str = ""
) -> SupplierInvoice:
    """Lay it aside: nothing is booked.

    Raises Forbidden, NotFound, TransitionRefused, InvalidValue.
    """
    actor.require(WRITE)
    row = _locked(actor, invoice_id)
    row.status = LIFE.next(row.status, "reject")
    row.reason = text.clean_line(reason, param="reason", max_length=500)
    _decide(row, actor, at)
    row.save()
    note("rejected", row, actor, at)
    return row


@transaction.atomic
def reopen(*, actor: Actor, at: datetime.datetime, invoice_id: Ref) -> SupplierInvoice:
    """Take a rejected one up again.

    Raises Forbidden, NotFound, TransitionRefused, DocumentKnown.
    """
    actor.require(WRITE)
    row = _locked(actor, invoice_id)
    row.status = LIFE.next(row.status, "reopen")
    twins = SupplierInvoice.objects.of(actor.organization_id).filter(sha256=row.sha256)
    if twins.exclude(pk=row.pk).exclude(status=Status.REJECTED).exists():
        raise DocumentKnown()
    row.reason, row.decided_at, row.decided_by, row.updated_at = "", None, "", at
    row.save()
    note("reopened", row, actor, at)
    return row


def document(row: SupplierInvoice) -> Iterator[bytes]:
    """Its document, piece by piece. Raises DocumentErased before the first."""
    try:
        if row.storage_name:
            pieces = cabinet.opened(row)
        elif row.collected is not None:
            pieces = iter([intake.document_of(row.collected, row.collected.credential)])
        else:
            raise DocumentErased()
        first = next(pieces)
    except (vault.SealBroken, cabinet.DocumentMissing):
        raise DocumentErased() from None
    return _after(first, pieces)


def erase_with(credential_ids: list[int]) -> None:
    """Forget what came through those credentials, unless it is in the books."""
    rows = SupplierInvoice.objects.filter(collected__credential_id__in=credential_ids)
    rows.exclude(status=Status.APPROVED).delete()


def kind_of(row: SupplierInvoice) -> Transaction.Kind:
    """What it is in the books: a supplier's credit note brings money back."""
    return Transaction.Kind.INCOME if row.is_credit_note else Transaction.Kind.EXPENSE


def _write(row: SupplierInvoice, values: dict[str, Any]) -> None:
    for name, most in (("supplier_name", 300), ("number", 100)):
        if name in values:
            setattr(row, name, text.clean_line(values[name] or "", param=name, max_length=most))
    for name in ("issue_date", "due_date"):
        if name in values:
            day = values[name]
            setattr(row, name, None if day is None else clean_date(day, param=name))
    if "currency" in values:
        row.currency = get_currency(values["currency"]).code
    if "total" in values:
        row.total = _minor(values["total"], row.currency)
    if "category_id" in values:
        row.category = _category(row, values["category_id"])
    row.supplier_key = suppliers.key_of(row.supplier_name, row.supplier_tax_id)


def _minor(total: Decimal | None, currency: str) -> int | None:
    if total is None:
        return None
    if not currency:
        raise InvalidValue("An amount needs its currency.", param="currency")
    minor = clean_money(total, currency, param="total")
    if minor <= 0:
        raise InvalidValue("The amount must be greater than 0.", param="total")
    return minor


def _category(row: SupplierInvoice, reference: Ref | None) -> LedgerAccount | None:
    if reference is None:
        return None
    rows = LedgerAccount.objects.of(row.organization_id).filter(type=kind_of(row))
    return refer(rows, reference, "category", "category_id")


def _decide(row: SupplierInvoice, actor: Actor, at: datetime.datetime) -> None:
    row.decided_at = row.updated_at = at
    row.decided_by = actor.label[:200]


def _locked(actor: Actor, reference: Ref) -> SupplierInvoice:
    rows = SupplierInvoice.objects.of(actor.organization_id)
    return find(rows.select_for_update(of=("self",)), reference, "supplier invoice")


def _after(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
