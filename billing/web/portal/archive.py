"""Everything at once: all documents of the customer as one ZIP, streamed as it is drawn."""

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse

from billing.reports.csv import guarded
from billing.web.portal.access import PortalRequest, show, signed_in
from billing.web.portal.papers import PAPERS
from billing.web.public_access import closed_page, count, count_of
from core.money import from_minor

MOST_DOCUMENTS = 500
DOWNLOADS_PER_HOUR = 10
# One date for every member: the same documents give the same archive.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_HEAD = ("kind", "number", "date", "currency", "amount", "file")


@signed_in("portal:read")
def everything(request: PortalRequest) -> HttpResponseBase:
    """What the archive would hold, year by year."""
    years: dict[int, int] = {}
    for paper in PAPERS.values():
        rows = paper.rows(request.organization.pk, request.customer.pk).order_by()
        for day in rows.values_list(paper.date, flat=True):
            years[day.year] = years.get(day.year, 0) + 1
    context = {
        "years": [
            (year, request.words["documents_count"].format(count=years[year]))
            for year in sorted(years, reverse=True)
        ],
        "total": sum(years.values()),
        "total_words": request.words["documents_count"].format(count=sum(years.values())),
        "fits": sum(years.values()) <= MOST_DOCUMENTS,
        "too_many": request.words["too_many_documents"].format(most=MOST_DOCUMENTS),
    }
    return show(request, "portal/everything.html", context)


@signed_in("portal:read")
def download(request: PortalRequest) -> HttpResponseBase:
    """The archive of ?year=, or of all years; a list of its documents lies in it."""
    year = request.GET.get("year", "")
    wanted = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None
    listed = list(_listed(request, wanted))
    if len(listed) > MOST_DOCUMENTS:
        text = request.words["too_many_documents"].format(most=MOST_DOCUMENTS)
        context = {"title": request.words["refused"], "text": text}
        return show(request, "portal/message.html", context, 422)
    session = request.session_row
    caller = f"portal-archives:{session.pk if session else ''}"
    if count_of(caller) >= DOWNLOADS_PER_HOUR:
        return closed_page(request, "slow_down", 429)
    count(caller, 3600)
    name = f"documents{f'-{wanted}' if wanted else ''}.zip"
    return StreamingHttpResponse(
        _archive(request, listed),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _listed(request: PortalRequest, year: int | None) -> Iterator[tuple[str, Any]]:
    """(kind, row) of every document, oldest first within its kind."""
    for key, paper in PAPERS.items():
        rows = paper.rows(request.organization.pk, request.customer.pk)
        if year is not None:
            rows = rows.filter(**{f"{paper.date}__year": year})
        columns = ("pk", "number", paper.date, "currency", paper.amount)
        # One more than fits is enough to know that it does not.
        for row in rows.order_by(paper.date, "pk").values_list(*columns)[: MOST_DOCUMENTS + 1]:
            yield key, row


def _archive(request: PortalRequest, listed: list[tuple[str, Any]]) -> Iterator[bytes]:
    """The bytes of the archive, one document after the other: none waits for the last."""
    sink = _Sink()
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(_HEAD)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for key, (pk, number, date, currency, amount) in listed:
            name, content = PAPERS[key].file(request.organization.pk, pk)
            member = f"{key}/{name}"
            if member in archive.NameToInfo:
                member = f"{key}/{pk}_{name}"
            archive.writestr(zipfile.ZipInfo(member, _EPOCH), content)
            spelled = format(from_minor(amount, currency), "f")
            writer.writerow([key, guarded(number or ""), date, currency, spelled, member])
            yield sink.take()
        archive.writestr(zipfile.ZipInfo("documents.csv", _EPOCH), table.getvalue())
    yield sink.take()


class _Sink(io.RawIOBase):
    """Where the archive is written to: it cannot go back, and gives away what it has."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        return len(part)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken
