"""The Celery tasks. Each looks for due rows in the database and works on what it can claim,
so running one twice, late or not at all only changes when the work is done.
"""

import os
import socket
import time

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts.models import Organization
from accounts.operations.key_expiry import note_expiring_keys
from billing.exports import running as exports
from billing.jobs import running as jobs
from billing.operations.expiring import note_expired
from billing.operations.late_fees import charge_late_fees
from billing.operations.overdue import note_overdue
from billing.operations.recurring_runs import run_due
from billing.operations.releasing import release_due
from billing.operations.reminders import plan_reminders
from billing.operations.scheduled_sends import send_scheduled
from core import seals
from core.models import WorkerHeartbeat
from integrations import relay as outbox_relay
from integrations import retention, strays
from integrations.collectors import callbacks, runner
from integrations.mail import delivery as mail
from integrations.mail.mailbox import read_reports
from integrations.sandbox import clock as test_clock
from integrations.sandbox import daily
from integrations.shops import booking as shops
from integrations.turns import only_one
from integrations.webhooks import delivery as webhooks

# One task's share of a backlog; the next sweep carries on.
ROUNDS = 50
BUDGET_SECONDS = 20
# Of what the scheduler starts once a minute.
LONG_BUDGET_SECONDS = 50


@shared_task
def relay() -> None:
    """Plan what follows from new events, and start the work that became due."""
    for _ in range(ROUNDS):
        if not outbox_relay.relay(limit=200):
            break
    _start_due_work()


@shared_task
def deliver_webhooks() -> None:
    """Make the webhook attempts that are due."""
    with only_one("webhooks") as mine:
        # Whoever has the turn also finds what became due meanwhile.
        if mine:
            # Of this host nobody else delivers, so whoever did before is dead.
            host = socket.gethostname()
            webhooks.deliver_due(timezone.now, budget_seconds=BUDGET_SECONDS, holder=host)


@shared_task
def send_mail() -> None:
    """Send the messages that are due."""
    with only_one("mail") as mine:
        if mine:
            mail.send_due(timezone.now, budget_seconds=BUDGET_SECONDS)


@shared_task
def read_bounces() -> None:
    """Read the delivery reports that came to the bounce mailbox."""
    with only_one("bounces") as mine:
        if mine:
            read_reports(timezone.now)


@shared_task
def book_orders() -> None:
    """Book the deliveries of shops that were not booked when they came."""
    with only_one("shops") as mine:
        if mine:
            shops.book_due(timezone.now, budget_seconds=BUDGET_SECONDS)


@shared_task
def run_jobs() -> None:
    """Do what people ordered for many rows at once."""
    with only_one("jobs") as mine:
        if mine:
            jobs.run_due(timezone.now, budget_seconds=BUDGET_SECONDS)


@shared_task
def make_exports() -> None:
    """Make the files of all data that owners asked for."""
    # Long, and of its own: work on many rows goes on beside it.
    with only_one("exports") as mine:
        if mine:
            exports.run_due(timezone.now)


@shared_task
def collect_invoices() -> None:
    """Visit the sources whose next visit is due."""
    # Visits are long: two at a time on a host, so that the other workers stay free.
    for turn in ("collect-1", "collect-2"):
        with only_one(turn) as mine:
            if mine:
                runner.collect_due(timezone.now, budget_seconds=BUDGET_SECONDS)
                return


@shared_task
def deliver_collected() -> None:
    """Tell the collector's customers what came in."""
    with only_one("callbacks") as mine:
        if mine:
            callbacks.deliver_due(timezone.now, budget_seconds=BUDGET_SECONDS)


@shared_task
def sweep() -> None:
    """Find whatever is due: new events whose ring was lost, retries, leases that ran out."""
    if outbox_relay.has_waiting(timezone.now()):
        relay.delay()
    _start_due_work()


@shared_task
def bring_back_strays() -> None:
    """Bring back the work that a wrong clock planned for another day; tell of what crashes."""
    if not strays.is_wrong(timezone.now()):
        strays.bring_back(timezone.now())
    outbox_relay.tell_of_crashed(timezone.now())


@shared_task
def raise_overdue() -> None:
    """Raise invoice.overdue for invoices whose due date has passed where they were issued."""
    note_overdue(at=timezone.now())


@shared_task
def raise_expired() -> None:
    """Raise quote.expired for quotes that were open on their last day and are so no more."""
    note_expired(at=timezone.now())


@shared_task
def run_recurring() -> None:
    """Make the invoices of recurring invoices whose time has come."""
    with only_one("recurring") as mine:
        # In bites: months of many schedules may be due after an outage, and a task must end.
        enough = time.monotonic() + LONG_BUDGET_SECONDS
        while mine and time.monotonic() < enough:
            if not run_due(at=timezone.now(), limit=10):
                break


@shared_task
def release_invoices() -> None:
    """Let out the invoices whose send date has come."""
    with only_one("releases") as mine:
        if mine:
            release_due(at=timezone.now())
            send_scheduled(at=timezone.now())


@shared_task
def send_reminders() -> None:
    """Queue the reminders whose hour has struck."""
    with only_one("reminders") as mine:
        if mine:
            plan_reminders(at=timezone.now())


@shared_task
def charge_lateness() -> None:
    """Charge late fees and interest whose day has come."""
    with only_one("late-fees") as mine:
        if mine:
            charge_late_fees(at=timezone.now())


@shared_task
def note_ending_keys() -> None:
    """Tell the owners of API keys that end soon."""
    note_expiring_keys(at=timezone.now())


@shared_task
def seal_events() -> None:
    """Go on with the chain over the event log."""
    with only_one("seals") as mine:
        if mine:
            seals.seal_all(owners=Organization.objects.all(), at=timezone.now())


@shared_task
def advance_clocks() -> None:
    """Lead on the sandbox clocks that are on their way."""
    with only_one("clocks") as mine:
        if mine:
            for organization_id in test_clock.journeys():
                test_clock.travel(organization_id, budget_seconds=BUDGET_SECONDS)


@shared_task
def reset_sandboxes() -> None:
    """Empty the sandboxes at night, unless the installation keeps them."""
    if not settings.SANDBOX_RESET_DAILY:
        return
    with only_one("sandboxes") as mine:
        if mine:
            daily.reset_due(timezone.now())


@shared_task
def clean_up() -> None:
    """Delete what is kept for a limited time only, unless this host is not right about the time."""
    if not strays.is_wrong(timezone.now()):
        retention.clean_up(timezone.now())


@shared_task
def heartbeat(queue: str = "default") -> None:
    """Prove that scheduler, broker and the workers of that queue work together."""
    WorkerHeartbeat.objects.update_or_create(
        name=f"{queue}@{socket.gethostname()}",
        defaults={"seen_at": timezone.now(), "details": {"pid": os.getpid()}},
    )


def _start_due_work() -> None:
    at = timezone.now()
    if webhooks.has_due(at):
        deliver_webhooks.delay()
    if mail.has_due(at):
        send_mail.delay()
    if shops.has_due(at):
        book_orders.delay()
    if jobs.has_due(at):
        run_jobs.delay()
    if exports.has_due(at):
        make_exports.delay()
    if runner.has_due(at):
        collect_invoices.delay()
    if callbacks.has_due(at):
        deliver_collected.delay()
    if test_clock.journeys():
        advance_clocks.delay()
