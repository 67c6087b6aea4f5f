"""All background work, in order, until nothing is due: what workers do, without a broker."""

import datetime

from django.utils import timezone

from billing.operations.recurring_runs import run_due
from billing.operations.releasing import release_due
from billing.operations.reminders import plan_reminders
from integrations.collectors import callbacks, runner
from integrations.mail import delivery as mail
from integrations.relay import relay
from integrations.sandbox import clock as test_clock
from integrations.shops import booking as shops
from integrations.webhooks import delivery as webhooks


def drain(at: datetime.datetime | None = None) -> int:
    """Do whatever is due at `at`; how many steps it took.

    Recurring invoices, invoices whose day has come, reminders, clocks under way, orders of
    shops, collectors and their callbacks, events, webhooks and mail.

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
            + plan_reminders(at=clock())
            + shops.book_due(clock)
            + runner.collect_due(clock)
            + relay(at=clock())
            + webhooks.deliver_due(clock)
            + callbacks.deliver_due(clock)
            + mail.send_due(clock)
        )
        if not step:
            return done
        done += step
