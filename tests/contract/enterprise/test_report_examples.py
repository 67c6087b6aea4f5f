"""The document's sales and tax reports (4.5.2, 4.5.3), with documents that give its figures."""

from decimal import Decimal
from typing import Any

import pytest

from tests.contract.enterprise.printed import holds
from tests.v1 import V1

pytestmark = pytest.mark.django_db


def invoiced(v1: V1, customer: dict[str, Any], on: str, price: str, **line: Any) -> str:
    """The id of an issued invoice over one line."""
    body = {
        "customer_id": customer["id"],
        "issue_date": on,
        "line_items": [
            {"description": "Work", "quantity": 1, "unit_price": Decimal(price), **line}
        ],
    }
    invoice = v1.made("/invoices", body)
    assert v1.post(f"/invoices/{invoice['id']}/issue").status == 200
    return str(invoice["id"])


def payment(invoice_id: str, amount: str) -> dict[str, Any]:
    return {
        "invoice_id": invoice_id,
        "amount": Decimal(amount),
        "currency": "USD",
        "payment_method": "bank_transfer",
        "payment_date": "2025-01-15",
    }


def test_sales_report_4_5_2(v1: V1, customer: dict[str, Any]) -> None:
    invoices = [invoiced(v1, customer, "2025-01-03", "3000.00") for _ in range(15)]
    for invoice_id in invoices[:12]:
        v1.made("/payments", payment(invoice_id, "3000.00"))
    v1.made("/payments", payment(invoices[12], "2000.00"))
    for on in ("2025-01-08", "2025-01-15", "2025-01-22"):
        invoice_id = invoiced(v1, customer, on, "45000.00")
        v1.made("/payments", payment(invoice_id, "38000.00"))

    answer = v1.get(
        "/reports/sales?start_date=2025-01-01&end_date=2025-01-31&group_by=week&currency=USD"
    )

    assert answer.status == 200
    shown = answer.json
    holds(
        shown,
        object="sales_report",
        start_date="2025-01-01",
        end_date="2025-01-31",
        currency="USD",
        group_by="week",
        other_currencies=[],
    )
    holds(
        shown["data"][0],
        period="2025-01-01",
        period_end="2025-01-07",
        invoices_count=15,
        total_invoiced=Decimal("45000.00"),
        total_paid=Decimal("38000.00"),
        total_outstanding=Decimal("7000.00"),
    )
    holds(
        shown["summary"],
        total_invoiced=Decimal("180000.00"),
        total_paid=Decimal("152000.00"),
        total_outstanding=Decimal("28000.00"),
    )
    periods = [(row["period"], row["period_end"]) for row in shown["data"]]
    assert periods[-1] == ("2025-01-29", "2025-01-31")


def test_tax_report_4_5_3(v1: V1, customer: dict[str, Any], tax: dict[str, Any]) -> None:
    for _ in range(46):
        invoiced(v1, customer, "2025-02-03", "2000.00", tax_profile_id=tax["id"])
    invoiced(v1, customer, "2025-03-31", "8000.00", tax_profile_id=tax["id"])

    answer = v1.get("/reports/tax?start_date=2025-01-01&end_date=2025-03-31")

    assert answer.status == 200
    shown = answer.json
    holds(shown, object="tax_report", start_date="2025-01-01", end_date="2025-03-31")
    (row,) = shown["tax_profiles"]
    holds(
        row,
        tax_profile_id=tax["id"],
        name="GST (10%)",
        type="GST",
        rate=10,
        total_sales=Decimal("100000.00"),
        total_tax_collected=Decimal("10000.00"),
        invoice_count=47,
    )
    holds(
        shown["summary"],
        total_sales=Decimal("100000.00"),
        total_tax_collected=Decimal("10000.00"),
    )
    assert shown["other_currencies"] == []
