"""All background work, in order, until nothing is due: what workers do, without a broker."""

import datetime

from django.utils import timezone

from accounts.operations.key_expiry import note_expiring_keys
from billing.exports import running as exports
from billing.jobs import running as jobs
from billing.operations.late_fees import charge_late_fees
from billing.operations.recurring_runs import run_due
from billing.operations.releasing import release_due
from billing.operations.reminders import plan_reminders
from billing.operations.scheduled_sends import send_scheduled
from integrations.collectors import callbacks, runner
from integrations.mail import delivery as mail
from integrations.mail.mailbox import read_reports
from integrations.relay import relay
from integrations.sandbox import clock as test_clock
from integrations.shops import booking as shops
from integrations.webhooks import delivery as webhooks


def drain(at: datetime.datetime | None = None) -> int:
    """Do whatever is due at `at`; how many steps it took.

    Recurring invoices, invoices whose day has come, reminders, late fees, keys that end,
    clocks under way, orders of shops, work on many rows, exports,
    collectors and their callbacks, events, webhooks, mail
    and the reports about it.

    Returns when nothing is due any more. What failed is due again later, so it does not
    keep this from ending. `at` defaults to the present.
    """

    def clock() -> datetime.datetime:
        return at or timezone.now()

    done = 0
    while True:
        for organization_id in test_clock.journeys():
            test_clock.travel(organization_id, budget_seconds=60)
        step = (
            run_due(at=clock())
            + release_due(at=clock())
            + send_scheduled(at=clock())
            + plan_reminders(at=clock())
            + charge_late_fees(at=clock())
            + shops.book_due(clock)
            + jobs.run_due(clock)
            + exports.run_due(clock)
            + note_expiring_keys(at=clock())
            + runner.collect_due(clock)
            + relay(at=clock())
            + webhooks.deliver_due(clock)
            + callbacks.deliver_due(clock)
            + mail.send_due(clock)
            + read_reports(clock)
        )
        if not step:
            return done
        done += step
