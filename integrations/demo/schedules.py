"""What recurs in the demo: care plans and hosting billed by themselves, and who is reminded."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from billing.models import RecurringInvoice, RecurringRun
from billing.operations.late_fee_policies import set_late_fee_policy
from billing.operations.recurring import create_recurring, pause_recurring
from billing.operations.recurring_runs import run_due_in
from billing.operations.reminder_policies import set_reminder_policy
from billing.operations.sending import record_sent
from integrations.demo import endings
from integrations.demo.fates import Fate
from integrations.demo.story import DAY, Story

_MAIL_TAKES = datetime.timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Agreement:
    """A schedule with the buyer at that place of the table, agreed so many days ago."""

    name: str
    buyer: int
    sku: str
    quantity: int
    frequency: str
    days_ago: int
    fields: dict[str, Any]
    is_paused: bool = False


AGREEMENTS = (
    Agreement("Care plan", 1, "CARE-MONTH", 1, "monthly", 70, {"prices": "frozen"}),
    Agreement(
        "Hosting", 3, "HOST-YEAR", 1, "annually", 12, {"notes": "For the year from {period_start}."}
    ),
    Agreement("Copywriting", 2, "COPY-PAGE", 4, "fortnightly", 9, {}, is_paused=True),
)
# Begins next month in live and sandbox alike, so every visitor sees one that is waiting.
COMING = Agreement(
    "Retainer",
    4,
    "DEV-HOUR",
    10,
    "monthly",
    0,
    {"action": "send", "month_rule": "last_weekday", "billing": "in_arrears"},
)


def plan_schedules(story: Story) -> None:
    """Agree on them on their days; each runs in the morning of its dates."""
    if story.organization.livemode:
        for agreement in AGREEMENTS:
            day = story.diary.end - agreement.days_ago * DAY
            story.diary.plan(day, partial(_agree, story, agreement))
    story.diary.plan(story.diary.end, partial(_agree, story, COMING))
    story.diary.plan(story.diary.end, partial(_switch_reminders_on, story))
    story.diary.plan(story.diary.end, partial(_switch_late_fees_on, story))


def _agree(story: Story, agreement: Agreement, at: datetime.datetime) -> None:
    account = story.stage.accounts[agreement.buyer]
    shelf = next(each for each in story.stage.shelves if each.article.sku == agreement.sku)
    fields = {"action": "issue", **agreement.fields}
    if agreement is COMING:
        # Nothing of the visitor's first day is made by the schedule.
        fields["start_date"] = (at + 28 * DAY).date()
    recurring = create_recurring(
        actor=story.seller,
        at=at,
        name=f"{agreement.name}, {account.customer.name}"[:200],
        customer_id=account.customer.pk,
        frequency=agreement.frequency,
        lines=[
            {
                "product_id": shelf.product.pk,
                "quantity": Decimal(agreement.quantity),
                "unit_price": shelf.price_in(account.customer.currency),
                "description": "{period}",
                "tax_profile_ids": list(account.tax_ids),
            }
        ],
        **fields,
    )
    if agreement.is_paused:
        pause_recurring(actor=story.seller, at=at, recurring_id=recurring.pk)
    else:
        _wait(story, recurring, at)


def _wait(story: Story, recurring: RecurringInvoice, at: datetime.datetime) -> None:
    recurring.refresh_from_db()
    if recurring.next_run_at is not None:
        story.diary.plan(max(recurring.next_run_at, at), partial(_run, story, recurring))


def _run(story: Story, recurring: RecurringInvoice, at: datetime.datetime) -> None:
    run_due_in(organization=story.organization, at=at)
    run = RecurringRun.objects.of(story.organization.pk).filter(recurring=recurring)
    latest = run.select_related("invoice").order_by("-intended_date").first()
    account = next(
        each for each in story.stage.accounts if each.customer.pk == recurring.customer_id
    )
    if latest is not None and latest.invoice is not None:
        invoice = latest.invoice
        story.diary.plan(
            at + _MAIL_TAKES,
            lambda then: record_sent(actor=story.system, at=then, invoice_id=invoice.pk),
        )
        endings.plan_ending(story, account, invoice, Fate.PAID, at)
    _wait(story, recurring, at)


def _switch_late_fees_on(story: Story, at: datetime.datetime) -> None:
    # Of the days to come only; what is late already keeps its past.
    set_late_fee_policy(
        actor=story.seller,
        at=at,
        is_enabled=True,
        is_sent=False,
        fee_type="fixed",
        fee_value=Decimal(15),
        grace_days=10,
        interest_rate=Decimal(8),
    )


def _switch_reminders_on(story: Story, at: datetime.datetime) -> None:
    # From today on: mail about the past would greet every visitor.
    set_reminder_policy(actor=story.seller, at=at, is_enabled=True)
