"""The other examples of the /v1 document: customers to webhooks (4.2 to 4.6), and keys (2.2)."""

from decimal import Decimal
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from core.ids import decode_id
from tests.contract.enterprise.printed import CUSTOMER, holds
from tests.v1 import V1

pytestmark = pytest.mark.django_db
PRODUCT = {
    "name": "Web Development Services",
    "description": "Hourly web development services",
    "sku": "WEB-DEV-001",
    "unit_price": Decimal("150.00"),
    "unit": "hour",
    "category": "Services",
}


def test_create_customer_4_2_1(v1: V1) -> None:
    answer = v1.post("/customers", CUSTOMER)
    assert answer.status == 201
    shown = answer.json
    address = shown["billing_address"]
    plain = {name: value for name, value in CUSTOMER.items() if name != "billing_address"}
    holds(
        shown,
        **plain,
        object="customer",
        balance=0,
        status="active",
        created_at="2025-01-15T10:30:00Z",
        updated_at="2025-01-15T10:30:00Z",
    )
    holds(address, **CUSTOMER["billing_address"])  # type: ignore[arg-type]
    assert answer.headers["Location"] == f"/v1/customers/{shown['id']}"


def test_customers_4_2_2_to_5(v1: V1, customer: dict[str, Any]) -> None:
    listed = v1.get("/customers?status=active&limit=50").json
    assert [row["id"] for row in listed["data"]] == [customer["id"]]
    path = f"/customers/{customer['id']}"
    assert v1.get(path).json == customer
    changed = v1.put(path, {"phone": "+1-555-0199"})
    assert (changed.status, changed.json["phone"]) == (200, "+1-555-0199")
    assert v1.delete(path).status == 204


def test_customer_with_invoices_cannot_be_deleted_4_2_5(v1: V1, invoice: dict[str, Any]) -> None:
    path = f"/customers/{invoice['customer']['id']}"
    answer = v1.delete(path)
    assert (answer.status, answer.error["type"]) == (409, "conflict_error")
    assert answer.error["code"] == "customer_has_invoices"
    assert v1.get(path).status == 200


def test_customer_invoices_4_2_6(v1: V1, invoice: dict[str, Any]) -> None:
    v1.post(f"/invoices/{invoice['id']}/mark-paid", {"payment_date": "2025-01-20"})
    shown = v1.get(f"/customers/{invoice['customer']['id']}/invoices").json
    assert shown["object"] == "list"
    holds(
        shown["data"][0],
        id=invoice["id"],
        number="INV-2025-001",
        total=Decimal("7128.00"),
        status="paid",
    )


@pytest.fixture
def payment_body(invoice: dict[str, Any]) -> dict[str, Any]:
    return {
        "invoice_id": invoice["id"],
        "amount": Decimal("7128.00"),
        "currency": "USD",
        "payment_method": "stripe",
        "payment_date": "2025-01-20",
        "transaction_id": "ch_1234567890",
        "gateway": "stripe",
        "notes": "Payment received via Stripe",
    }


def test_create_payment_4_3_1(v1: V1, payment_body: dict[str, Any], clock: Any) -> None:
    clock.shift(5 * 86_400)
    answer = v1.post("/payments", payment_body)
    assert answer.status == 201
    holds(
        answer.json,
        **payment_body,
        object="payment",
        payment_number="PAY-2025-001",
        status="succeeded",
        created_at="2025-01-20T10:30:00Z",
    )


def test_list_payments_4_3_2(v1: V1, payment_body: dict[str, Any]) -> None:
    made = v1.made("/payments", payment_body)
    shown = v1.get(f"/payments?invoice_id={payment_body['invoice_id']}").json
    assert shown["data"] == [made]


def test_refund_payment_4_3_3(v1: V1, payment_body: dict[str, Any], clock: Any) -> None:
    made = v1.made("/payments", payment_body)
    clock.shift(6 * 86_400)
    answer = v1.post(
        f"/payments/{made['id']}/refund",
        {"amount": Decimal("7128.00"), "reason": "Customer requested refund"},
    )
    assert answer.status == 200
    holds(answer.json, id=made["id"], status="refunded")
    holds(
        answer.json["refund"],
        amount=Decimal("7128.00"),
        reason="Customer requested refund",
        refund_date="2025-01-21",
        status="succeeded",
    )
    assert decode_id("ref", answer.json["refund"]["id"])


def test_products_4_4(v1: V1, tax: dict[str, Any]) -> None:
    body = {**PRODUCT, "tax_profile_id": tax["id"]}
    answer = v1.post("/products", body)
    assert answer.status == 201
    holds(
        answer.json,
        **body,
        object="product",
        is_active=True,
        created_at="2025-01-15T10:30:00Z",
    )
    listed = v1.get("/products?category=Services&is_active=true").json
    assert [row["id"] for row in listed["data"]] == [answer.id]


def test_create_webhook_4_6_1(v1: V1) -> None:
    body = {
        "url": "https://yourapp.com/webhooks/invoices",
        "events": ["invoice.created", "invoice.paid", "payment.received"],
        "description": "Production webhook for order fulfillment",
    }
    answer = v1.post("/webhooks", body)
    assert answer.status == 201
    holds(answer.json, **body, object="webhook", active=True, created_at="2025-01-15T10:30:00Z")
    assert answer.json["secret"].startswith("whsec_")
    assert "secret" not in v1.get(f"/webhooks/{answer.id}").json


def test_test_webhook_4_6_2(v1: V1, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("OK")
    made = v1.made("/webhooks", {"url": httpserver.url_for("/hook"), "events": ["invoice.paid"]})
    answer = v1.post(f"/webhooks/{made['id']}/test")
    assert answer.status == 200
    shown = answer.json
    holds(shown, delivery_status="success", response_code=200)
    assert decode_id("evt", shown["test_event_id"])
    assert shown["response_time_ms"] >= 0


def test_generate_api_key_2_2(v1: V1) -> None:
    answer = v1.post(
        "/api-keys",
        {
            "name": "Production Server",
            "scopes": ["invoices:read", "invoices:write"],
            "expires_at": "2026-01-15T00:00:00Z",
        },
    )
    assert answer.status == 201
    shown = answer.json
    holds(
        shown,
        name="Production Server",
        scopes=["invoices:read", "invoices:write"],
        created_at="2025-01-15T10:30:00Z",
        expires_at="2026-01-15T00:00:00Z",
    )
    assert shown["key"].startswith("sk_live_")
    assert V1(shown["key"]).get("/invoices").status == 200
