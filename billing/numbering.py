"""Numbers without gaps, and the register that can answer for every one of them.

A series has one counter row per period. Taking a number locks that row until the
transaction ends, so it is the last thing an operation does; a rollback gives the
number back. The register holds one row per number, from the first to the last.
"""

import datetime
import re
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import BigIntegerField, CharField, F

from billing.models import NumberCounter, NumberRegister, NumberSeries
from core.errors import DomainError, InvalidValue, Kind
from core.models import TenantQuerySet
from core.statements import Given, Statement, insert

DEFAULT_PATTERNS = {
    "invoice": "INV-{YYYY}-{n:03}",
    "credit_note": "CN-{YYYY}-{n:03}",
    "quote": "QUO-{YYYY}-{n:03}",
    "payment": "PAY-{YYYY}-{n:03}",
    "refund": "REF-{YYYY}-{n:03}",
}
DEFAULT_SERIES = "default"
MOST_SKIPPED = 10_000
_PLACEHOLDER = re.compile(r"\{(YYYY|YY|MM|n(?::0[1-9])?)\}")
_SERIES = Statement(
    lambda: NumberSeries.objects.filter(
        organization_id=Given("organization_id", BigIntegerField()),
        document=Given("document", CharField()),
        name=Given("name", CharField()),
    )
)
_LITERAL = re.compile(r"[A-Za-z0-9 ._/#-]*\Z")


class NumberAlreadyUsed(DomainError):
    kind, code = Kind.CONFLICT, "number_already_used"
    message = "The next number must be above {last}, which is already used."
    default_param = "next_number"


def take_number(
    *,
    organization_id: int,
    document: str,
    on: datetime.date,
    document_id: int | None,
    fate: str,
    at: datetime.datetime,
    series_name: str = DEFAULT_SERIES,
) -> str:
    """The next number of the series for a document dated `on`. Call it as the last write.

    `document` is invoice, credit_note, quote, payment or refund; `fate` is `reserved`
    for a draft and `issued` otherwise. The counter row stays locked until commit.
    """
    series = get_series(organization_id=organization_id, document=document, name=series_name, at=at)
    period = period_of(series, on)
    n = step_counter(organization_id, series.pk, period)
    number = spell(series.pattern, n, on)
    entry = NumberRegister(
        organization_id=organization_id,
        series=series,
        period=period,
        n=n,
        number=number,
        fate=fate,
        document_id=document_id,
        updated_at=at,
    )
    insert([entry])
    return number


def mark_issued(
    *, organization_id: int, document: str, document_id: int, at: datetime.datetime
) -> None:
    """The document that held its number as a draft is final now."""
    _held(organization_id, document, document_id).update(
        fate=NumberRegister.Fate.ISSUED, updated_at=at
    )


def mark_void(
    *, organization_id: int, document: str, document_id: int, at: datetime.datetime, reason: str
) -> None:
    """The number stays used; its document is void (B9)."""
    _held(organization_id, document, document_id).update(
        fate=NumberRegister.Fate.VOID, reason=reason[:300], updated_at=at
    )


def release_number(
    *, organization_id: int, document: str, document_id: int, at: datetime.datetime, reason: str
) -> None:
    """Give up a draft's number (B2): the highest is freed, any other stays as cancelled."""
    row = _held(organization_id, document, document_id).first()
    if row is None:
        return
    # One conditional statement: it waits for a number being taken at this moment, and
    # then sees that ours is no longer the highest.
    freed = NumberCounter.objects.of(organization_id).filter(
        series_id=row.series_id, period=row.period, last=row.n, started_after__lt=row.n
    )
    if freed.update(last=F("last") - 1):
        row.delete()
    else:
        NumberRegister.objects.of(organization_id).filter(pk=row.pk).update(
            fate=NumberRegister.Fate.CANCELLED, document_id=None, reason=reason, updated_at=at
        )


def move_number(
    *,
    organization_id: int,
    document: str,
    document_id: int,
    to: datetime.date,
    at: datetime.datetime,
) -> str | None:
    """A draft's number for its new date: None while it stays in its period.

    In another period the old number is given up and the next one there is taken.
    """
    row = _held(organization_id, document, document_id).select_related("series").first()
    if row is None or row.period == period_of(row.series, to):
        return None
    # Two drafts may move in opposite directions: both counters are locked in one order.
    periods = [row.period, period_of(row.series, to)]
    counters = NumberCounter.objects.of(organization_id).filter(
        series_id=row.series_id, period__in=periods
    )
    list(counters.order_by("pk").select_for_update())
    release_number(
        organization_id=organization_id,
        document=document,
        document_id=document_id,
        at=at,
        reason="Its draft was moved to another period.",
    )
    return take_number(
        organization_id=organization_id,
        document=document,
        on=to,
        document_id=document_id,
        fate=NumberRegister.Fate.RESERVED,
        at=at,
        series_name=row.series.name,
    )


def set_next_number(
    *,
    organization_id: int,
    document: str,
    next_number: int,
    on: datetime.date,
    at: datetime.datetime,
    series_name: str = DEFAULT_SERIES,
) -> None:
    """Continue a series that was begun elsewhere (B5), for the period that holds `on`.

    Numbers skipped inside a series that is already in use are written down as
    cancelled. Raises NumberAlreadyUsed.
    """
    if not 1 <= next_number < 10**12:
        raise InvalidValue("The next number must be 1 or more.", param="next_number")
    series = get_series(organization_id=organization_id, document=document, name=series_name, at=at)
    period = period_of(series, on)
    counter, _ = NumberCounter.objects.select_for_update().get_or_create(
        organization_id=organization_id, series=series, period=period
    )
    if next_number <= counter.last and counter.last != counter.started_after:
        raise NumberAlreadyUsed(last=counter.last)
    if counter.last == counter.started_after:
        counter.started_after = next_number - 1
    else:
        _write_down_skipped(counter, series, next_number, on, at)
    counter.last = next_number - 1
    counter.save(update_fields=["last", "started_after"])


@dataclass(frozen=True, slots=True)
class NumberReport:
    """Every number of one series and period. `missing` is empty unless rows were tampered with."""

    first: int
    last: int
    entries: list[NumberRegister]
    missing: list[int] = field(default_factory=list)


def number_report(
    organization_id: int, document: str, period: str, series_name: str = DEFAULT_SERIES
) -> NumberReport:
    """Each number from the first to the last of the period, with its fate."""
    counter = (
        NumberCounter.objects.of(organization_id)
        .filter(series__document=document, series__name=series_name, period=period)
        .first()
    )
    if counter is None:
        return NumberReport(first=1, last=0, entries=[])
    rows = NumberRegister.objects.of(organization_id).filter(
        series_id=counter.series_id, period=period
    )
    entries = list(rows.order_by("n"))
    seen = {entry.n for entry in entries}
    first = counter.started_after + 1
    missing = [n for n in range(first, counter.last + 1) if n not in seen]
    return NumberReport(first=first, last=counter.last, entries=entries, missing=missing)


def get_series(
    *, organization_id: int, document: str, at: datetime.datetime, name: str = DEFAULT_SERIES
) -> NumberSeries:
    """The series of that kind of document; the default one is made when first needed."""
    found: NumberSeries | None = _SERIES.first(
        organization_id=organization_id, document=document, name=name
    )
    if found is not None:
        return found
    series = new_series(organization_id=organization_id, document=document, at=at, name=name)
    # Two first documents at once: one inserts, the other finds.
    NumberSeries.objects.bulk_create([series], ignore_conflicts=True)
    return NumberSeries.objects.of(organization_id).get(document=document, name=name)


def new_series(
    *, organization_id: int, document: str, at: datetime.datetime, name: str = DEFAULT_SERIES
) -> NumberSeries:
    """The series as it is made when it is first needed; unsaved."""
    return NumberSeries(
        organization_id=organization_id,
        document=document,
        name=name,
        pattern=DEFAULT_PATTERNS[document],
        is_default=name == DEFAULT_SERIES,
        created_at=at,
        updated_at=at,
    )


def check_pattern(pattern: str, reset: str, *, param: str = "pattern") -> str:
    """The pattern, if it may be used: known placeholders, `{n}` once, and no number twice.

    A series that starts again each year must show the year, each month year and month.
    """
    found = _PLACEHOLDER.findall(pattern)
    literal = _PLACEHOLDER.sub("", pattern)
    numbers = [name for name in found if name.startswith("n")]
    if len(numbers) != 1 or not _LITERAL.match(literal) or len(pattern) > 40:
        raise InvalidValue(
            "Use letters, digits, {YYYY}, {YY}, {MM} and {n} or {n:03} exactly once.", param=param
        )
    shows_year = "YYYY" in found or "YY" in found
    if reset == NumberSeries.Reset.YEAR and not shows_year:
        raise InvalidValue("A series that restarts each year must show {YYYY}.", param=param)
    if reset == NumberSeries.Reset.MONTH and not (shows_year and "MM" in found):
        raise InvalidValue("A series that restarts each month must show {YYYY}{MM}.", param=param)
    return pattern


def spell(pattern: str, n: int, on: datetime.date) -> str:
    """The number in words of the pattern. Padding widens and never cuts: 999, then 1000."""

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        if name == "YYYY":
            return f"{on.year:04d}"
        if name == "YY":
            return f"{on.year % 100:02d}"
        if name == "MM":
            return f"{on.month:02d}"
        _, _, width = name.partition(":")
        return str(n).zfill(int(width or 1))

    return _PLACEHOLDER.sub(fill, pattern)


def period_of(series: NumberSeries, on: datetime.date) -> str:
    """2025, 2025-01, or empty for a series that never starts again."""
    if series.reset == NumberSeries.Reset.YEAR:
        return f"{on.year:04d}"
    if series.reset == NumberSeries.Reset.MONTH:
        return f"{on.year:04d}-{on.month:02d}"
    return ""


def step_counter(organization_id: int, series_id: int, period: str, count: int = 1) -> int:
    """The last of `count` further numbers."""
    table = NumberCounter._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (organization_id, series_id, period, last, started_after)"  # noqa: S608
            " VALUES (%s, %s, %s, %s, 0)"
            " ON CONFLICT (organization_id, series_id, period)"
            f" DO UPDATE SET last = {table}.last + excluded.last RETURNING last",
            [organization_id, series_id, period, count],
        )
        return int(cursor.fetchone()[0])


def _held(organization_id: int, document: str, document_id: int) -> TenantQuerySet:
    return NumberRegister.objects.of(organization_id).filter(
        series__document=document, document_id=document_id
    )


def _write_down_skipped(
    counter: NumberCounter,
    series: NumberSeries,
    next_number: int,
    on: datetime.date,
    at: datetime.datetime,
) -> None:
    skipped = range(counter.last + 1, next_number)
    if len(skipped) > MOST_SKIPPED:
        raise InvalidValue(
            f"At most {MOST_SKIPPED} numbers can be skipped in a series that is in use.",
            param="next_number",
        )
    NumberRegister.objects.bulk_create(
        [
            NumberRegister(
                organization_id=counter.organization_id,
                series=series,
                period=counter.period,
                n=n,
                number=spell(series.pattern, n, on),
                fate=NumberRegister.Fate.CANCELLED,
                reason=f"Skipped: the next number was set to {next_number}.",
                updated_at=at,
            )
            for n in skipped
        ],
        batch_size=1000,
    )
