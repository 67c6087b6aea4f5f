"""Many at once: each row is made or refused by itself, or all of them or none.

A row that is refused leaves nothing behind, and its refusal is returned in its place.
Rows may come as refusals already, where they could not even be read: they stay in their
places, so that a result's position is its row's.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Organization
from billing.bulk_numbering import take_numbers
from billing.models import Customer, Invoice, InvoiceLine, InvoiceTax, NumberRegister
from billing.operations import drafting
from billing.operations.composing import Draft, compose
from billing.operations.lines import look_up
from billing.queries.invoices import attach
from billing.queries.lookup import UnknownReference
from billing.snapshots import invoice_snapshot
from core import events
from core.errors import DomainError, InvalidFields, InvalidValue
from core.many_rows import append_many, give_ids
from core.models import as_uuid
from core.pipeline import check_references, pipelined

MOST_ROWS = 1_000

Row = Mapping[str, Any] | DomainError
Result = Any | DomainError


@transaction.atomic
def create_invoices(
    *,
    actor: Actor,
    at: datetime.datetime,
    rows: Sequence[Row],
    source: str = "web",
    all_or_nothing: bool = False,
    dry_run: bool = False,
) -> list[Invoice | DomainError]:
    """A draft for each row of keywords of create_invoice; in a row's place its refusal.

    Writes what create_invoice writes, table by table instead of invoice by invoice.
    With `all_or_nothing` one refusal refuses all; a dry run writes nothing in the end.
    Raises Forbidden, InvalidValue for too many rows, and InvalidFields naming
    `rows.<index>.<field>` for each refusal where it is all or nothing.
    """
    actor.require("invoices:write")
    _check_size(rows)
    results = _composed(actor.organization_id, at, rows, source)
    if all_or_nothing:
        refuse_together(results)
    drafts = [draft for draft in results if isinstance(draft, Draft)]
    with transaction.atomic():
        if drafts:
            _write(actor, at, drafts)
        if dry_run:
            transaction.set_rollback(True)
    return [each.invoice if isinstance(each, Draft) else each for each in results]


@transaction.atomic
def create_each(
    create: Callable[..., Any],
    *,
    actor: Actor,
    at: datetime.datetime,
    rows: Sequence[Row],
    all_or_nothing: bool = False,
    dry_run: bool = False,
) -> list[Result]:
    """create(actor=…, at=…, **row) for each row, each in a savepoint of its own.

    Raises as create_invoices does.
    """
    _check_size(rows)
    with transaction.atomic():
        results = [_attempt(create, actor, at, row) for row in rows]
        if all_or_nothing:
            refuse_together(results)
        if dry_run:
            transaction.set_rollback(True)
    return results


def refuse_together(results: Sequence[Result]) -> None:
    """Raise InvalidFields for all the refusals among the results, if there are any."""
    errors = [
        (f"rows.{index}.{param}".rstrip("."), code, message)
        for index, result in enumerate(results)
        if isinstance(result, DomainError)
        for param, code, message in _spelled(result)
    ]
    if errors:
        raise InvalidFields(errors)


def _spelled(error: DomainError) -> list[tuple[str, str, str]]:
    if isinstance(error, InvalidFields):
        return error.errors
    return [(error.param or "", error.code, str(error))]


def _check_size(rows: Sequence[Row]) -> None:
    if not rows:
        raise InvalidValue("There must be at least one row.", param="rows")
    if len(rows) > MOST_ROWS:
        raise InvalidValue(f"At most {MOST_ROWS} rows at once.", param="rows")


def _attempt(create: Callable[..., Any], actor: Actor, at: datetime.datetime, row: Row) -> Result:
    if isinstance(row, DomainError):
        return row
    try:
        with transaction.atomic():
            return create(actor=actor, at=at, **row)
    except DomainError as refusal:
        return refusal


def _composed(
    organization_id: int, at: datetime.datetime, rows: Sequence[Row], source: str
) -> list[Draft | DomainError]:
    """Each row added up, after what all of them refer to was found in three statements."""
    readable = [row for row in rows if not isinstance(row, DomainError)]
    customers = _customers(organization_id, readable)
    specs = [
        spec for row in readable for name in ("lines", "charges") for spec in row.get(name) or ()
    ]
    catalogue = look_up(organization_id, specs)
    results: list[Draft | DomainError] = []
    for row in rows:
        if isinstance(row, DomainError):
            results.append(row)
            continue
        values = dict(row)
        reference = values.pop("customer_id")
        try:
            customer = customers.get(reference)
            if customer is None:
                raise UnknownReference(noun="customer", id=reference, param="customer_id")
            results.append(compose(customer, at, catalogue=catalogue, source=source, **values))
        except DomainError as refusal:
            results.append(refusal)
    return results


def _customers(organization_id: int, rows: Sequence[Mapping[str, Any]]) -> dict[Any, Customer]:
    references = {row["customer_id"] for row in rows}
    uuids = {reference: as_uuid(reference) for reference in references}
    found = Customer.objects.of(organization_id).filter(uuid__in=filter(None, uuids.values()))
    by_uuid = {customer.uuid: customer for customer in found.select_related("organization")}
    return {reference: by_uuid[value] for reference, value in uuids.items() if value in by_uuid}


def _write(actor: Actor, at: datetime.datetime, drafts: Sequence[Draft]) -> None:
    """What insert_draft writes, for many, table by table."""
    invoices = [draft.invoice for draft in drafts]
    give_ids(invoices, [line for draft in drafts for line in draft.lines])
    with pipelined():
        _number(actor.organization_id, at, invoices)
        append_many(invoices)
        append_many(_rows(drafts))
        append_many(tax for invoice in invoices for tax in invoice.taxes.all())
        check_references()
        append_many(
            events.draft(
                "invoice.created",
                subject=invoice,
                data=invoice_snapshot(invoice),
                actor=actor,
                at=at,
                sequence=1,
            )
            for invoice in invoices
        )
    events.ring_on_commit()


def _rows(drafts: Sequence[Draft]) -> Iterator[InvoiceLine]:
    """The lines, while invoices get theirs and their taxes."""
    for draft in drafts:
        taxes = drafting.tax_rows(InvoiceTax, draft.invoice, draft.groups)
        for row in (*draft.lines, *taxes):
            row.invoice = draft.invoice
        attach(draft.invoice, draft.lines, taxes)
        yield from draft.lines


def _number(organization_id: int, at: datetime.datetime, invoices: Sequence[Invoice]) -> None:
    organization = invoices[0].organization
    if organization.number_assignment != Organization.NumberAssignment.ON_CREATE:
        return
    numbers = take_numbers(
        organization_id=organization_id,
        document="invoice",
        wanted=[(invoice.pk, invoice.issue_date) for invoice in invoices],
        fate=NumberRegister.Fate.RESERVED,
        at=at,
    )
    for invoice in invoices:
        invoice.number = numbers[invoice.pk]
