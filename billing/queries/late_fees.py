"""Which late invoice is to be charged for, on which day, and how much.

Civil dates of the organization throughout; amounts in minor units of the late invoice.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from billing.models import (
    Allocation,
    Customer,
    Invoice,
    InvoiceStatus,
    LateFee,
    LateFeePolicy,
)
from billing.queries.disputes import Span, disputed_spans, outside, passed
from billing.queries.reminders import first_sent_date
from billing.totals.arithmetic import PER_CENT, RATE_PLACES, half_up, scaled
from core.money import convert_minor, to_minor

ONE_DAY = datetime.timedelta(days=1)
YEAR_DAYS = 365
Kind = LateFee.Kind


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A day on which something is to be charged; interest is for (start, date]."""

    kind: str
    date: datetime.date
    start: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """What an occurrence comes to. Minor units of the late invoice's currency."""

    base: int
    amount: int


def get_late_fee_policy(organization_id: int, customer: Customer | None = None) -> LateFeePolicy:
    """The customer's own policy or the organization's as it is kept; else an unsaved one, off."""
    rows = LateFeePolicy.objects.of(organization_id)
    own = rows.filter(customer=customer).first() if customer else None
    kept = own or rows.filter(customer=None).first()
    return kept or LateFeePolicy(organization_id=organization_id)


def list_late_fees(invoice: Invoice) -> QuerySet[LateFee]:
    """Those of one invoice, with the invoices that demand them, in the order of their days."""
    rows = LateFee.objects.of(invoice.organization_id).filter(invoice=invoice)
    return rows.select_related("invoice", "fee_invoice").order_by("pk")


def late_fee_of(invoice: Invoice) -> LateFee | None:
    """The fee that this invoice demands; None for any other invoice."""
    rows = LateFee.objects.of(invoice.organization_id).filter(fee_invoice=invoice)
    return rows.select_related("invoice", "fee_invoice").first()


def chargeable(policy: LateFeePolicy, day: datetime.date) -> QuerySet[Invoice]:
    """Open invoices past their grace that the policy is about, by due date.

    Drafts, void and given-up invoices are left alone, disputed ones as long as that lasts
    (C11), and fees bear no fees of their own.
    """
    rows = Invoice.objects.of(policy.organization_id).filter(status=InvoiceStatus.ISSUED)
    rows = rows.filter(disputed_at__isnull=True)
    rows = rows.unsettled().filter(due_date__lt=day - policy.grace_days * ONE_DAY)
    fees = LateFee.objects.filter(fee_invoice=OuterRef("pk"))
    rows = rows.exclude(Exists(fees))
    if policy.customer_id is not None:
        rows = rows.filter(customer_id=policy.customer_id)
    else:
        own = LateFeePolicy.objects.of(policy.organization_id).filter(customer__isnull=False)
        rows = rows.exclude(customer_id__in=own.values("customer_id"))
    return rows.order_by("due_date", "pk")


def occurrences(
    policy: LateFeePolicy, invoice: Invoice, zone: str, until: datetime.date
) -> list[Occurrence]:
    """The days up to `until` that are still to be charged for, earliest first.

    The days of an invoice that was first sent when it was late already count from that
    day, so nothing is charged on it (D10). What falls into a dispute comes after it (C11).
    """
    base = max(invoice.due_date, first_sent_date(invoice, zone))
    charged = dict(_last_charged(invoice))
    days = (*_fee_days(policy, base, until), *_interest_days(policy, base, until))
    came = [
        each
        for each in _after_disputes(days, invoice, charged.get(Kind.INTEREST), until)
        if each.date >= policy.active_since
        and (each.kind not in charged or each.date > charged[each.kind])
    ]
    if policy.every_days is None and Kind.FEE in charged:
        came = [each for each in came if each.kind != Kind.FEE]
    return sorted(came, key=lambda each: (each.date, each.kind))


def charge(policy: LateFeePolicy, invoice: Invoice, when: Occurrence) -> Charge:
    """What the occurrence costs by the policy, before its caps."""
    if when.kind == Kind.INTEREST:
        start = max(when.start or when.date, policy.active_since)
        return _interest(policy, invoice, start, when.date)
    base = invoice.amount_due
    if policy.is_compounding:
        base += sum(fee.amount_due for fee in _fee_invoices(invoice))
    if policy.fee_type == LateFeePolicy.FeeType.FIXED:
        books = invoice.accounting_currency
        return Charge(base, from_books(to_minor(policy.fee_value, books), invoice))
    rate = scaled(policy.fee_value, RATE_PLACES, "fee_value")
    return Charge(base, half_up(base * rate, PER_CENT))


def room(policy: LateFeePolicy, invoice: Invoice) -> int | None:
    """How much more may be charged on the invoice; None means without limit."""
    fees = LateFee.objects.of(invoice.organization_id).filter(invoice=invoice)
    amounts = list(fees.values_list("amount", flat=True))
    if policy.most_fees is not None and len(amounts) >= policy.most_fees:
        return 0
    if policy.most_amount is None:
        return None
    return max(0, from_books(policy.most_amount, invoice) - sum(amounts))


def from_books(minor: int, invoice: Invoice) -> int:
    """Minor units of the books' currency as such of the invoice, at the invoice's rate."""
    if invoice.currency == invoice.accounting_currency:
        return minor
    rate = Decimal(1) / invoice.exchange_rate
    return convert_minor(minor, invoice.accounting_currency, invoice.currency, rate)


def has_coming(organization_id: int) -> bool:
    """Whether a policy is on and something is open that it may come to."""
    enabled = LateFeePolicy.objects.of(organization_id).filter(is_enabled=True)
    return enabled.exists() and Invoice.objects.of(organization_id).open().exists()


def _fee_days(
    policy: LateFeePolicy, base: datetime.date, until: datetime.date
) -> Iterator[Occurrence]:
    if not policy.fee_type:
        return
    day = base + (policy.grace_days + 1) * ONE_DAY
    while day <= until:
        yield Occurrence(Kind.FEE, day)
        if policy.every_days is None:
            return
        day += policy.every_days * ONE_DAY


def _interest_days(
    policy: LateFeePolicy, base: datetime.date, until: datetime.date
) -> Iterator[Occurrence]:
    """After each whole interval beyond the grace; the first one is for the grace as well."""
    if not policy.interest_rate:
        return
    start, step = base, policy.interest_every_days * ONE_DAY
    day = base + policy.grace_days * ONE_DAY + step
    while day <= until:
        yield Occurrence(Kind.INTEREST, day, start)
        start, day = day, day + step


def _after_disputes(
    days: Sequence[Occurrence],
    invoice: Invoice,
    interest_until: datetime.date | None,
    until: datetime.date,
) -> Iterator[Occurrence]:
    """Each put off to the end of a dispute it falls into; of several that meet, the first.

    Interest goes on from where the one before it ended, or from what was charged last.
    """
    spans = disputed_spans(invoice, until) if days else []
    last: dict[str, datetime.date] = {}
    for each in days:
        date, start = passed(each.date, spans), each.start
        if date > until or date == last.get(each.kind):
            continue
        if start is not None:
            start = max(last.get(each.kind, start), interest_until or start)
        last[each.kind] = date
        yield Occurrence(each.kind, date, start)


def _interest(
    policy: LateFeePolicy, invoice: Invoice, start: datetime.date, end: datetime.date
) -> Charge:
    """Each day's balance times the yearly rate, rounded once."""
    documents = [invoice, *(_fee_invoices(invoice) if policy.is_compounding else ())]
    pieces: list[Span] = outside(start, end, disputed_spans(invoice, end))
    days = sum(_balance_days(each, *piece) for each in documents for piece in pieces)
    rate = scaled(policy.interest_rate, RATE_PLACES, "interest_rate")
    base = invoice.amount_due
    return Charge(base, half_up(days * rate, PER_CENT * YEAR_DAYS))


def _balance_days(invoice: Invoice, start: datetime.date, end: datetime.date) -> int:
    """The sum of what was due on each day after `start` up to `end`.

    A payment still bears the interest of the day on which it came.
    """
    start = max(start, invoice.issue_date)
    total = invoice.total * max(0, (end - start).days)
    moved = Allocation.objects.of(invoice.organization_id).filter(invoice=invoice)
    for day, amount in moved.values_list("allocated_on", "amount"):
        total -= amount * max(0, (end - max(day, start)).days)
    return total


def _fee_invoices(invoice: Invoice) -> QuerySet[Invoice]:
    rows = Invoice.objects.of(invoice.organization_id).filter(status=InvoiceStatus.ISSUED)
    return rows.filter(charged_for_late__invoice=invoice)


def _last_charged(invoice: Invoice) -> Iterator[tuple[str, datetime.date]]:
    rows = LateFee.objects.of(invoice.organization_id).filter(invoice=invoice)
    # Ascending, so that the last of each kind stays.
    yield from rows.order_by("intended_date").values_list("kind", "intended_date")
