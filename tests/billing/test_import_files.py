"""Files of spreadsheets, however they were saved, and cells, however they were written."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from billing.imports.cells import BadCell, Style, guess_style, value_of
from billing.imports.columns import COLUMNS, HEADINGS, column_of, guess
from billing.imports.reading import read_table
from core.errors import DomainError

COMMA, POINT = Style(","), Style(".", is_day_first=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_files_are_read_however_they_were_saved(encoding: str, delimiter: str) -> None:
    lines = [("Nr.", "Straße"), ("7", "Müller & Söhne"), ("", ""), ("8", "“Ö”")]
    text = "\r\n".join(delimiter.join(cells) for cells in lines)
    table = read_table(text.encode(encoding))
    assert table.headings == ["Nr.", "Straße"]
    assert table.rows == [(2, ["7", "Müller & Söhne"]), (4, ["8", "“Ö”"])]
    assert table.delimiter == delimiter


def test_a_delimiter_in_a_cell_is_none() -> None:
    table = read_table(b'Name;Note\n"A; B";"one, two, three"\nC;"four, five"\n')
    assert table.rows == [(2, ["A; B", "one, two, three"]), (3, ["C", "four, five"])]


def test_short_rows_are_filled_up_and_the_guard_of_formulas_goes() -> None:
    assert read_table(b"a,b,c\n'=1,-2\n").rows == [(2, ["=1", "-2", ""])]


@pytest.mark.parametrize(
    "content, code",
    [
        (b"", "import_empty"),
        (b"name,price\n", "import_empty"),
        (b"PK\x03\x04\x00\x00", "import_unreadable"),
        (b'name,price\n"A,1', "import_broken_row"),
        (b"name,name\nA,B", "import_heading_twice"),
        (b"name,price\n" + b"A,1\n" * 11, "import_too_many_rows"),
        (b"x" * (5 * 1_048_576 + 1), "import_too_large"),
        (b"\xff\xfea", "import_unreadable"),
    ],
)
def test_files_that_cannot_be_read_say_why(content: bytes, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        read_table(content, most=10)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "headings",
    [
        "SKU,Product name,Unit price,Currency",
        "Artikelnummer,Bezeichnung,Einzelpreis,Währung",
        "Référence,Désignation,Prix unitaire,Devise",
        "Código,Denominación,Precio unitario,Moneda",
    ],
)
def test_headings_are_understood_in_four_languages(headings: str) -> None:
    assert guess("products", headings.split(",")) == ["sku", "name", "unit_price", "currency"]


def test_no_field_is_guessed_twice_and_no_heading_means_nothing() -> None:
    assert guess("products", ["Name", "Produkt", "", "Shoe size"]) == ["name", "", "", ""]


@pytest.mark.parametrize("noun", COLUMNS)
def test_every_field_has_headings(noun: str) -> None:
    named = {line.partition(":")[0] for line in HEADINGS[noun].splitlines() if ": " in line}
    assert {column.name for column in COLUMNS[noun]} <= named


@pytest.mark.parametrize(
    "noun, field, text, style, value",
    [
        ("products", "unit_price", "1.234,50 €", COMMA, Decimal("1234.50")),
        ("products", "unit_price", "$1,234.5", POINT, Decimal("1234.5")),
        ("products", "unit_price", "1 234,5", COMMA, Decimal("1234.5")),
        ("products", "unit_price", "1'234.50", POINT, Decimal("1234.50")),
        ("products", "unit_price", "-3", COMMA, Decimal(-3)),
        ("customers", "payment_terms_days", "30 Tage", COMMA, 30),
        ("customers", "country", "Deutschland", COMMA, "DE"),
        ("customers", "country", "États-Unis", COMMA, "US"),
        ("customers", "country", "gb", COMMA, "GB"),
        ("customers", "currency", "€", COMMA, "EUR"),
        ("customers", "is_tax_exempt", "Oui", COMMA, True),
        ("customers", "is_tax_exempt", "nein", COMMA, False),
        ("customers", "kind", "Privatperson", COMMA, "individual"),
        ("customers", "tags", "a; b,c", COMMA, ["a", "b", "c"]),
        ("invoices", "issue_date", "31.12.2026", COMMA, datetime.date(2026, 12, 31)),
        ("invoices", "issue_date", "2/1/26", COMMA, datetime.date(2026, 1, 2)),
        ("invoices", "issue_date", "2/1/2026", POINT, datetime.date(2026, 2, 1)),
        ("invoices", "issue_date", "2026-12-31 00:00:00", POINT, datetime.date(2026, 12, 31)),
    ],
)
def test_cells_are_read(noun: str, field: str, text: str, style: Style, value: Any) -> None:
    assert value_of(column_of(noun, field), text, style) == value


@pytest.mark.parametrize(
    "noun, field, text",
    [
        ("products", "unit_price", "1,5"),
        ("products", "unit_price", "1_000"),
        ("products", "unit_price", "NaN"),
        ("products", "unit_price", "１２"),
        ("products", "unit_price", "1e5"),
        ("customers", "payment_terms_days", "soon"),
        ("customers", "country", "Atlantis"),
        ("customers", "currency", "XXX1"),
        ("customers", "is_tax_exempt", "perhaps"),
        ("invoices", "issue_date", "31/12/2026"),
        ("invoices", "issue_date", "today"),
    ],
)
def test_cells_that_cannot_be_read_are_refused(noun: str, field: str, text: str) -> None:
    with pytest.raises(BadCell, match=text):
        value_of(column_of(noun, field), text, POINT)


@pytest.mark.parametrize(
    "numbers, days, style",
    [
        (["1.234,50", "7"], [], Style(",", True)),
        (["1,234.50"], ["12/31/2026"], Style(".", False)),
        (["5"], ["1/2/2026"], Style(".", True)),
        (["0.5", "1,5", "2,5"], ["31.12.2026"], Style(",", True)),
    ],
)
def test_the_way_of_writing_is_guessed(numbers: list[str], days: list[str], style: Style) -> None:
    assert guess_style(numbers, days, Style(".", True)) == style
