"""What most tests of /v1 start from."""

from typing import Any

import pytest

from tests.v1 import V1

Body = dict[str, Any]


@pytest.fixture
def customer(v1: V1) -> Body:
    return v1.made("/customers", {"name": "Globex", "email": "ap@globex.test"})


@pytest.fixture
def draft(v1: V1, customer: Body) -> Body:
    """One line of 100.00, untaxed, dated 15 January and due 14 February 2025."""
    return v1.made("/invoices", {"customer_id": customer["id"], "line_items": [line()]})


@pytest.fixture
def issued(v1: V1, draft: Body) -> Body:
    answer = v1.post(f"/invoices/{draft['id']}/issue")
    assert answer.status == 200
    return answer.json


def line(price: Any = "100.00", quantity: Any = 1, **more: Any) -> Body:
    return {"description": "Work", "quantity": quantity, "unit_price": price, **more}
