"""The customer's account over any period, as a page and on paper, in the customer's words."""

import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBase

from billing.queries.statements import Statement, StatementSection, statement_of
from billing.reports.pdf import ReportTooLong, report_pdf
from billing.reports.periods import Span, span_of
from billing.reports.table import Column, Kind, Row, Table
from billing.web.portal.access import PortalRequest, formats_of, show, signed_in
from core.errors import DomainError

_PAGES = {"invoice": "invoices", "payment": "payments", "creditnote": "credit-notes"}


@signed_in("portal:read")
def page(request: PortalRequest) -> HttpResponseBase:
    """What was owed, what happened, what is owed now: the figures of the books."""
    try:
        span = _span(request)
    except (ValueError, DomainError):
        context = _context(request, None, _default(request))
        return show(request, "portal/statement.html", context, 422)
    statement = statement_of(request.organization, request.customer, span)
    return show(request, "portal/statement.html", _context(request, statement, span))


@signed_in("portal:read")
def pdf(request: PortalRequest) -> HttpResponseBase:
    try:
        statement = statement_of(request.organization, request.customer, _span(request))
        content = report_pdf(
            statement_table(request, statement), request.organization, request.locale
        )
    except (ValueError, ReportTooLong, DomainError):
        context = _context(request, None, _default(request))
        return show(request, "portal/statement.html", context, 422)
    name = f"statement_{statement.span.start}_{statement.span.end}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def statement_table(request: PortalRequest, statement: Statement) -> Table:
    """The statement as a table in the customer's language."""
    words = request.words
    has_many = len(statement.sections) > 1
    columns = [
        Column("date", words["date"], Kind.DAY),
        Column("title", words["what"]),
        Column("number", words["number"]),
        Column("due_date", words["due_date"], Kind.DAY),
        *([Column("currency", words["currency"])] if has_many else []),
        Column("amount", words["amount"], Kind.MONEY),
        Column("balance", words["balance"], Kind.MONEY),
    ]
    first = formats_of(request, "").date(statement.span.start)
    last = formats_of(request, "").date(statement.span.end)
    return Table(
        key="statement",
        title=words["statement"],
        subtitle=(
            statement.customer.name,
            f"{first} \N{EN DASH} {last}",
            *(f"{words['currency']}: {s.currency}" for s in statement.sections if not has_many),
        ),
        columns=columns,
        rows=[row for section in statement.sections for row in _rows(request, statement, section)],
        totals=[
            {
                "title": words["closing_balance"],
                "currency": section.currency,
                "date": statement.span.end,
                "balance": section.closing,
            }
            for section in statement.sections
        ],
        day=statement.span.end,
    )


def _rows(request: PortalRequest, statement: Statement, section: StatementSection) -> list[Row]:
    opening = {
        "date": statement.span.start,
        "title": request.words["opening_balance"],
        "currency": section.currency,
        "balance": section.opening,
        "is_strong": True,
    }
    lines = [
        {
            "date": line.date,
            "title": request.words[f"moved_{line.type}"],
            "number": line.number,
            "due_date": line.due_date,
            "currency": section.currency,
            "amount": line.amount,
            "balance": line.balance,
        }
        for line in section.lines
    ]
    return [opening, *lines]


def _context(request: PortalRequest, statement: Statement | None, span: Span) -> dict[str, Any]:
    sections = [_section(request, section) for section in statement.sections] if statement else []
    return {
        "sections": sections,
        "start": span.start.isoformat(),
        "end": span.end.isoformat(),
        "query": f"start={span.start.isoformat()}&end={span.end.isoformat()}",
        "opening_day": formats_of(request, "").date(span.start),
        "closing_day": formats_of(request, "").date(span.end),
        "trouble": "" if statement else request.words["period_refused"],
        "choices": _periods(request),
    }


def _section(request: PortalRequest, section: StatementSection) -> dict[str, Any]:
    formats = formats_of(request, section.currency)
    return {
        "currency": section.currency,
        "opening": formats.money(section.opening),
        "closing": formats.money(section.closing),
        "lines": [
            {
                "date": formats.date(line.date),
                "what": request.words[f"moved_{line.type}"],
                "number": line.number,
                "kind": _PAGES.get(line.source, "") if line.source_id else "",
                "uuid": line.source_id,
                "amount": formats.money(line.amount),
                "balance": formats.money(line.balance),
            }
            for line in section.lines
        ],
    }


def _span(request: PortalRequest) -> Span:
    """The period asked for. Raises ValueError for what is no date, and what span_of raises."""
    days = [
        datetime.date.fromisoformat(text) if text else None
        for text in (request.GET.get(name, "").strip()[:10] for name in ("start", "end"))
    ]
    return span_of(days[0], days[1], request.today)


def _default(request: PortalRequest) -> Span:
    return span_of(None, None, request.today)


def _periods(request: PortalRequest) -> list[tuple[str, str]]:
    """Ready-made periods: label and query."""
    today, words = request.today, request.words
    month = today.replace(day=1)
    before = month - datetime.timedelta(days=1)
    spans = [
        (words["this_month"], month, today),
        (words["last_month"], before.replace(day=1), before),
        (words["this_year"], today.replace(month=1, day=1), today),
        (
            words["last_year"],
            datetime.date(today.year - 1, 1, 1),
            datetime.date(today.year - 1, 12, 31),
        ),
    ]
    return [(label, f"start={start}&end={end}") for label, start, end in spans]
