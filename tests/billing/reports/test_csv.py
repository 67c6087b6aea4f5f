"""Reports as CSV: RFC 4180, exact digits, and nothing that a spreadsheet would run (X4)."""

import csv
import datetime
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from billing.reports.csv import CHUNK, csv_chunks, guarded
from billing.reports.table import Column, Kind, Row, Table

COLUMNS = (
    Column("customer_name", "Customer"),
    Column("since", "Since", Kind.DAY),
    Column("invoice_count", "Invoices", Kind.COUNT),
    Column("rate", "Rate", Kind.PERCENT),
    Column("total_due", "Total due", Kind.MONEY),
)


def table(rows: Any, **fields: Any) -> Table:
    return Table(
        **{
            "key": "aging",
            "title": "Ageing",
            "columns": COLUMNS,
            "rows": rows,
            "day": datetime.date(2025, 1, 20),
            "currency": "USD",
            **fields,
        }
    )


def written(rows: Any, *, for_people: bool = False, **fields: Any) -> str:
    return b"".join(csv_chunks(table(rows, **fields), for_people=for_people)).decode()


def test_a_row_is_written_with_exact_digits_and_iso_days() -> None:
    row: Row = {
        "customer_name": "ACME",
        "since": datetime.date(2025, 1, 2),
        "invoice_count": 1200,
        "rate": Decimal("9.975"),
        "total_due": -712800,
    }
    assert written([row]) == (
        "customer_name,since,invoice_count,rate,total_due\r\nACME,2025-01-02,1200,9.975,-7128.00\r\n"
    )


@pytest.mark.parametrize(
    ("currency", "minor", "digits"),
    [("JPY", 1099, "1099"), ("KWD", 1049, "1.049"), ("BTC", 1, "0.00000001")],
)
def test_money_has_its_currencys_places(currency: str, minor: int, digits: str) -> None:
    rows = [{"total_due": minor, "currency": currency}]
    assert written(rows, columns=COLUMNS[-1:]) == f"total_due\r\n{digits}\r\n"


def test_a_missing_cell_is_empty() -> None:
    assert written([{"customer_name": "ACME", "rate": None}]).endswith("\r\nACME,,,,\r\n")


def test_a_table_without_rows_still_says_its_columns() -> None:
    assert written([]) == "customer_name,since,invoice_count,rate,total_due\r\n"


def test_quotes_commas_and_line_breaks_are_quoted() -> None:
    name = 'He said "no", twice\nand left'
    text = written([{"customer_name": name}])
    assert '"He said ""no"", twice\nand left"' in text
    assert list(csv.reader(io.StringIO(text, newline="")))[1][0] == name


def test_people_get_titles_and_the_mark_of_utf_8() -> None:
    text = written([{"customer_name": "Müller"}], for_people=True)
    assert text.startswith("\ufeffCustomer,Since,Invoices,Rate,Total due\r\n")
    assert "Müller" in text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "＋1+1",
        "－1-1",
        "＠SUM(1)",
        "+49 30 1234",
        "--1",
        "-1.",
        "=",
    ],
)
def test_x4_a_cell_that_a_spreadsheet_would_run_is_disarmed(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "ACME", "5", "-5", "+5.25", "-7128.00", "a=b", "x@y.test", "'=1", "2025-01-20"]
)
def test_x4_other_cells_and_pure_numbers_are_left_alone(text: str) -> None:
    assert guarded(text) == text


def test_x4_the_guard_is_on_every_text_cell_and_every_title() -> None:
    columns = (Column("=key", "=title"),)
    assert written([{"=key": "=1"}], columns=columns) == "'=key\r\n'=1\r\n"
    assert "'=title" in written([], columns=columns, for_people=True)


def test_rows_go_out_in_pieces_while_they_come() -> None:
    taken = 0

    def rows() -> Iterator[Row]:
        nonlocal taken
        for _ in range(10_000):
            taken += 1
            yield {"customer_name": "x" * 100}

    chunks = csv_chunks(table(rows()))
    first = next(chunks)
    assert CHUNK <= len(first) < CHUNK + 200
    assert taken < 1_000
    assert sum(chunk.count(b"\r\n") for chunk in chunks) + first.count(b"\r\n") == 10_001
