"""The reports there are, and the page, file or sheet of paper that each of them is."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from billing.reports.csv import csv_chunks
from billing.reports.pdf import report_pdf
from billing.reports.table import Column, Kind, Row, Table
from billing.web import wording
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.base import StaffForm
from billing.web.language import say, say_sentence

# A page shows this many rows; the files have all of them.
MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """A report in the list of reports."""

    title: str
    words: str
    route: str
    icon: str


ENTRIES = (
    Entry(
        "Sales",
        "What was invoiced, paid, credited and is outstanding, by period, customer or product.",
        "billing:report-sales",
        "chart",
    ),
    Entry(
        "Tax",
        "Tax per profile, by issue date or as invoices are paid.",
        "billing:report-tax",
        "percent",
    ),
    Entry(
        "Payments",
        "Money in and back, by period, method, gateway or customer.",
        "billing:report-payments",
        "coins",
    ),
    Entry(
        "Accounts receivable ageing",
        "Who owes how much, and for how long, as of any date.",
        "billing:report-aging",
        "clock",
    ),
    Entry(
        "Cash flow",
        "Money in and out of cash and bank, by period, account or method.",
        "billing:report-cash-flow",
        "swap",
    ),
)

Links = Callable[[Row], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the reader sees it."""

    text: str
    style: str
    href: str = ""


@staff_view("reports:read")
def index(request: StaffRequest) -> HttpResponse:
    return render(request, "app/reports/index.html", {"entries": ENTRIES})


def answer(
    request: StaffRequest,
    table: Table,
    form: StaffForm,
    *,
    links: Links | None = None,
    **context: Any,
) -> HttpResponseBase:
    """The report as a page, or as the file that ?format=csv or ?format=pdf asks for.

    `links` gives addresses by the key of the column that leads there. `context` goes to the
    page: `crumbs` are (label, address) above it, `lead` a sentence.
    """
    table = _spoken(table)
    word = request.GET.get("format", "")
    if word == "csv":
        chunks = csv_chunks(table, for_people=True)
        return _as_file(StreamingHttpResponse(chunks, content_type="text/csv"), table, word)
    if word == "pdf":
        content = report_pdf(table, request.organization)
        return _as_file(HttpResponse(content, content_type="application/pdf"), table, word)
    # Amounts are written with their currency here: a column for it says nothing more.
    columns = [column for column in table.columns if column.key != "currency"]
    rows = list(islice(table.rows, MOST_SHOWN + 1))
    context |= {
        "table": table,
        "title": table.title,
        "columns": columns,
        "lines": [
            (_cells(request, table, columns, row, links), bool(row.get("is_strong")))
            for row in rows[:MOST_SHOWN]
        ],
        "totals": [_cells(request, table, columns, row) for row in table.totals],
        "has_more": len(rows) > MOST_SHOWN,
        "most": MOST_SHOWN,
        "form": form,
    }
    return render(request, "app/reports/report.html", context)


def refused(request: StaffRequest, title: str, form: StaffForm, **context: Any) -> HttpResponse:
    """The page with the form that cannot be read, and no figures."""
    context |= {"title": title, "form": form}
    return render(request, "app/reports/report.html", context, status=422)


def asked(request: StaffRequest, defaults: dict[str, Any]) -> dict[str, Any]:
    """What the address asks with, filled up with the defaults of what it does not say."""
    said = request.GET.dict()
    # A box that is not ticked is not sent: once anything was sent, silence is a no.
    was_sent = any(name in said for name in defaults)
    kept = {k: v for k, v in defaults.items() if not (was_sent and isinstance(v, bool))}
    return {**kept, **said}


def _spoken(table: Table) -> Table:
    """The table with its headings, sums and notes in the reader's language."""
    return replace(
        table,
        title=say(table.title),
        subtitle=tuple(say_sentence(text) for text in table.subtitle),
        columns=tuple(
            replace(column, title=say_sentence(column.title)) for column in table.columns
        ),
        rows=(_spoken_row(row) if row.get("is_strong") else row for row in table.rows),
        totals=[_spoken_row(row) for row in table.totals],
        notes=tuple(say_sentence(text) for text in table.notes),
    )


def _spoken_row(row: Row) -> Row:
    """A row of sums, whose words are ours and no customer's."""
    return {key: say(value) if isinstance(value, str) else value for key, value in row.items()}


def _as_file(response: Any, table: Table, ending: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{table.file_name(ending)}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _cells(
    request: StaffRequest,
    table: Table,
    columns: Iterable[Column],
    row: Row,
    links: Links | None = None,
) -> list[Cell]:
    addresses = links(row) if links else {}
    return [
        Cell(
            text=_text(request, table, column, row),
            style=_style(column, row),
            href=addresses.get(column.key, ""),
        )
        for column in columns
    ]


def _style(column: Column, row: Row) -> str:
    """Classes of the style sheet: figures to the right, nothing faint, what is owed back red."""
    if not column.is_figure:
        return "report-day" if column.kind is Kind.DAY else ""
    value = row.get(column.key) or 0
    if value == 0:
        return "num muted"
    return "num negative" if column.kind is Kind.MONEY and value < 0 else "num"


def _text(request: StaffRequest, table: Table, column: Column, row: Row) -> str:
    value, locale = row.get(column.key), request.display_locale
    if value is None:
        return ""
    if column.kind is Kind.MONEY:
        return wording.money(value, table.currency_of(row), locale)
    if isinstance(value, datetime.date):
        return wording.day(value, locale)
    if column.kind is Kind.PERCENT:
        return wording.percent(Decimal(value), locale)
    if column.kind is Kind.COUNT:
        return wording.number(Decimal(value), locale)
    return str(value)
