"""Reports on paper."""

import datetime
from typing import Any

import pytest

from accounts.models import Organization
from billing.reports import pdf
from billing.reports.pdf import ReportTooLong, report_pdf
from billing.reports.table import Column, Kind, Table
from tests.billing.documents.pdfs import pages, reader, text

ACME = Organization(name="Acme", legal_name="Acme GmbH", country="DE", locale="en_US")
NAME = Column("customer_name", "Customer")
DUE = Column("total_due", "Total due", Kind.MONEY)


def table(**fields: Any) -> Table:
    return Table(
        **{
            "key": "aging",
            "title": "Accounts receivable ageing",
            "subtitle": ("As of January 20, 2025",),
            "columns": (NAME, DUE),
            "rows": [{"customer_name": "Globex", "total_due": 1500000}],
            "totals": [{"customer_name": "Total", "total_due": 1500000}],
            "currency": "USD",
            "day": datetime.date(2025, 1, 20),
            **fields,
        }
    )


def test_the_page_says_who_what_when_and_how_much() -> None:
    words = text(report_pdf(table(), ACME))
    for expected in (
        "Acme GmbH",
        "Accounts receivable ageing",
        "As of January 20, 2025",
        "Customer",
        "Globex",
        "15,000.00",
        "Total",
        "Page 1 of 1",
        "Jan 20, 2025",
    ):
        assert expected in words


def test_the_same_table_gives_the_same_bytes() -> None:
    assert report_pdf(table(), ACME) == report_pdf(table(), ACME)


def test_every_page_of_a_long_report_has_the_columns_and_its_number() -> None:
    rows = [{"customer_name": f"Customer {i}", "total_due": i} for i in range(120)]
    data = report_pdf(table(rows=rows), ACME)
    sheets = pages(data)
    assert len(sheets) == 4
    for number, words in enumerate(sheets, 1):
        assert f"Page {number} of 4" in words
        assert "Total due" in words
    assert "Customer 119" in sheets[-1]


def test_a_wide_report_lies_on_its_side_and_a_narrow_one_stands() -> None:
    many = [Column(f"bucket_{i}", f"Bucket {i}", Kind.MONEY) for i in range(8)]
    rows = [{"customer_name": "Globex", **{c.key: 123456789 for c in many}}]
    boxes = [
        reader(report_pdf(table(columns=columns, rows=rows, totals=()), ACME)).pages[0].mediabox
        for columns in ((NAME, DUE), (NAME, *many))
    ]
    assert boxes[0].width < boxes[0].height
    assert boxes[1].width > boxes[1].height


def test_no_figure_is_shortened_however_many_columns_there_are() -> None:
    many = [Column(f"bucket_{i}", f"Bucket {i}", Kind.MONEY) for i in range(14)]
    rows = [{"customer_name": "Globex", **{c.key: 987654321 for c in many}}]
    words = text(report_pdf(table(columns=(NAME, *many), rows=rows, totals=()), ACME))
    assert words.count("9,876,543.21") == 14


def test_each_total_is_in_its_own_currency() -> None:
    totals = [
        {"customer_name": "Total USD", "total_due": 100, "currency": "USD"},
        {"customer_name": "Total JPY", "total_due": 100, "currency": "JPY"},
    ]
    words = text(report_pdf(table(totals=totals), ACME))
    assert "Total USD 1.00 Total JPY 100 " in words


def test_nothing_to_report_is_said() -> None:
    assert "There is nothing to report." in text(report_pdf(table(rows=[], totals=[]), ACME))


def test_markup_in_a_name_is_only_text() -> None:
    rows = [{"customer_name": "<b>{{ x }}</b>", "total_due": 1}]
    assert "<b>{{ x }}</b>" in text(report_pdf(table(rows=rows), ACME))


def test_a_sandbox_report_is_marked() -> None:
    sandbox = Organization(name="Acme", country="DE", livemode=False)
    assert "TEST" in text(report_pdf(table(), sandbox))
    assert "TEST" not in text(report_pdf(table(), ACME))


def test_paper_is_letter_where_that_is_the_habit() -> None:
    american = Organization(name="Acme", country="US")
    assert reader(report_pdf(table(), american)).pages[0].mediabox.height == 792


def test_too_many_rows_are_refused_and_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_ROWS", 2)
    rows = ({"customer_name": str(i)} for i in range(3))
    with pytest.raises(ReportTooLong) as refusal:
        report_pdf(table(rows=rows), ACME)
    assert refusal.value.code == "report_too_long"
