"""A list row says about an invoice exactly what the whole object says."""

from typing import Any

import pytest

from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", ["draft", "issued", "partial", "paid", "void", "overdue"])
def test_a_row_is_part_of_the_object(v1: V1, customer: Body, state: str, clock: Any) -> None:
    tax = v1.made("/tax-profiles", {"name": "VAT", "rate": 19})
    made = v1.made(
        "/invoices",
        {
            "customer_id": customer["id"],
            "line_items": [line("10.00", 3, tax_profile_id=tax["id"])],
            "discount_type": "percent",
            "discount_value": 5,
            "po_number": "PO-1",
            "reference": "R",
        },
    )
    path = f"/invoices/{made['id']}"
    if state != "draft":
        v1.post(f"{path}/issue")
    if state == "partial":
        v1.made("/payments", {"invoice_id": made["id"], "amount": 1})
    if state == "paid":
        v1.post(f"{path}/mark-paid")
    if state == "void":
        v1.post(f"{path}/void")
    if state == "overdue":
        clock.shift(40 * 86_400)
    whole = v1.get(path).json
    (row,) = v1.get("/invoices").json["data"]
    assert row == {name: whole[name] for name in row}
    assert {"id", "number", "status", "total", "due_date", "amount_due"} <= set(row)
    assert ("days_overdue" in row) is (state == "overdue")
