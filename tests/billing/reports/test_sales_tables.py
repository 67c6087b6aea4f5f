"""The sales, tax and payments reports as tables: whole for programs, short for people."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.reports.csv import csv_chunks
from billing.reports.payment_tables import payments_table
from billing.reports.payments import payment_report
from billing.reports.product_sales import product_report
from billing.reports.sales import sales_report
from billing.reports.sales_tables import OTHER_LINES, product_table, sales_table
from billing.reports.table import Table
from billing.reports.tax import accrual_report
from billing.reports.tax_tables import tax_table
from tests import builders
from tests.billing.money import pay
from tests.billing.reports.figures import day, scope


def sheet(table: Table) -> list[dict[str, str]]:
    content = b"".join(csv_chunks(table)).decode()
    return list(csv.DictReader(io.StringIO(content)))


@pytest.fixture
def sold(actor: Actor) -> None:
    vat = builders.tax_profile(actor, "19")
    hosting = builders.product(actor, "100.00", tax_profile_id=vat.pk)
    payer = builders.customer(actor, "Payer").pk
    lines: list[dict[str, Any]] = [
        {"product_id": hosting.pk, "quantity": Decimal("1.5")},
        builders.line("10.00"),
    ]
    for currency, price in (("USD", None), ("KWD", "1.005")):
        if price:
            lines = [builders.line(price, tax_profile_id=vat.pk)]
        invoice = builders.issued_invoice(
            actor,
            lines=lines,
            customer_id=payer,
            currency=currency,
            exchange_rate=Decimal(1) if currency == "USD" else Decimal("3.25"),
            issue_date=day(1, 9),
        )
        if currency == "USD":
            pay(actor, invoice, "100.00", payment_date=day(1, 12), method="ach")


def test_every_currency_has_its_rows_and_its_total(
    actor: Actor, acme: Organization, sold: None
) -> None:
    table = sales_table(sales_report(scope(actor), "year"), acme)
    assert [(row["currency"], row["total_invoiced"]) for row in sheet(table)] == [
        ("USD", "188.50"),
        ("KWD", "1.196"),
    ]
    assert [(row["currency"], row["total_outstanding"]) for row in table.totals] == [
        ("USD", 8850),
        ("KWD", 1196),
    ]


def test_people_see_no_columns_that_only_programs_want(
    actor: Actor, acme: Organization, sold: None
) -> None:
    report = sales_report(scope(actor), "customer")
    people = [column.key for column in sales_table(report, acme).columns]
    programs = [column.key for column in sales_table(report, acme, str).columns]
    assert "customer_id" in programs and "customer_id" not in people
    assert "total_written_off" in programs and "total_written_off" not in people
    paid = payments_table(payment_report(scope(actor), "method"), acme)
    assert "pending_amount" not in [column.key for column in paid.columns]


def test_products_with_their_quantity_and_the_lines_without_one(
    actor: Actor, acme: Organization, sold: None
) -> None:
    rows = sheet(product_table(product_report(scope(actor, is_alone=True)), acme))
    assert [(row["product_name"], row["quantity"], row["net_sales"]) for row in rows] == [
        ("Annual Web Hosting", "1.5", "150.00"),
        (OTHER_LINES, "", "10.00"),
    ]


def test_tax_names_the_amount_in_the_books(actor: Actor, acme: Organization, sold: None) -> None:
    report = accrual_report(scope(actor))
    rows = sheet(tax_table(report, acme, str))
    assert [
        (row["total_tax_collected"], row["accounting_tax_collected"], row["accounting_currency"])
        for row in rows
    ] == [("28.50", "28.50", "USD"), ("0.191", "0.62", "USD")]
    people = sheet(tax_table(report, acme))
    assert [row["in_books"] for row in people] == ["28.50\xa0USD", "0.62\xa0USD"]
    alone = tax_table(accrual_report(scope(actor, is_alone=True)), acme)
    assert "in_books" not in [column.key for column in alone.columns]


def test_methods_are_words_for_people_and_names_for_programs(
    actor: Actor, acme: Organization, sold: None
) -> None:
    report = payment_report(scope(actor, is_alone=True), "method")
    assert [row["payment_method"] for row in sheet(payments_table(report, acme))] == ["ACH"]
    assert [row["payment_method"] for row in sheet(payments_table(report, acme, str))] == ["ach"]
