"""The number series of an application."""

import datetime
import re

from accounts.models import Organization
from billing.models import NumberSeries
from billing.numbering import new_series


def ensure_series_of_app(
    *, organization: Organization, document: str, at: datetime.datetime, name: str
) -> None:
    """Make the series of an application: INV-000001 and on, or INV-2-000001 where another
    series of the organization spells the same: no two invoices of one seller share a number.
    """
    rows = NumberSeries.objects.of(organization.pk).filter(document=document)
    if rows.filter(name=name).exists():
        return
    # Two applications at once would both find the same pattern free.
    Organization.objects.select_for_update().get(pk=organization.pk)
    if rows.filter(name=name).exists():
        return
    taken = {_without_width(pattern) for pattern in rows.values_list("pattern", flat=True)}
    patterns = (f"INV{mark}-{{n:06}}" for mark in ("", *(f"-{n}" for n in range(2, 10_000))))
    series = new_series(organization_id=organization.pk, document=document, at=at, name=name)
    series.pattern = next(each for each in patterns if _without_width(each) not in taken)
    series.reset = NumberSeries.Reset.NEVER
    series.save(force_insert=True)


def _without_width(pattern: str) -> str:
    return re.sub(r"\{n:0[1-9]\}", "{n}", pattern)
