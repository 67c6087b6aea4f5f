"""What documents say: exact figures in every syntax, and a reason where there are none."""

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from integrations.collectors.parsing import wire
from integrations.collectors.parsing.figures import Confidence, Reading
from integrations.collectors.parsing.reading import read
from tests.integrations.collectors.einvoices import cii, page, ubl, with_files, zugferd1

XML = {"ubl": ubl(), "cii": cii(), "zugferd1": zugferd1()}
BILL = (
    "Hafen Werkzeuge GmbH",
    "Hafen Werkzeuge GmbH · Hafenstr. 1 · 20457 Hamburg",
    "Rechnung an",
    "Acme GmbH",
    "Rechnungsnummer: R-2026-017",
    "Rechnungsdatum 05.03.2026",
    "Fällig am 4. April 2026",
    "Hammer 3 20,00 60,00",
    "Säge 1 50,00 50,00",
    "Zwischensumme 110,00 EUR",
    "zzgl. 19 % MwSt. 20,90 EUR",
    "Gesamtbetrag 130,90 EUR",
    "USt-IdNr. DE123456789",
)


def codes(reading: Reading) -> list[str]:
    assert reading.invoice is not None, reading.problem
    return [one.code for one in reading.invoice.findings]


@pytest.mark.parametrize("syntax", XML)
def test_a_structured_invoice_is_read_exactly(syntax: str) -> None:
    told = read(XML[syntax]).invoice

    assert told is not None and told.syntax == syntax
    assert (told.number, told.currency, told.is_credit_note) == ("R-2026-017", "EUR", False)
    assert told.issue_date == datetime.date(2026, 3, 5)
    assert told.due_date == datetime.date(2026, 4, 4)
    supplier = told.supplier
    assert (supplier.name, supplier.tax_id) == ("Hafen Werkzeuge GmbH", "DE123456789")
    assert (supplier.country, told.buyer.name) == ("DE", "Acme")
    totals = told.totals
    assert (totals.net, totals.tax, totals.gross) == tuple(
        map(Decimal, ("110.00", "20.90", "130.90"))
    )
    assert totals.payable == Decimal("130.90")
    (group,) = told.tax_groups
    assert (group.category, group.rate, group.base, group.tax) == (
        "S",
        Decimal(19),
        Decimal("110.00"),
        Decimal("20.90"),
    )
    hammer, saw = told.lines
    assert (hammer.name, hammer.quantity, hammer.unit, hammer.price, hammer.net, hammer.rate) == (
        "Hammer",
        Decimal(3),
        "C62",
        Decimal("20.00"),
        Decimal("60.00"),
        Decimal(19),
    )
    assert saw.net == Decimal("50.00")
    assert told.findings == ()


def test_a_credit_note_has_its_due_date_among_the_means_of_payment() -> None:
    told = read(ubl(is_credit_note=True)).invoice

    assert told is not None and told.is_credit_note
    assert told.due_date == datetime.date(2026, 4, 4) and len(told.lines) == 2


@pytest.mark.parametrize("name", ["factur_x__xml", "ZUGFeRD_invoice__xml", "xrechnung__xml"])
def test_the_e_invoice_inside_of_a_pdf_counts(name: str) -> None:
    told = read(with_files(page("Total 130.90"), **{name: cii()})).invoice

    assert told is not None and told.syntax == "cii" and told.findings == ()


def test_pages_that_show_another_total_than_the_e_invoice_inside_are_pointed_out() -> None:
    assert codes(read(with_files(page("Total 13.09 EUR"), factur_x__xml=cii()))) == ["pages_differ"]


def test_two_different_invoices_in_one_pdf_are_refused() -> None:
    both = with_files(page("x"), factur_x__xml=cii(), other__xml=ubl(number="R-2"))

    assert read(both) == Reading(problem="two_invoices")


def test_a_broken_e_invoice_inside_leaves_the_pages() -> None:
    assert "enclosed_unread" in codes(read(with_files(page(*BILL), factur_x__xml=b"<Invoice")))


def test_a_page_of_text_is_read_with_honest_confidence() -> None:
    told = read(page(*BILL)).invoice

    assert told is not None and told.syntax == "text"
    assert (told.number, told.currency) == ("R-2026-017", "EUR")
    assert told.issue_date == datetime.date(2026, 3, 5)
    assert told.due_date == datetime.date(2026, 4, 4)
    assert (told.supplier.name, told.supplier.tax_id) == ("Hafen Werkzeuge GmbH", "DE123456789")
    assert (told.totals.net, told.totals.tax) == (Decimal("110.00"), Decimal("20.90"))
    assert told.totals.gross == Decimal("130.90")
    assert told.confidence["gross"] is Confidence.LIKELY
    assert told.confidence["tax_id"] is Confidence.GUESSED
    assert told.lines == ()


def test_a_total_alone_is_a_guess_and_nothing_is_made_of_it() -> None:
    told = read(page("Invoice no. 7/2026", "Total 99.00")).invoice

    assert told is not None and told.totals.gross == Decimal("99.00")
    assert told.confidence["gross"] is Confidence.GUESSED
    assert (told.totals.tax, told.totals.net, told.currency) == (None, None, "")
    assert told.issue_date is None and told.supplier.name == ""


@pytest.mark.parametrize(
    ("lines", "day", "found"),
    [
        (["Invoice date 03/04/2026"], None, ["date_ambiguous"]),
        (["Invoice date 03/04/2026", "Due date 04/28/2026"], datetime.date(2026, 3, 4), []),
        (["Invoice date 03/04/2026", "Due date 28/04/2026"], datetime.date(2026, 4, 3), []),
        (["Date of issue March 4, 2026"], datetime.date(2026, 3, 4), []),
        (["Date d’émission : 4 mars 2026"], datetime.date(2026, 3, 4), []),
    ],
)
def test_days_that_can_be_read_in_two_ways_are_left_open(
    lines: list[str], day: datetime.date | None, found: list[str]
) -> None:
    reading = read(page("Invoice no. A-1", *lines))

    assert reading.invoice is not None and reading.invoice.issue_date == day
    assert [code for code in codes(reading) if code == "date_ambiguous"] == found


def test_what_stands_at_both_ends_of_a_line_is_two_things() -> None:
    """PDFs hold no gap there, and readers of PDFs put none in."""
    told = read(
        page(
            "InvoiceINV-2026-003",
            "Issue date 2026/03/05",
            "Due date 2026. 4. 4.",
            "Tax 0.00",
            "Total EUR 99.00",
            "Page 1 of 1Hafen Werkzeuge GmbH \u00b7 Kai 7 \u00b7 20457 Hamburg",
        )
    ).invoice
    assert told is not None
    assert (told.number, told.supplier.name) == ("INV-2026-003", "Hafen Werkzeuge GmbH")
    assert (str(told.issue_date), str(told.due_date)) == ("2026-03-05", "2026-04-04")
    assert (told.totals.net, told.totals.tax) == (Decimal("99.00"), Decimal(0))


def test_a_dollar_may_be_anybodys() -> None:
    reading = read(page("Invoice no. A-1", "Total $10.00"))

    assert "currency_sign" in codes(reading)
    assert reading.invoice is not None and reading.invoice.currency == ""


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (page(""), "no_text"),
        (page("Dear Sir or Madam"), "no_figures"),
        (b"%PDF-1.7 one page", "not_pdf"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\4\0\0\0\4\0", "picture"),
        (b"<?xml version='1.0'?><order/>", "unknown_xml"),
        (b"<?xml version='1.0'?><order>", "not_xml"),
        (b"<Invoice><ID>1</ID></Invoice>", "unknown_xml"),
        (b"PK\x03\x04 an archive", "unknown_kind"),
        (b"", "unknown_kind"),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, problem: str) -> None:
    assert read(content).problem == problem


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((b">130.90</cbc:TaxInclusive", b">131.90</cbc:TaxInclusive"), "gross_differs"),
        ((b">130.90</cbc:Payable", b">130.91</cbc:Payable"), "payable_differs"),
        ((b">60.00</cbc:LineExtension", b">61.00</cbc:LineExtension"), "lines_differ"),
        ((b">2026-03-05<", b">5 March<"), "value_unread"),
        ((b">60.00</cbc:LineExtension", b">60,00</cbc:LineExtension"), "value_unread"),
        ((b">R-2026-017<", b"><"), "not_found"),
    ],
)
def test_what_is_odd_is_said_and_the_rest_is_read(change: tuple[bytes, bytes], code: str) -> None:
    content = ubl()
    assert change[0] in content

    assert code in codes(read(content.replace(*change)))


@pytest.mark.parametrize("content", [*XML.values(), page(*BILL), page("")])
def test_a_reading_comes_back_from_json_as_it_was(content: bytes) -> None:
    reading = read(content)

    assert wire.loaded(wire.dumped(reading)) == reading


@pytest.mark.parametrize(
    "lie",
    [
        {"number": 7},
        {"number": "x" * 501},
        {"lines": "many"},
        {"lines": [{}]},
        {"totals": {"gross": "1e9"}},
        {"issue_date": "tomorrow"},
        {"confidence": {"gross": "sworn"}},
        {"supplier": None},
    ],
)
def test_an_answer_of_another_shape_is_not_believed(lie: dict[str, Any]) -> None:
    told = wire.dumped(read(ubl()))
    told["invoice"] |= lie

    with pytest.raises(ValueError):  # noqa: PT011
        wire.loaded(told)


def test_amounts_are_never_rounded() -> None:
    told = read(ubl(gross="130.9000000001")).invoice

    assert told is not None and told.totals.gross == Decimal("130.9000000001")
    assert replace(told).totals.gross == told.totals.gross
