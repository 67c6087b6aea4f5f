"""Where the numbers of a series and period stand, for who only needs the outline."""

from billing.models import NumberCounter, NumberRegister
from billing.numbering import NumberReport, number_report


def number_span(
    organization_id: int, document: str, period: str, series_name: str = "default"
) -> NumberReport:
    """First, last and missing numbers of the period, without reading an intact register."""
    counter = (
        NumberCounter.objects.of(organization_id)
        .filter(series__document=document, series__name=series_name, period=period)
        .first()
    )
    if counter is None:
        return NumberReport(first=1, last=0, entries=[])
    first, last = counter.started_after + 1, counter.last
    rows = NumberRegister.objects.of(organization_id).filter(
        series_id=counter.series_id, period=period
    )
    if rows.filter(n__gte=first, n__lte=last).count() == last - first + 1:
        return NumberReport(first=first, last=last, entries=[])
    return number_report(organization_id, document, period, series_name)
