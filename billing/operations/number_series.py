"""How documents are numbered from now on: the pattern, when it starts again, and the next one."""

import datetime
import re
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing import numbering
from billing.models import NumberCounter, NumberRegister, NumberSeries
from billing.numbering import NumberAlreadyUsed, check_pattern, get_series, period_of, spell
from core.errors import InvalidValue
from core.events import emit

_GROUPS = {"YYYY": r"(?P<year>\d{4})", "YY": r"(?P<short>\d{2})", "MM": r"(?P<month>\d{2})"}


@transaction.atomic
def update_number_series(
    *,
    actor: Actor,
    at: datetime.datetime,
    document: str,
    on: datetime.date,
    name: str = "default",
    pattern: str | None = None,
    reset: str | None = None,
    next_number: int | None = None,
) -> NumberSeries:
    """Change a series (B5); numbers that were given out stay as they are.

    `document` is invoice, credit_note, quote, payment or refund; `on` the civil date whose
    period `next_number` is for. A change that would sooner or later spell a number that is
    given out already is refused. Raises Forbidden, InvalidValue, NumberAlreadyUsed.
    """
    actor.require("settings:write")
    if document not in NumberSeries.Document.values:
        known = ", ".join(NumberSeries.Document.values)
        raise InvalidValue(f"This must be one of {known}.", param="document")
    series = get_series(organization_id=actor.organization_id, document=document, name=name, at=at)
    series = NumberSeries.objects.select_for_update().get(pk=series.pk)
    before = number_series_snapshot(series)
    if reset is not None:
        if reset not in NumberSeries.Reset.values:
            known = ", ".join(NumberSeries.Reset.values)
            raise InvalidValue(f"This must be one of {known}.", param="reset")
        series.reset = reset
    if pattern is not None:
        series.pattern = pattern
    check_pattern(series.pattern, series.reset)
    series.updated_at = at
    series.save(update_fields=["pattern", "reset", "updated_at"])
    if next_number is not None:
        numbering.set_next_number(
            organization_id=actor.organization_id,
            document=document,
            series_name=name,
            next_number=next_number,
            on=on,
            at=at,
        )
    if number_series_snapshot(series) != before:
        _refuse_collisions(series)
    after = {**number_series_snapshot(series), "next_number": next_number_of(series, on)}
    emit("number_series.updated", subject=series, data=after, previous=before, actor=actor, at=at)
    return series


class _Undone(Exception):
    """Takes back what was only tried."""


def preview_number_series(
    *, actor: Actor, at: datetime.datetime, on: datetime.date, document: str, **changes: Any
) -> str:
    """The next number as it would be printed after that change, which is not kept.

    Raises what update_number_series raises.
    """
    spelled = ""
    try:
        with transaction.atomic():
            series = update_number_series(actor=actor, at=at, on=on, document=document, **changes)
            spelled = next_spelled(series, on)
            raise _Undone
    except _Undone:
        return spelled


def next_number_of(series: NumberSeries, on: datetime.date) -> int:
    """What the next number's digits will be for a document of that day."""
    if series.pk is None:
        return 1
    counters = NumberCounter.objects.of(series.organization_id).filter(series=series)
    counter = counters.filter(period=period_of(series, on)).first()
    return 1 if counter is None else counter.last + 1


def next_spelled(series: NumberSeries, on: datetime.date) -> str:
    """The next number as it will be printed."""
    return spell(series.pattern, next_number_of(series, on), on)


def number_series_snapshot(series: NumberSeries) -> dict[str, Any]:
    return {
        "document": series.document,
        "name": series.name,
        "pattern": series.pattern,
        "reset": series.reset,
    }


def _refuse_collisions(series: NumberSeries) -> None:
    """Raises NumberAlreadyUsed if the series as it is now would come to a number again."""
    last = dict(
        NumberCounter.objects.of(series.organization_id)
        .filter(series=series)
        .values_list("period", "last")
    )
    form = _form(series.pattern)
    taken = NumberRegister.objects.of(series.organization_id).filter(
        series__document=series.document
    )
    for number in taken.values_list("number", flat=True).iterator():
        found = form.fullmatch(number)
        if found is None:
            continue
        n, period = int(found["n"]), _period(series, found.groupdict())
        if n > last.get(period, 0):
            raise NumberAlreadyUsed(last=number, param="pattern")


def _form(pattern: str) -> re.Pattern[str]:
    """What numbers of that pattern look like."""
    parts, at = [], 0
    for found in re.finditer(r"\{(YYYY|YY|MM|n(?::0[1-9])?)\}", pattern):
        parts.append(re.escape(pattern[at : found.start()]))
        name = found[1]
        group = r"(?P<n>\d{1,18})" if name.startswith("n") else _GROUPS[name]
        # A placeholder may stand twice; its second place may hold any digits.
        is_repeated = group.partition(">")[0] in "".join(parts)
        parts.append(re.sub(r"\?P<\w+>", "?:", group) if is_repeated else group)
        at = found.end()
    return re.compile("".join([*parts, re.escape(pattern[at:])]), re.ASCII)


def _period(series: NumberSeries, found: dict[str, str | None]) -> str:
    if series.reset == NumberSeries.Reset.NEVER:
        return ""
    year = found.get("year") or f"20{found.get('short')}"
    return year if series.reset == NumberSeries.Reset.YEAR else f"{year}-{found.get('month')}"
