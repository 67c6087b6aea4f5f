"""Making the invoices of recurring invoices when their dates come: each date once (D7)."""

import datetime
import itertools
import logging

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.actors import Actor, system_actor
from accounts.models import Organization
from billing.models import Invoice, RecurringInvoice, RecurringRun
from billing.operations.bulk_runs import LABEL, run_together
from billing.operations.invoices import create_invoice
from billing.operations.issuing import issue_invoice
from billing.operations.recipients import RecipientsSuppressed
from billing.operations.recurring import (
    RecurringEnded,
    close,
    lock_recurring,
    plan_next,
    tell,
)
from billing.operations.recurring_patterns import billable, invoice_values
from billing.operations.sending import request_send
from billing.queries.lookup import Ref
from billing.queries.organizations import today
from billing.queries.recurring import Occurrence, occurrence, schedule_of
from billing.recurring_snapshots import recurring_snapshot, run_snapshot
from billing.snapshots import changed
from core.errors import DomainError, InvalidValue, Kind

logger = logging.getLogger(__name__)
Action = RecurringInvoice.Action


class RunAlreadyMade(DomainError):
    kind, code = Kind.CONFLICT, "run_already_made"
    message = "The invoice of {date} was made already."


def run_due(*, at: datetime.datetime, limit: int = 500) -> int:
    """Make what has become due anywhere, earliest first; how many dates came, at most `limit`.

    A sandbox with a clock of its own goes by that clock. Every date that was missed is
    made with its own issue date. One that fails is recorded and holds up no other.
    """
    its_time = Coalesce("organization__test_clock", Value(at))
    rows = RecurringInvoice.objects.filter(next_run_at__lte=its_time)
    return _run_all(rows, at, limit)


def run_due_in(*, organization: Organization, at: datetime.datetime, limit: int = 500) -> int:
    """The same for one organization at that instant of its own."""
    rows = RecurringInvoice.objects.of(organization.pk).filter(next_run_at__lte=at)
    return _run_all(rows, at, limit)


@transaction.atomic
def run_now(
    *,
    actor: Actor,
    at: datetime.datetime,
    recurring_id: Ref,
    date: datetime.date | None = None,
) -> RecurringRun:
    """Make the invoice of the next date ahead of its time, or of a `date` that was left out.

    A date that is still to come is invoiced today, one that passed with its own date.
    Raises Forbidden, NotFound, RecurringEnded, RunAlreadyMade, InvalidValue, and whatever
    keeps the invoice from being made.
    """
    actor.require("invoices:write")
    recurring = lock_recurring(actor, recurring_id)
    if recurring.action == Action.SEND:
        actor.require("invoices:send")
    when = _occurrence_of(recurring, date)
    runs = RecurringRun.objects.of(actor.organization_id).filter(recurring=recurring)
    run = runs.filter(intended_date=when.date).first()
    if run is not None and run.status == RecurringRun.Status.MADE:
        raise RunAlreadyMade(date=when.date, param="date")
    run = run or RecurringRun(attempts=0)
    issue_date = min(when.issue_date, today(recurring.organization, at))
    invoice = _make(recurring, when, issue_date, actor, at)
    return _keep(recurring, run, when, actor, at, invoice=invoice)


def _occurrence_of(recurring: RecurringInvoice, date: datetime.date | None) -> Occurrence:
    if date is None:
        if recurring.next_index is None:
            raise RecurringEnded()
        return occurrence(recurring, recurring.next_index)
    schedule = schedule_of(recurring)
    index = schedule.first_index_from(date)
    if not schedule.contains(index) or schedule.date(index) != date:
        raise InvalidValue("This is no date of the schedule.", param="date")
    last = recurring.next_date or (recurring.ended_at or recurring.updated_at).date()
    if date > last:
        raise InvalidValue("Other dates come before this one.", param="date")
    return occurrence(recurring, index)


def _run_all(rows: QuerySet[RecurringInvoice], at: datetime.datetime, limit: int) -> int:
    rows = rows.filter(status=RecurringInvoice.Status.ACTIVE).order_by("next_run_at", "pk")
    done = 0
    stuck: set[int] = set()
    while done < limit:
        due = rows.exclude(pk__in=stuck).values_list("organization_id", "next_run_at", "pk")
        batch = list(due[: limit - done])
        if not batch:
            break
        organizations = Organization.objects.in_bulk({row[0] for row in batch})
        # What is due at one instant of one organization is made together.
        for (owner, _), group in itertools.groupby(batch, lambda row: row[:2]):
            together = [pk for *_, pk in group]
            organization = organizations[owner]
            its_time = organization.test_clock or at
            made = _run_together(organization, together, its_time)
            done += len(made)
            for pk in together:
                if pk in made:
                    continue
                try:
                    done += _run(organization, pk, its_time)
                except (OperationalError, InterfaceError):
                    # The database is busy or away; the date is due at the next round.
                    logger.warning("a recurring invoice could not be run", exc_info=True)
                    stuck.add(pk)
    return done


def _run_together(organization: Organization, pks: list[int], at: datetime.datetime) -> set[int]:
    """Which of them were made in one go; what trips it up is left to each one's own run."""
    if len(pks) < 2:
        return set()
    try:
        return run_together(organization, pks, at)
    except Exception:
        logger.exception("%d recurring invoices are made one by one", len(pks))
        return set()


@transaction.atomic
def _run(organization: Organization, pk: int, at: datetime.datetime) -> int:
    actor = system_actor(organization.pk, livemode=organization.livemode, label=LABEL)
    recurring = lock_recurring(actor, pk)
    if recurring.status != RecurringInvoice.Status.ACTIVE or recurring.next_index is None:
        return 0
    when = occurrence(recurring, recurring.next_index)
    if when.run_at > at:
        # The organization moved to another time zone since this was planned.
        RecurringInvoice.objects.of(organization.pk).filter(pk=pk).update(next_run_at=when.run_at)
        return 0
    runs = RecurringRun.objects.of(organization.pk).filter(recurring=recurring)
    if runs.filter(intended_date=when.date).exists():
        _advance(recurring, when, actor, at)
        recurring.save(force_update=True)
        return 0
    run = RecurringRun(attempts=0)
    try:
        with transaction.atomic():
            invoice = _make(recurring, when, when.issue_date, actor, at)
    except DomainError as refusal:
        _keep(recurring, run, when, actor, at, code=refusal.code, error=str(refusal))
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # Whatever it was, the others' invoices are made, and this one's staff is told.
        logger.exception("recurring invoice %s failed", recurring.uuid)
        words = "Something went wrong on our side."
        _keep(recurring, run, when, actor, at, code="internal_error", error=words)
    else:
        _keep(recurring, run, when, actor, at, invoice=invoice)
    return 1


def _make(
    recurring: RecurringInvoice,
    when: Occurrence,
    issue_date: datetime.date,
    actor: Actor,
    at: datetime.datetime,
) -> Invoice:
    customer = billable(recurring.customer)
    values = invoice_values(recurring, when, issue_date)
    invoice = create_invoice(actor=actor, at=at, customer_id=customer.pk, **values)
    if recurring.action == Action.SEND:
        try:
            return request_send(actor=actor, at=at, invoice_id=invoice.pk).invoice
        except RecipientsSuppressed:
            # A mailbox that is gone is no reason not to bill: it stays issued and unsent.
            return issue_invoice(actor=actor, at=at, invoice_id=invoice.pk)
    if recurring.action == Action.ISSUE:
        return issue_invoice(actor=actor, at=at, invoice_id=invoice.pk)
    return invoice


def _keep(
    recurring: RecurringInvoice,
    run: RecurringRun,
    when: Occurrence,
    actor: Actor,
    at: datetime.datetime,
    *,
    invoice: Invoice | None = None,
    code: str = "",
    error: str = "",
) -> RecurringRun:
    """Write down what became of the date, move on to the next, and tell."""
    before = recurring_snapshot(recurring)
    statuses = RecurringRun.Status
    run.organization, run.recurring = recurring.organization, recurring
    run.created_at, run.updated_at = run.created_at or at, at
    run.intended_date = when.date
    run.issue_date = invoice.issue_date if invoice else when.issue_date
    run.status = statuses.MADE if invoice else statuses.FAILED
    run.invoice, run.error_code, run.error = invoice, code[:64], error[:500]
    run.attempts += 1
    run.save()
    if invoice is None:
        recurring.failures_in_a_row += 1
    else:
        recurring.failures_in_a_row = 0
        recurring.runs_made += 1
    recurring.last_error = run.error
    has_ended = _advance(recurring, when, actor, at)
    recurring.updated_at = at
    recurring.save(force_update=True)
    event = "recurring_invoice.run" if invoice else "recurring_invoice.failed"
    previous = changed(before, recurring_snapshot(recurring))
    more = {} if invoice else {"failures_in_a_row": recurring.failures_in_a_row}
    tell(event, recurring, previous, actor, at, run=run_snapshot(run), **more)
    if has_ended:
        tell("recurring_invoice.ended", recurring, {}, actor, at)
    return run


def _advance(
    recurring: RecurringInvoice, when: Occurrence, actor: Actor, at: datetime.datetime
) -> bool:
    """Go on to the date after this one if it was the next; whether that ended the schedule."""
    if recurring.next_index is None:
        return False
    plan_next(recurring, max(recurring.next_index, when.index + 1))
    if recurring.next_index is None:
        close(recurring, at)
        return True
    return False
