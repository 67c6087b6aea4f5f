"""Eighteen months of quotes, invoices and payments, lived through day by day."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from billing.models import Invoice
from billing.operations.document_sending import record_quote_sent
from billing.operations.invoices import create_invoice, delete_invoice
from billing.operations.issuing import issue_invoice
from billing.operations.overdue import note_overdue_in
from billing.operations.quote_answers import (
    accept_quote,
    convert_quote,
    decline_quote,
    open_quote,
)
from billing.operations.quotes import create_quote
from billing.operations.sending import record_sent, record_viewed
from integrations.demo import endings
from integrations.demo.fates import Fate, deal
from integrations.demo.schedules import plan_schedules
from integrations.demo.stage import Account, Shelf
from integrations.demo.story import DAY, HOUR, Story

_QUOTE_ENDS = ("converted", "accepted", "declined", "converted", "expired", "open", "draft")


def tell(story: Story, *, begins: datetime.datetime, invoices: int, quotes: int) -> None:
    """Plan and live through the whole story."""
    span = story.diary.end - begins
    for n, fate in enumerate(deal(invoices, story.rng)):
        # Business grows a little: later invoices lie closer together.
        share = 1000 * (n + 1) // (invoices + 1)
        day = begins + 7 * DAY + (span - 7 * DAY) * (share * (3000 - share) // 2000) / 1000
        story.plan(day, partial(_bill, story, n, fate))
    for n in range(quotes):
        end = _QUOTE_ENDS[n % len(_QUOTE_ENDS)]
        age = story.days(3, 20) if end in ("open", "draft") else story.days(45, 480)
        story.plan(max(story.diary.end - age, begins + 8 * DAY), partial(_offer, story, end))
    _watch(story, begins)
    plan_schedules(story)
    story.diary.live()


def _watch(story: Story, begins: datetime.datetime) -> None:
    """In the morning the scheduler looks for invoices that became overdue.

    Every day of late, once a week before: nobody looks that closely at last year.
    """
    morning = story.diary.end.replace(hour=6, minute=0, second=0, microsecond=0)
    while morning > begins:
        story.diary.plan(morning, partial(_note_overdue, story))
        morning -= DAY if story.diary.end - morning < 30 * DAY else 7 * DAY


def _note_overdue(story: Story, at: datetime.datetime) -> None:
    note_overdue_in(organization=story.organization, at=at)


def _bill(story: Story, n: int, fate: Fate, at: datetime.datetime) -> None:
    account = _customer(story, n)
    invoice = create_invoice(
        actor=story.seller,
        at=at,
        customer_id=account.customer.pk,
        lines=_lines(story, account),
        source="web" if n % 4 else "api",
        **_trimmings(story, n),
    )
    if n % 97 == 40:
        # Written twice by mistake: the number of the deleted draft stays accounted for.
        twin = create_invoice(
            actor=story.seller,
            at=at + HOUR,
            customer_id=account.customer.pk,
            lines=_lines(story, account),
        )
        story.diary.plan(
            at + 6 * DAY,
            lambda then: delete_invoice(actor=story.seller, at=then, invoice_id=twin.pk),
        )
    if fate is not Fate.DRAFT:
        story.diary.plan(at + HOUR / 2, partial(_issue, story, account, invoice.pk, fate))


def _issue(
    story: Story, account: Account, invoice_id: int, fate: Fate, at: datetime.datetime
) -> None:
    invoice = issue_invoice(actor=story.seller, at=at, invoice_id=invoice_id)
    if fate is Fate.ISSUED:
        return
    minutes = datetime.timedelta(minutes=story.rng.randint(1, 9))
    story.diary.plan(
        at + minutes,
        lambda then: record_sent(actor=story.system, at=then, invoice_id=invoice_id),
    )
    if story.rng.random() < 0.8:
        story.diary.plan(
            at + minutes + story.rng.randint(1, 60) * HOUR,
            lambda then: record_viewed(actor=story.system, at=then, invoice_id=invoice_id),
        )
    endings.plan_ending(story, account, invoice, fate, at)


def _customer(story: Story, n: int) -> Account:
    """Everybody once, then more often those at the top of the table."""
    accounts = story.stage.accounts
    if n < len(accounts):
        return accounts[n]
    return accounts[min(story.rng.randrange(len(accounts)), story.rng.randrange(len(accounts)))]


def _lines(story: Story, account: Account) -> list[dict[str, Any]]:
    chosen = story.rng.sample(story.stage.shelves, k=story.rng.choice([1, 1, 2, 2, 3, 4]))
    return [_line(story, account, shelf) for shelf in chosen]


def _line(story: Story, account: Account, shelf: Shelf) -> dict[str, Any]:
    quantity = Decimal(story.rng.randint(1, shelf.article.largest_quantity))
    if shelf.article.unit == "hour" and story.rng.random() < 0.4:
        quantity += Decimal(story.rng.choice(["0.25", "0.5", "0.75"]))
    line: dict[str, Any] = {
        "product_id": shelf.product.pk,
        "quantity": quantity,
        "unit_price": shelf.price_in(account.customer.currency),
        "tax_profile_ids": list(account.tax_ids),
    }
    if quantity >= 100:
        line |= {"discount_type": "percent", "discount_value": Decimal(5)}
    return line


def _trimmings(story: Story, n: int) -> dict[str, Any]:
    """Some invoices have a discount, an order number, another layout."""
    extra: dict[str, Any] = {}
    if n % 9 == 4:
        extra |= {"discount_type": "percent", "discount_value": Decimal(story.rng.choice([5, 10]))}
    if n % 5 == 2:
        extra["purchase_order"] = f"PO-{story.rng.randint(10_000, 99_999)}"
    if n % 11 == 7:
        extra["template"] = story.rng.choice(["tmpl_classic", "tmpl_compact"])
    if n % 13 == 5:
        extra["notes"] = "Includes the changes we agreed on by telephone."
    return extra


def _offer(story: Story, end: str, at: datetime.datetime) -> None:
    account = story.rng.choice(story.stage.accounts)
    quote = create_quote(
        actor=story.seller,
        at=at,
        customer_id=account.customer.pk,
        lines=_lines(story, account),
    )
    if end == "draft":
        return
    steps: list[Callable[[datetime.datetime], object]] = [partial(_send_quote, story, quote.pk)]
    if end in ("accepted", "converted"):
        name = account.customer.name
        steps.append(
            lambda then: accept_quote(
                actor=story.seller, at=then, quote_id=quote.pk, accepted_by=name
            )
        )
    if end == "declined":
        steps.append(
            lambda then: decline_quote(
                actor=story.seller, at=then, quote_id=quote.pk, reason="Went with another studio."
            )
        )
    if end == "converted":
        steps.append(partial(_convert, story, account, quote.pk))
    when = at
    for step in steps:
        when += story.days(1, 4) if when != at else HOUR
        story.diary.plan(when, step)


def _send_quote(story: Story, quote_id: int, at: datetime.datetime) -> None:
    open_quote(actor=story.seller, at=at, quote_id=quote_id)
    record_quote_sent(actor=story.system, at=at, quote_id=quote_id)


def _convert(story: Story, account: Account, quote_id: int, at: datetime.datetime) -> None:
    invoice: Invoice = convert_quote(actor=story.seller, at=at, quote_id=quote_id)
    story.diary.plan(at + HOUR, partial(_issue, story, account, invoice.pk, Fate.PAID))
