"""How each invoice of the demo ends, as the bookkeeper of the studio would do it."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from functools import partial

from billing.models import Invoice, Payment
from billing.operations.allocations import allocate
from billing.operations.credit_notes import create_credit_note
from billing.operations.instalments import set_instalments
from billing.operations.issuing import mark_uncollectible, void_invoice
from billing.operations.payments import mark_paid, record_payment, settle_pending
from billing.operations.refunds import refund_payment
from billing.operations.write_offs import write_off
from core.money import from_minor
from integrations.demo.fates import Fate
from integrations.demo.stage import Account
from integrations.demo.story import DAY, Story

Ending = Callable[[Story, Account, int, datetime.datetime], None]
# What somebody pays too much when they mistype, minor units: fifty dollars, 5,000 yen.
_TOO_MUCH = 5_000
_METHODS = {
    "US": ["ach", "check", "card"],
    "CA": ["wire", "card"],
    "GB": ["bank_transfer", "direct_debit", "card"],
    "NL": ["bank_transfer", "direct_debit"],
}


def plan_ending(
    story: Story, account: Account, invoice: Invoice, fate: Fate, at: datetime.datetime
) -> None:
    """Plan what the fate brings, counted from the day of issue."""
    if account.customer.pk in story.credits:
        story.plan(at + DAY, partial(_use_credit, story, account, invoice.pk))
    terms = (invoice.due_date - invoice.issue_date).days
    late = fate in (Fate.LATE, Fate.UNCOLLECTIBLE, Fate.WRITTEN_OFF)
    wait = story.days(terms + 4, terms + 25) if late else story.days(2, max(3, terms - 2))
    if fate in (Fate.ADVANCE, Fate.PENDING):
        wait = story.days(1, 2)
    ending = _ENDINGS.get(fate)
    if ending is not None:
        story.plan(at + wait, partial(ending, story, account, invoice.pk))


def _pay(
    story: Story,
    account: Account,
    invoice_id: int,
    at: datetime.datetime,
    *,
    part: Decimal = Decimal(1),
    extra: int = 0,
    status: str = "succeeded",
    method: str = "",
) -> Payment | None:
    """Pay that part of what is due, and `extra` minor units on top."""
    invoice = _now(story, invoice_id)
    if invoice.amount_due == 0:
        return None
    minor = max(1, int(invoice.amount_due * part)) + extra
    method = method or story.rng.choice(
        _METHODS.get(account.buyer.country, ["bank_transfer", "card", "paypal"])
    )
    is_online = method in ("card", "paypal", "direct_debit")
    return record_payment(
        actor=story.keeper,
        at=at,
        invoice_id=invoice_id,
        amount=from_minor(minor, invoice.currency),
        currency=invoice.currency,
        method=method,
        payment_date=at.date(),
        status=status,
        allow_overpayment=extra > 0,
        gateway="cardhouse" if is_online else "",
        transaction_id=f"ch_{story.organization.pk}_{invoice_id}_{at:%y%m%d%H%M}"
        if is_online
        else "",
        reference="" if is_online else invoice.number or "",
    )


def _now(story: Story, invoice_id: int) -> Invoice:
    """The invoice as it stands: only its own row, which is all that is asked here."""
    return Invoice.objects.of(story.organization.pk).get(pk=invoice_id)


def _paid(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    invoice = _now(story, invoice_id)
    if invoice.amount_due and story.rng.random() < 0.15:
        mark_paid(
            actor=story.keeper,
            at=at,
            invoice_id=invoice_id,
            payment_date=at.date(),
            method="bank_transfer",
            reference=invoice.number or "",
        )
    else:
        _pay(story, account, invoice_id, at)


def _partly(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    part = Decimal(story.rng.choice(["0.25", "0.4", "0.5", "0.6"]))
    _pay(story, account, invoice_id, at, part=part)


def _pending(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    payment = _pay(story, account, invoice_id, at, status="pending", method="direct_debit")
    if payment is not None:
        story.plan(
            at + 7 * DAY,
            lambda then: settle_pending(
                actor=story.keeper, at=then, payment_id=payment.pk, succeeded=True
            ),
        )


def _bounced(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    payment = _pay(story, account, invoice_id, at, status="pending", method="direct_debit")
    if payment is None:
        return

    def fail(then: datetime.datetime) -> None:
        settle_pending(
            actor=story.keeper,
            at=then,
            payment_id=payment.pk,
            succeeded=False,
            failure_reason="Insufficient funds",
        )
        story.plan(then + 3 * DAY, partial(_by_card, story, account, invoice_id))

    story.plan(at + 3 * DAY, fail)


def _by_card(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    _pay(story, account, invoice_id, at, method="card")


def _overpaid(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    payment = _pay(story, account, invoice_id, at, extra=_TOO_MUCH)
    if payment is not None:
        story.credits[account.customer.pk] = payment.pk


def _overpaid_returned(
    story: Story, account: Account, invoice_id: int, at: datetime.datetime
) -> None:
    payment = _pay(story, account, invoice_id, at, extra=_TOO_MUCH)
    if payment is not None:
        story.plan(
            at + 2 * DAY,
            lambda then: refund_payment(
                actor=story.keeper,
                at=then,
                payment_id=payment.pk,
                amount=from_minor(_TOO_MUCH, payment.currency),
                reason="Paid too much",
                refund_date=then.date(),
            ),
        )


def _use_credit(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    payment_id = story.credits.pop(account.customer.pk, None)
    invoice = _now(story, invoice_id)
    if payment_id is not None and invoice.amount_due:
        allocate(
            actor=story.keeper, at=at, on=at.date(), invoice_id=invoice_id, payment_id=payment_id
        )


def _tolerated(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    """A few cents short: within the studio's tolerance, so they are written off."""
    extra = -30 if account.customer.currency != "JPY" else 0
    _pay(story, account, invoice_id, at, extra=extra)


def _in_parts(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    invoice = _now(story, invoice_id)
    first = max(invoice.due_date, at.date())
    set_instalments(
        actor=story.keeper,
        at=at,
        invoice_id=invoice_id,
        due_dates=[first, first + 30 * DAY, first + 60 * DAY],
    )
    for share, days in ((Decimal(1) / 3, 5), (Decimal(1) / 2, 34), (Decimal(1), 63)):
        story.plan(at + days * DAY, partial(_share, story, account, invoice_id, share))


def _share(
    story: Story, account: Account, invoice_id: int, part: Decimal, at: datetime.datetime
) -> None:
    _pay(story, account, invoice_id, at, part=part)


def _collected(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    """Pay everything that is open for the customer with one transfer (oldest due first)."""
    rows = Invoice.objects.of(story.organization.pk).open().filter(customer=account.customer)
    due = sum(invoice.amount_due for invoice in rows.filter(currency=account.customer.currency))
    busy = Payment.objects.of(story.organization.pk).filter(
        customer=account.customer, status=Payment.Status.PENDING
    )
    if due and not busy.exists():
        record_payment(
            actor=story.keeper,
            at=at,
            customer_id=account.customer.pk,
            amount=from_minor(due, account.customer.currency),
            currency=account.customer.currency,
            method="bank_transfer",
            payment_date=at.date(),
            reference="Collective payment",
        )


def _credited_part(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    invoice = _now(story, invoice_id)
    line = invoice.lines.order_by("position")[0]
    create_credit_note(
        actor=story.keeper,
        at=at,
        invoice_id=invoice_id,
        lines=[{"invoice_line_id": line.pk, "quantity": min(line.quantity, Decimal(1))}],
        reason="Less was needed than we had planned",
    )
    story.plan(at + 5 * DAY, partial(_paid, story, account, invoice_id))


def _credited_refunded(
    story: Story, account: Account, invoice_id: int, at: datetime.datetime
) -> None:
    _credit_whole(story, account, invoice_id, at, "refund_amount", "Project cancelled")


def _credited_kept(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    _credit_whole(story, account, invoice_id, at, "credit_amount", "Will be billed again")


def _credit_whole(
    story: Story,
    account: Account,
    invoice_id: int,
    at: datetime.datetime,
    split: str,
    reason: str,
) -> None:
    if _pay(story, account, invoice_id, at) is None:
        return

    def credit(then: datetime.datetime) -> None:
        invoice = _now(story, invoice_id)
        create_credit_note(
            actor=story.keeper,
            at=then,
            invoice_id=invoice_id,
            reason=reason,
            **{split: from_minor(invoice.amount_paid, invoice.currency)},  # type: ignore[arg-type]
        )

    story.plan(at + 9 * DAY, credit)


def _goodwill(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    """Money back without a credit note: what was given back is due again (C5)."""
    payment = _pay(story, account, invoice_id, at)
    if payment is not None:
        story.plan(
            at + 3 * DAY,
            lambda then: refund_payment(
                actor=story.keeper,
                at=then,
                payment_id=payment.pk,
                amount=from_minor(max(1, payment.amount // 4), payment.currency),
                reason="Charged to the wrong card",
                refund_date=then.date(),
            ),
        )


def _void(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    invoice = _now(story, invoice_id)
    if invoice.amount_due == invoice.total:
        void_invoice(actor=story.seller, at=at, invoice_id=invoice_id, reason="Sent twice")


def _given_up(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    if _now(story, invoice_id).amount_due:
        mark_uncollectible(actor=story.keeper, at=at, invoice_id=invoice_id)


def _written_off(story: Story, account: Account, invoice_id: int, at: datetime.datetime) -> None:
    _given_up(story, account, invoice_id, at)

    def write_the_rest_off(then: datetime.datetime) -> None:
        # The customer's credit may have settled it in the meantime.
        if _now(story, invoice_id).amount_due:
            write_off(
                actor=story.keeper,
                at=then,
                invoice_id=invoice_id,
                on=then.date(),
                reason="Customer insolvent",
            )

    story.plan(at + 30 * DAY, write_the_rest_off)


_ENDINGS: dict[Fate, Ending] = {
    Fate.PAID: _paid,
    Fate.LATE: _paid,
    Fate.COLLECTED: _collected,
    Fate.PARTIAL: _partly,
    Fate.ADVANCE: _partly,
    Fate.PENDING: _pending,
    Fate.BOUNCED: _bounced,
    Fate.OVERPAID: _overpaid,
    Fate.OVERPAID_RETURNED: _overpaid_returned,
    Fate.TOLERATED: _tolerated,
    Fate.INSTALMENTS: _in_parts,
    Fate.CREDITED_PART: _credited_part,
    Fate.CREDITED_REFUNDED: _credited_refunded,
    Fate.CREDITED_KEPT: _credited_kept,
    Fate.GOODWILL: _goodwill,
    Fate.VOID: _void,
    Fate.UNCOLLECTIBLE: _given_up,
    Fate.WRITTEN_OFF: _written_off,
}
