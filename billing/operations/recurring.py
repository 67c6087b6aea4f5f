"""Recurring invoices: agree on one, change it, pause and resume it, end it."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing.lifecycle import RECURRING_INVOICE
from billing.models import Customer, RecurringInvoice, RecurringLine
from billing.operations.lines import Spec
from billing.operations.recurring_patterns import (
    SCHEDULE,
    TEXTS,
    check_pattern,
    specs_after,
    specs_of,
    write_fields,
    write_lines,
)
from billing.queries.customers import refer_customer
from billing.queries.invoices import attach, get_invoice
from billing.queries.lookup import Ref, find, refer
from billing.queries.organizations import today
from billing.queries.recurring import get_recurring, occurrence, schedule_of
from billing.recurring_snapshots import recurring_snapshot
from billing.snapshots import changed
from core.errors import DomainError, InvalidValue, Kind
from core.events import emit
from core.staleness import refuse_stale

# What one run of the workers may have to catch up with when a start lies in the past.
MOST_BACKFILLED = 500


class RecurringEnded(DomainError):
    kind, code = Kind.CONFLICT, "recurring_invoice_ended"
    message = "The recurring invoice has ended and cannot be changed."


@transaction.atomic
def create_recurring(
    *,
    actor: Actor,
    at: datetime.datetime,
    customer_id: Ref,
    lines: Sequence[Spec],
    frequency: str,
    start_date: datetime.date | None = None,
    backfill: bool = False,
    **fields: Any,
) -> RecurringInvoice:
    """A schedule that makes invoices from now on; `lines` as for create_invoice.

    `fields` are those in recurring_patterns.EDITABLE. It starts today where the
    organization is unless told otherwise. A start in the past is only the anchor, unless
    `backfill` asks for the invoices of the dates since. Raises Forbidden, InvalidValue,
    UnknownReference, UnknownCurrency, CustomerArchived, and what create_invoice raises.
    """
    actor.require("invoices:write")
    customer = refer_customer(actor.organization_id, customer_id)
    organization = customer.organization
    recurring = RecurringInvoice(
        organization=organization,
        customer=customer,
        start_date=today(organization, at),
        created_at=at,
        updated_at=at,
    )
    given = {name: value for name, value in fields.items() if value is not None}
    write_fields(recurring, {"frequency": frequency, "start_date": start_date, **given})
    _require_send(actor, recurring)
    rows = write_lines(recurring, check_pattern(recurring, lines, at), lines)
    earliest = recurring.start_date if backfill else today(organization, at)
    plan_next(recurring, schedule_of(recurring).first_index_from(earliest))
    _refuse_long_backfill(recurring, today(organization, at))
    if recurring.next_index is None:
        raise InvalidValue("The schedule ended before today.", param="end_date")
    recurring.save(force_insert=True)
    _insert_lines(recurring, rows)
    data = recurring_snapshot(recurring)
    emit(
        "recurring_invoice.created",
        subject=recurring,
        data=data,
        actor=actor,
        at=at,
        sequence=1,
    )
    return recurring


@transaction.atomic
def repeat_invoice(
    *, actor: Actor, at: datetime.datetime, invoice_id: Ref, frequency: str, **fields: Any
) -> RecurringInvoice:
    """A schedule after the pattern of an invoice: its customer, lines, prices, taxes, texts.

    `fields` as for create_recurring. Raises Forbidden, NotFound, and what that raises.
    """
    actor.require("invoices:write")
    invoice = get_invoice(actor.organization_id, invoice_id)
    pattern = {
        name: getattr(invoice, name)
        for name in ("currency", "prices_include_tax", "discount_type", "discount_value", *TEXTS)
    }
    return create_recurring(
        actor=actor,
        at=at,
        customer_id=invoice.customer_id,
        lines=specs_after(invoice.lines.all()),
        frequency=frequency,
        **{**pattern, **fields},
    )


@transaction.atomic
def update_recurring(
    *,
    actor: Actor,
    at: datetime.datetime,
    recurring_id: Ref,
    customer_id: Ref | None = None,
    lines: Sequence[Spec] | None = None,
    expected_sequence: int | None = None,
    **changes: Any,
) -> RecurringInvoice:
    """Change what the next invoices are like, and when; those that were made stay.

    Lines are replaced as a whole. A changed schedule goes on with its first date that is
    not before today and after the last one that came. Raises Forbidden, NotFound,
    RecurringEnded, ChangedMeanwhile, and what create_recurring raises.
    """
    actor.require("invoices:write")
    recurring = lock_recurring(actor, recurring_id)
    refuse_stale(recurring, expected_sequence)
    require_running(recurring)
    before = recurring_snapshot(recurring)
    if customer_id is not None:
        customers = Customer.objects.of(actor.organization_id).select_related("organization")
        recurring.customer = refer(customers, customer_id, "customer", "customer_id")
    write_fields(recurring, changes)
    _require_send(actor, recurring)
    specs = specs_of(recurring.lines.all()) if lines is None else lines
    draft = check_pattern(recurring, specs, at)
    if lines is not None or changes.get("prices"):
        rows = write_lines(recurring, draft, specs)
        RecurringLine.objects.of(actor.organization_id).filter(recurring=recurring).delete()
        _insert_lines(recurring, rows)
    if SCHEDULE & changes.keys():
        _replan(recurring, at)
    elif recurring.next_index is not None:
        plan_next(recurring, recurring.next_index)
    previous = changed(before, recurring_snapshot(recurring))
    if previous:
        recurring.version += 1
        _save(recurring, "recurring_invoice.updated", before, actor, at)
    return recurring


@transaction.atomic
def pause_recurring(
    *, actor: Actor, at: datetime.datetime, recurring_id: Ref, reason: str = ""
) -> RecurringInvoice:
    """Make no invoices until it is resumed. Raises Forbidden, NotFound, TransitionRefused."""
    actor.require("invoices:write")
    recurring = lock_recurring(actor, recurring_id)
    before = recurring_snapshot(recurring)
    recurring.status = RECURRING_INVOICE.next(recurring.status, "pause")
    recurring.paused_at = at
    return _save(recurring, "recurring_invoice.paused", before, actor, at)


@transaction.atomic
def resume_recurring(
    *, actor: Actor, at: datetime.datetime, recurring_id: Ref, make_missed: bool = False
) -> RecurringInvoice:
    """Go on. Dates that passed during the pause are left out, or all made with `make_missed`.

    Raises Forbidden, NotFound, TransitionRefused.
    """
    actor.require("invoices:write")
    recurring = lock_recurring(actor, recurring_id)
    before = recurring_snapshot(recurring)
    recurring.status = RECURRING_INVOICE.next(recurring.status, "resume")
    recurring.paused_at = None
    if not make_missed and recurring.next_index is not None:
        day = today(recurring.organization, at)
        first = schedule_of(recurring).first_index_from(day)
        plan_next(recurring, max(recurring.next_index, first))
    if recurring.next_index is None:
        close(recurring, at)
    recurring = _save(recurring, "recurring_invoice.resumed", before, actor, at)
    if recurring.status == RecurringInvoice.Status.ENDED:
        tell("recurring_invoice.ended", recurring, {}, actor, at)
    return recurring


@transaction.atomic
def end_recurring(*, actor: Actor, at: datetime.datetime, recurring_id: Ref) -> RecurringInvoice:
    """Make no more invoices, for ever. Raises Forbidden, NotFound, TransitionRefused."""
    actor.require("invoices:write")
    recurring = lock_recurring(actor, recurring_id)
    before = recurring_snapshot(recurring)
    close(recurring, at)
    return _save(recurring, "recurring_invoice.ended", before, actor, at)


def lock_recurring(actor: Actor, reference: Ref) -> RecurringInvoice:
    """The row, locked, with customer, organization and lines. Raises NotFound."""
    rows = RecurringInvoice.objects.of(actor.organization_id).select_for_update()
    found = find(rows, reference, "recurring invoice")
    return get_recurring(actor.organization_id, found.pk)


def require_running(recurring: RecurringInvoice) -> None:
    """Raises RecurringEnded."""
    if recurring.status == RecurringInvoice.Status.ENDED:
        raise RecurringEnded()


def plan_next(recurring: RecurringInvoice, index: int) -> None:
    """Set the next date to that index of the schedule, or to none when there is no such date."""
    made_all = recurring.occurrences is not None and recurring.runs_made >= recurring.occurrences
    if made_all or not schedule_of(recurring).contains(index):
        recurring.next_index = recurring.next_date = recurring.next_run_at = None
        return
    when = occurrence(recurring, index)
    recurring.next_index, recurring.next_date = index, when.date
    recurring.next_run_at = when.run_at


def close(recurring: RecurringInvoice, at: datetime.datetime) -> None:
    """End it without saving. Raises TransitionRefused."""
    recurring.status = RECURRING_INVOICE.next(recurring.status, "end")
    recurring.next_index = recurring.next_date = recurring.next_run_at = None
    recurring.ended_at, recurring.paused_at = at, None


def tell(
    event: str,
    recurring: RecurringInvoice,
    previous: dict[str, Any],
    actor: Actor,
    at: datetime.datetime,
    **more: Any,
) -> None:
    """Emit an event about it as it is now; `more` stands beside its fields."""
    data = {**recurring_snapshot(recurring), **more}
    emit(event, subject=recurring, data=data, previous=previous, actor=actor, at=at)


def _save(
    recurring: RecurringInvoice,
    event: str,
    before: dict[str, Any],
    actor: Actor,
    at: datetime.datetime,
) -> RecurringInvoice:
    recurring.updated_at = at
    recurring.save(force_update=True)
    tell(event, recurring, changed(before, recurring_snapshot(recurring)), actor, at)
    return recurring


def _replan(recurring: RecurringInvoice, at: datetime.datetime) -> None:
    day = today(recurring.organization, at)
    last = recurring.runs.order_by("-intended_date").values_list("intended_date", flat=True).first()
    if last is not None:
        day = max(day, last + datetime.timedelta(days=1))
    plan_next(recurring, schedule_of(recurring).first_index_from(day))
    if recurring.next_index is None:
        raise InvalidValue("No date of this schedule is left.", param="end_date")


def _refuse_long_backfill(recurring: RecurringInvoice, day: datetime.date) -> None:
    if recurring.next_index is None:
        return
    if schedule_of(recurring).first_index_from(day) - recurring.next_index > MOST_BACKFILLED:
        raise InvalidValue(
            f"More than {MOST_BACKFILLED} dates have passed since then.", param="start_date"
        )


def _require_send(actor: Actor, recurring: RecurringInvoice) -> None:
    if recurring.action == RecurringInvoice.Action.SEND:
        actor.require("invoices:send")


def _insert_lines(recurring: RecurringInvoice, rows: list[RecurringLine]) -> None:
    for row in rows:
        row.recurring = recurring
    RecurringLine.objects.bulk_create(rows)
    attach(recurring, rows)  # type: ignore[arg-type]
