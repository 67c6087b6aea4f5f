"""Short words for tests about credit at /v1."""

from typing import Any

from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1, Answer


def issue(v1: V1, customer: Body, *lines: Body, **fields: Any) -> Body:
    made = v1.made("/invoices", {"customer_id": customer["id"], "line_items": lines, **fields})
    answer = v1.post(f"/invoices/{made['id']}/issue")
    assert answer.status == 200
    return answer.json


def pay(v1: V1, invoice: Body, amount: str, **fields: Any) -> Body:
    return v1.made("/payments", {"invoice_id": invoice["id"], "amount": amount, **fields})


def credit(v1: V1, invoice: Body, **fields: Any) -> Answer:
    return v1.post("/credit-notes", {"invoice_id": invoice["id"], **fields})


def due(v1: V1, invoice: Body) -> str:
    return str(v1.get(f"/invoices/{invoice['id']}").json["amount_due"])


def units(invoice: Body, quantity: Any, position: int = 0) -> list[Body]:
    line_id = invoice["line_items"][position]["id"]
    return [{"line_item_id": line_id, "quantity": quantity}]


def stand_alone(v1: V1, customer: Body, total: str, **fields: Any) -> Body:
    return v1.made(
        "/credit-notes", {"customer_id": customer["id"], "line_items": [line(total)], **fields}
    )
