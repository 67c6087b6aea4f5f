"""Amounts go in and come out digit for digit (M8, A18 to A20, A25)."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.dialects.base.bodies import parse_object, render
from integrations.dialects.base.fields import Number, Object
from integrations.dialects.base.figures import money
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1

pytestmark = pytest.mark.django_db

AMOUNTS = [
    ("USD", "99999999999999.99"),
    ("USD", "0.01"),
    ("USD", "7128.00"),
    ("JPY", "1099"),
    ("JPY", "99999999999999"),
    ("KWD", "1.049"),
    ("KWD", "99999999999.999"),
    ("USDC", "0.000001"),
    ("USDC", "1234567.654321"),
    ("BTC", "0.00013790"),
    ("ETH", "0.000000001"),
]


@pytest.mark.parametrize("as_text", [False, True], ids=["number", "text"])
@pytest.mark.parametrize(("currency", "digits"), AMOUNTS)
def test_round_trip(v1: V1, customer: Body, currency: str, digits: str, as_text: bool) -> None:
    sent = f'"{digits}"' if as_text else digits
    body = (
        f'{{"customer_id":"{customer["id"]}","currency":"{currency}","line_items":'
        f'[{{"description":"x","quantity":1,"unit_price":{sent}}}]}}'
    )
    made = v1.call("POST", "/invoices", raw=body.encode())
    assert made.status == 201, made.content
    for content in (made.content, v1.get(f"/invoices/{made.id}").content):
        for name in ("total", "amount_due", "unit_price", "subtotal"):
            assert f'"{name}":{digits},'.encode() in content
    paid = v1.post("/payments", {"invoice_id": made.id, "amount": digits, "currency": currency})
    assert f'"amount":{digits},'.encode() in paid.content
    listed = v1.get("/invoices").content
    assert f'"total":{digits},'.encode() in listed
    assert f'"amount_paid":{digits},'.encode() in listed


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", "1.5"), ("USD", "1.005"), ("KWD", "0.0005"), ("USDC", "1e-7")]
)
def test_more_decimals_than_the_currency_has(
    v1: V1, customer: Body, currency: str, amount: str
) -> None:
    body = {"customer_id": customer["id"], "currency": currency, "line_items": [line("10")]}
    made = v1.made("/invoices", body)
    answer = v1.call(
        "POST",
        "/payments",
        raw=f'{{"invoice_id":"{made["id"]}","amount":{amount},"currency":"{currency}"}}'.encode(),
    )
    assert (answer.status, answer.error["param"]) == (422, "amount")
    assert v1.get(f"/invoices/{made['id']}").json["amount_paid"] == 0


@pytest.mark.parametrize(("currency", "price"), [("USDC", "99999999999999.99"), ("ETH", 10**13)])
def test_more_than_a_ledger_holds_is_refused(
    v1: V1, customer: Body, currency: str, price: Any
) -> None:
    body = {"customer_id": customer["id"], "currency": currency, "line_items": [line(price)]}
    answer = v1.post("/invoices", body)
    assert (answer.status, answer.error["type"]) == (422, "validation_error")
    assert v1.get("/invoices").json["total_count"] == 0


SPEC = Object(fields={"amount": Number(places=12)})


@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(minor=st.integers(min_value=0, max_value=99_999_999_999_999_99), as_text=st.booleans())
def test_any_amount_survives_reading_and_writing_M8(minor: int, as_text: bool) -> None:
    digits = f"{minor // 100}.{minor % 100:02d}"
    sent = f'"{digits}"' if as_text else digits
    amount = SPEC.decode_body(parse_object(b'{"amount":%b}' % sent.encode()))["amount"]
    assert amount == Decimal(minor).scaleb(-2)
    assert render(money(minor, "USD")) == digits.encode()
