"""Making the invoices of many recurring invoices that are due at one instant.

What recurring_runs does for one date at a time, table by table. Whatever is out of the
ordinary, a refusal above all, is left to it. A test proves that the rows are the same.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Prefetch

from accounts.actors import Actor, system_actor
from accounts.models import Organization
from billing.models import RecurringInvoice, RecurringLine, RecurringRun
from billing.operations.bulk_issuing import (
    Issued,
    are_in_order,
    is_simple,
    issue_together,
    send_together,
    tell_together,
    write_together,
)
from billing.operations.composing import Draft, compose
from billing.operations.ledger import ensure_chart
from billing.operations.lines import look_up
from billing.operations.recipients import Recipients, recipients_of_each
from billing.operations.recurring import close, plan_next
from billing.operations.recurring_patterns import billable, invoice_values
from billing.ports import MAIL
from billing.queries.recurring import Occurrence, occurrence
from billing.queries.suppressions import NO_AUTOMATIC_MAIL
from billing.recurring_snapshots import recurring_snapshot, run_snapshot
from billing.snapshots import Snapshot, changed
from core import events
from core.errors import DomainError
from core.many_rows import append_many, update_many
from core.models import Event
from core.pipeline import check_references, pipelined
from core.rows import new_row

Action = RecurringInvoice.Action
LABEL = "recurring invoices"
_MOVED = (
    *("next_index", "next_date", "next_run_at", "runs_made", "failures_in_a_row", "last_error"),
    *("status", "ended_at", "paused_at", "updated_at"),
)


@dataclass(slots=True)
class _Due:
    """One date that came: what it is to make, and for whom."""

    recurring: RecurringInvoice
    when: Occurrence
    before: Snapshot
    draft: Draft
    recipients: Recipients | None = None


@transaction.atomic
def run_together(organization: Organization, pks: Sequence[int], at: datetime.datetime) -> set[int]:
    """Make the invoices of those that are simple, in the given order; which these were.

    The others, and those that somebody else made meanwhile, are not touched.
    """
    actor = system_actor(organization.pk, livemode=organization.livemode, label=LABEL)
    found = _addressed(_composed(organization, pks, at))
    if len(found) < 2 or not are_in_order(organization.pk, [each.draft for each in found]):
        return set()
    accounts = ensure_chart(organization.pk, at)
    last = events.latest_sequences("recurringinvoice", [each.recurring.pk for each in found])
    with pipelined():
        issued = issue_together(actor=actor, at=at, drafts=[each.draft for each in found])
        _send(found, issued, actor, at)
        write_together(issued, at, accounts)
        runs = _keep(found, issued, at)
        check_references()
        postman = system_actor(organization.pk, livemode=organization.livemode, label=MAIL)
        append_many(tell_together(issued, actor=actor, postman=postman, at=at))
        append_many(_tell_runs(found, issued, runs, last, actor, at))
    events.ring_on_commit()
    return {each.recurring.pk for each in found}


def _send(
    found: Sequence[_Due], issued: Sequence[Issued], actor: Actor, at: datetime.datetime
) -> None:
    mailed = [
        (each, due.recipients)
        for each, due in zip(issued, found, strict=True)
        if due.recipients is not None
    ]
    send_together(
        actor=actor,
        at=at,
        issued=[each for each, _ in mailed],
        recipients=[whom for _, whom in mailed],
    )


def _composed(organization: Organization, pks: Sequence[int], at: datetime.datetime) -> list[_Due]:
    """Those that are still due, locked, each with the invoice that it is to make."""
    rows = RecurringInvoice.objects.of(organization.pk).filter(
        pk__in=pks, status=RecurringInvoice.Status.ACTIVE
    )
    # Locked in one order, then read anew, as for one.
    list(rows.order_by("pk").select_for_update().values_list("pk"))
    lines = RecurringLine.objects.of(organization.pk).select_related("product")
    by_pk = {
        row.pk: row
        for row in rows.exclude(action=Action.DRAFT)
        .filter(next_run_at__lte=at)
        .select_related("customer")
        .prefetch_related(Prefetch("lines", lines))
    }
    wanted = [by_pk[pk] for pk in pks if pk in by_pk]
    dates = _dates(organization, wanted, at)
    specs = [
        (recurring, when, invoice_values(recurring, when, when.issue_date))
        for recurring, when in dates
    ]
    catalogue = look_up(organization.pk, [spec for *_, row in specs for spec in row["lines"]])
    made = []
    for recurring, when, values in specs:
        try:
            customer = billable(recurring.customer)
            draft = compose(customer, at, catalogue=catalogue, **values)
        except DomainError:
            continue
        if is_simple(draft):
            made.append(_Due(recurring, when, recurring_snapshot(recurring), draft))
    return made


def _dates(
    organization: Organization, rows: Sequence[RecurringInvoice], at: datetime.datetime
) -> list[tuple[RecurringInvoice, Occurrence]]:
    """The date of each that has truly come and was not made by hand."""
    runs = RecurringRun.objects.of(organization.pk).filter(
        recurring_id__in=[row.pk for row in rows], intended_date__in={row.next_date for row in rows}
    )
    made = set(runs.values_list("recurring_id", "intended_date"))
    found = []
    for recurring in rows:
        recurring.organization = recurring.customer.organization = organization
        if recurring.next_index is None:
            continue
        when = occurrence(recurring, recurring.next_index)
        if when.run_at <= at and (recurring.pk, when.date) not in made:
            found.append((recurring, when))
    return found


def _addressed(found: Sequence[_Due]) -> list[_Due]:
    """Without those whose mail would be refused."""
    mailed = [each for each in found if each.recurring.action == Action.SEND]
    everyone = recipients_of_each(
        [each.draft.invoice for each in mailed], without=NO_AUTOMATIC_MAIL
    )
    for each, whom in zip(mailed, everyone, strict=True):
        each.recipients = whom if isinstance(whom, Recipients) else None
    return [
        each
        for each in found
        if each.recurring.action != Action.SEND or each.recipients is not None
    ]


def _keep(
    found: Sequence[_Due], issued: Sequence[Issued], at: datetime.datetime
) -> list[RecurringRun]:
    """Write down each date, and move each schedule on."""
    runs = [
        new_row(
            RecurringRun,
            organization_id=each.recurring.organization_id,
            recurring_id=each.recurring.pk,
            created_at=at,
            updated_at=at,
            intended_date=each.when.date,
            issue_date=made.invoice.issue_date,
            status=RecurringRun.Status.MADE,
            invoice_id=made.invoice.pk,
            attempts=1,
        )
        for each, made in zip(found, issued, strict=True)
    ]
    append_many(runs)
    for each in found:
        recurring = each.recurring
        recurring.failures_in_a_row, recurring.last_error = 0, ""
        recurring.runs_made += 1
        plan_next(recurring, max(recurring.next_index or 0, each.when.index + 1))
        if recurring.next_index is None:
            close(recurring, at)
        recurring.updated_at = at
    update_many([each.recurring for each in found], _MOVED)
    return runs


def _tell_runs(
    found: Sequence[_Due],
    issued: Sequence[Issued],
    runs: Sequence[RecurringRun],
    last: dict[int, int],
    actor: Actor,
    at: datetime.datetime,
) -> Iterator[Event]:
    """An event for each date, after the `last` of its schedule, and one for each that ended."""
    for each, made, run in zip(found, issued, runs, strict=True):
        recurring, run.invoice = each.recurring, made.invoice
        after = recurring_snapshot(recurring)
        sequence = last.get(recurring.pk, 0) + 1
        yield events.draft(
            "recurring_invoice.run",
            subject=recurring,
            data={**after, "run": run_snapshot(run)},
            previous=changed(each.before, after),
            actor=actor,
            at=at,
            sequence=sequence,
        )
        if recurring.next_index is None:
            yield events.draft(
                "recurring_invoice.ended",
                subject=recurring,
                data=after,
                actor=actor,
                at=at,
                sequence=sequence + 1,
            )
