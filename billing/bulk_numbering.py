"""Numbers for many documents at once: what numbering gives one, with one step of the counter."""

import datetime
from collections import Counter
from collections.abc import Sequence

from billing.models import NumberRegister
from billing.numbering import get_series, period_of, spell, step_counter
from core.many_rows import append_many
from core.rows import new_row


def take_numbers(
    *,
    organization_id: int,
    document: str,
    wanted: Sequence[tuple[int, datetime.date]],
    fate: str,
    at: datetime.datetime,
) -> dict[int, str]:
    """A number of the default series for each (document id, day), in that order, by document id.

    What take_number does, with one step of the counter for each period.
    """
    days = [on for _, on in wanted]
    entries = draw_numbers(
        organization_id=organization_id, document=document, days=days, fate=fate, at=at
    )
    for entry, (document_id, _) in zip(entries, wanted, strict=True):
        entry.document_id = document_id
    append_many(entries)
    return {pk: entry.number for entry, (pk, _) in zip(entries, wanted, strict=True)}


def draw_numbers(
    *,
    organization_id: int,
    document: str,
    days: Sequence[datetime.date],
    fate: str,
    at: datetime.datetime,
) -> list[NumberRegister]:
    """Unwritten rows of the register for documents of those days: who has the ids writes them."""
    series = get_series(organization_id=organization_id, document=document, at=at)
    periods = [period_of(series, on) for on in days]
    # Sorted, so that two bulks lock the counters of several periods in one order.
    coming = {
        period: step_counter(organization_id, series.pk, period, count) - count + 1
        for period, count in sorted(Counter(periods).items())
    }
    entries = []
    for period, on in zip(periods, days, strict=True):
        n = coming[period]
        coming[period] += 1
        entries.append(
            new_row(
                NumberRegister,
                organization_id=organization_id,
                series_id=series.pk,
                period=period,
                n=n,
                number=spell(series.pattern, n, on),
                fate=fate,
                updated_at=at,
            )
        )
    return entries
