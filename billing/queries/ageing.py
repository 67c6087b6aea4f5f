"""How old what is owed was on any civil date, in buckets by days past due.

The books are append-only, so the past is the present taken back: what was due on a date is
what is due now, less every receivable posted after that date. For today that is one scan of
the open invoices; for a past date it costs as much as has happened since, and no later
payment, credit or void can change the answer (E1).
"""

import datetime
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from billing.models import (
    CustomerBalance,
    Instalment,
    Invoice,
    InvoiceStatus,
    LedgerAccount,
    Posting,
)
from billing.queries.settlement import OpenPart, parts_due
from core.errors import InvalidValue

# Days overdue at which each bucket ends; the last one has no end.
DEFAULT_PERIODS = (30, 60, 90)
MOST_PERIODS = 12
LONGEST_PERIOD = 3_650

_DUE = F("total") - F("amount_paid") - F("amount_credited") - F("amount_written_off")
_Role = LedgerAccount.SystemRole
_Key = tuple[Any, ...]


@dataclass(slots=True)
class Buckets:
    """What was owed in one currency, minor units: not yet due, then a bucket per period.

    `credits` is what the organization owed on its side and nobody had applied: zero or
    negative, and in none of the buckets (E5).
    """

    currency: str
    amounts: list[int]
    customer_id: int | None = None
    credits: int = 0

    @property
    def total(self) -> int:
        """All that was due; the sum of the buckets."""
        return sum(self.amounts)


@dataclass(frozen=True, slots=True)
class DueDay:
    """How many invoices of one currency are open now and due on that day."""

    currency: str
    due_date: datetime.date
    count: int


@dataclass(slots=True)
class WeeklyAgeing:
    """What ageing says, and more that the same rows tell.

    `coming` has for each currency what is not yet due by when it will be: week by week from
    that date, and later; it adds up to the first bucket. `days` counts all open invoices,
    also those whose issue date is still to come.
    """

    buckets: dict[str, Buckets] = field(default_factory=dict)
    coming: dict[str, list[int]] = field(default_factory=dict)
    days: list[DueDay] = field(default_factory=list)


def ageing(
    organization_id: int, on: datetime.date, periods: Sequence[int] = DEFAULT_PERIODS
) -> dict[str, Buckets]:
    """Everything that was open at the end of that civil date, per currency (E4).

    An invoice with instalments ages by the due date of each (C13). Money that came before
    its invoice was issued is credit until then, and ages nothing (E3).
    """
    rows = _Ageing(organization_id, on, periods, ("currency",)).run()
    return {row.currency: row for row in rows}


def ageing_by_week(organization_id: int, on: datetime.date, weeks: int) -> WeeklyAgeing:
    """The same by so many weeks to come; one scan of the open invoices answers everything."""
    days = 7 * weeks
    ends = [*range(7, days + 1, 7), *(days + period for period in DEFAULT_PERIODS)]
    last = on + datetime.timedelta(days=days)
    # Held against the end of the last week all is late, so the weeks come backwards.
    engine = _Ageing(organization_id, on, ends, ("currency",), counted_from=last)
    found = WeeklyAgeing(days=engine.days)
    for row in engine.run():
        coming, late = row.amounts[: weeks + 1], row.amounts[weeks + 1 :]
        found.buckets[row.currency] = Buckets(
            row.currency, [sum(coming), *late], credits=row.credits
        )
        found.coming[row.currency] = [*reversed(coming[1:]), coming[0]]
    return found


def ageing_by_customer(
    organization_id: int,
    on: datetime.date,
    periods: Sequence[int] = DEFAULT_PERIODS,
    *,
    customer_id: int | None = None,
    currency: str | None = None,
) -> list[Buckets]:
    """The same, one row per customer and currency, in no order."""
    filters = {"customer_id": customer_id, "currency": currency}
    filters = {name: value for name, value in filters.items() if value is not None}
    return _Ageing(organization_id, on, periods, ("currency", "customer_id"), filters).run()


def open_parts_on(
    organization_id: int, on: datetime.date, *, customer_id: int, currency: str | None = None
) -> list[OpenPart]:
    """What one customer owed at the end of that date, one row per invoice or instalment."""
    filters: dict[str, Any] = {"customer_id": customer_id}
    if currency is not None:
        filters["currency"] = currency
    engine = _Ageing(organization_id, on, DEFAULT_PERIODS, ("currency", "customer_id"), filters)
    return list(engine.parts())


def read_periods(days: Sequence[int]) -> tuple[int, ...]:
    """The periods, checked: whole days that rise. A leading 0 (not yet due) may be said.

    Raises InvalidValue.
    """
    periods = tuple(days[1:] if days and days[0] == 0 else days)
    if not periods or len(periods) > MOST_PERIODS:
        raise InvalidValue(f"Give 1 to {MOST_PERIODS} periods.", param="aging_periods")
    if list(periods) != sorted(set(periods)) or periods[0] < 1 or periods[-1] > LONGEST_PERIOD:
        raise InvalidValue(
            f"The periods must be days that rise, from 1 to {LONGEST_PERIOD}.",
            param="aging_periods",
        )
    return periods


def bucket_of(periods: Sequence[int], on: datetime.date, due_date: datetime.date) -> int:
    """0 while it is not overdue, then the number of the period (E2)."""
    return bisect_left((0, *periods), (on - due_date).days)


class _Ageing:
    """One run. `group` are columns of the invoice, with `currency` first."""

    def __init__(
        self,
        organization_id: int,
        on: datetime.date,
        periods: Sequence[int],
        group: Sequence[str],
        filters: Mapping[str, Any] | None = None,
        counted_from: datetime.date | None = None,
    ) -> None:
        # The day that due dates are held against; what is open is always that of `on`.
        self._from = counted_from or on
        self._organization_id, self._on, self._periods = organization_id, on, periods
        self._group, self._filters = tuple(group), dict(filters or {})
        self._rows: dict[_Key, Buckets] = {}
        self.days: list[DueDay] = []
        roles = LedgerAccount.objects.of(organization_id).values_list("system_role", "pk")
        self._accounts = dict(roles.exclude(system_role=""))

    def run(self) -> list[Buckets]:
        self._add_open()
        self._take_back_later()
        self._set_advances_apart()
        self._spread_instalments()
        self._add_credits()
        return [row for row in self._rows.values() if any(row.amounts) or row.credits]

    def parts(self) -> Iterator[OpenPart]:
        """Every open amount with its due date, earliest due first."""
        later = self._later_by_invoice()
        candidates = Q(pk__in=list(later)) | self._is_open()
        rows = self._issued_by_then().filter(candidates).prefetch_related("instalments")
        found = [
            part
            for invoice in rows.order_by("pk")
            for part in parts_due(invoice, invoice.amount_due - later.get(invoice.pk, 0))
        ]
        yield from sorted(found, key=lambda part: (part.due_date, part.invoice_id))

    # What is open now, and what was posted since.

    def _add_open(self) -> None:
        rows = Invoice.objects.of(self._organization_id).open().filter(**self._filters)
        if self._group == ("currency",):
            self._add_open_by_day(rows)
            return
        rows = rows.filter(issue_date__lte=self._on)
        self._add(rows, self._group, self._sums(_DUE, ""), 1)

    def _add_open_by_day(self, rows: QuerySet[Invoice]) -> None:
        """A sum a day instead of a sum a bucket: less work for each of many rows."""
        issued = Q(issue_date__lte=self._on)
        sums = rows.order_by().values_list("currency", "due_date")
        for currency, due_date, due, count in sums.annotate(
            due=Sum(_DUE, filter=issued), count=Count("*")
        ):
            self.days.append(DueDay(currency, due_date, count))
            # Without the filter's rows a sum is NULL: nothing.
            if due:
                bucket = bucket_of(self._periods, self._from, due_date)
                self._row((currency,)).amounts[bucket] += int(due)

    def _take_back_later(self) -> None:
        rows = self._postings(_Role.RECEIVABLES, entry_date__gt=self._on)
        rows = rows.filter(self._of_invoices(issue_date__lte=self._on))
        self._add(rows, self._through_invoice(), self._sums(F("amount"), "invoice__"), -1)

    def _set_advances_apart(self) -> None:
        """Receivables of invoices that did not exist yet: money that was early is credit."""
        rows = self._postings(_Role.RECEIVABLES, entry_date__lte=self._on)
        rows = rows.filter(self._of_invoices(issue_date__gt=self._on))
        sums = rows.values_list(*self._through_invoice()).annotate(sum=Sum("amount"))
        for *key, amount in sums.order_by():
            self._row(tuple(key)).credits += int(amount)

    def _spread_instalments(self) -> None:
        """Move what is paid in instalments from the invoice's due date to theirs (C13)."""
        planned = Instalment.objects.of(self._organization_id)
        if not planned.exists():
            return
        ids = planned.values("invoice_id")
        later = self._later_by_invoice(invoice_id__in=ids)
        rows = self._issued_by_then().filter(pk__in=ids)
        rows = rows.filter(Q(pk__in=self._later().values("invoice_id")) | self._is_open())
        for invoice in rows.order_by("pk").prefetch_related("instalments"):
            due = invoice.amount_due - later.get(invoice.pk, 0)
            if not due:
                continue
            row = self._row(tuple(getattr(invoice, name) for name in self._group))
            row.amounts[bucket_of(self._periods, self._from, invoice.due_date)] -= due
            for part in parts_due(invoice, due):
                row.amounts[bucket_of(self._periods, self._from, part.due_date)] += part.amount

    def _add_credits(self) -> None:
        """Customer credit is a liability: what it grew by later was not there yet."""
        now = CustomerBalance.objects.of(self._organization_id).filter(credit__gt=0)
        rows = now.filter(**self._filters).values_list(*self._group).annotate(sum=Sum("credit"))
        later = self._postings(_Role.CUSTOMER_CREDIT, through="", entry_date__gt=self._on)
        sums = later.values_list(*self._group).annotate(sum=Sum("amount"))
        for found in (rows, sums):
            for *key, amount in found.order_by():
                self._row(tuple(key)).credits -= int(amount)

    # The pieces of the questions.

    def _issued_by_then(self) -> QuerySet[Invoice]:
        rows = Invoice.objects.of(self._organization_id).exclude(status=InvoiceStatus.DRAFT)
        return rows.filter(issue_date__lte=self._on, **self._filters)

    def _is_open(self) -> Q:
        open_rows = Q(status__in=[InvoiceStatus.ISSUED, InvoiceStatus.UNCOLLECTIBLE])
        settled = F("amount_paid") + F("amount_credited") + F("amount_written_off")
        return open_rows & Q(total__gt=settled)

    def _later(self) -> QuerySet[Posting]:
        return self._postings(_Role.RECEIVABLES, entry_date__gt=self._on)

    def _later_by_invoice(self, **conditions: Any) -> dict[int, int]:
        rows = self._later().filter(**conditions).values_list("invoice_id")
        return {pk: int(amount) for pk, amount in rows.annotate(sum=Sum("amount")).order_by()}

    def _postings(
        self, role: str, *, through: str = "invoice__", **conditions: Any
    ) -> QuerySet[Posting]:
        """Postings on the account of that role; the filters are the invoice's, or their own."""
        rows = Posting.objects.of(self._organization_id).filter(
            account_id=self._accounts.get(role, 0), **conditions
        )
        return rows.filter(**{f"{through}{name}": value for name, value in self._filters.items()})

    def _of_invoices(self, **conditions: Any) -> Q:
        """Conditions on a posting's invoice. It is our own anyway; saying so finds the index."""
        own = {"invoice__organization_id": self._organization_id}
        return Q(**own, **{f"invoice__{name}": value for name, value in conditions.items()})

    def _through_invoice(self) -> list[str]:
        return [f"invoice__{name}" for name in self._group]

    def _sums(self, amount: Any, path: str) -> dict[str, Sum]:
        ends = (0, *self._periods)
        return {
            f"bucket_{number}": Sum(amount, filter=self._days(path, number, ends))
            for number in range(len(ends) + 1)
        }

    def _days(self, path: str, number: int, ends: Sequence[int]) -> Q:
        """Due dates that fall into that bucket: `ends[n - 1]` < days overdue <= `ends[n]`."""
        wanted = Q()
        if number > 0:
            wanted &= Q(**{f"{path}due_date__lt": self._ago(ends[number - 1])})
        if number < len(ends):
            wanted &= Q(**{f"{path}due_date__gte": self._ago(ends[number])})
        return wanted

    def _ago(self, days: int) -> datetime.date:
        # The calendar has a first day; a report on it is odd, and no error.
        return self._from - datetime.timedelta(days=min(days, self._from.toordinal() - 1))

    def _add(
        self, rows: QuerySet[Any], group: Iterable[str], sums: dict[str, Sum], sign: int
    ) -> None:
        # Without the filter's rows a sum is NULL: nothing.
        for found in (
            rows.order_by().values_list(*group).annotate(**sums).values_list(*group, *sums)
        ):
            key, amounts = found[: len(self._group)], found[len(self._group) :]
            row = self._row(key)
            for number, amount in enumerate(amounts):
                row.amounts[number] += sign * int(amount or 0)

    def _row(self, key: _Key) -> Buckets:
        row = self._rows.get(key)
        if row is None:
            named = dict(zip(self._group, key, strict=True))
            row = self._rows[key] = Buckets(amounts=[0] * (len(self._periods) + 2), **named)
        return row
