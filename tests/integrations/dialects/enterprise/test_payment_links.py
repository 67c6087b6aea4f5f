"""/v1/payment-links."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Organization
from billing.models import PaymentLink
from core import exactjson
from core.models import Event
from integrations.models import WebhookDelivery
from integrations.relay import relay
from tests.instants import AT
from tests.integrations.dialects.enterprise.conftest import Body
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(v1: V1) -> Body:
    return v1.made("/payment-links", {"name": "Workshop", "amount": "49.99"})


def test_for_an_invoice(v1: V1, issued: Body, settings: Any) -> None:
    made = v1.made(
        "/payment-links",
        {
            "invoice_id": issued["id"],
            "amount": "30.00",
            "max_uses": 1,
            "expires_at": "2025-02-01T00:00:00+01:00",
            "metadata": {"order": "7"},
        },
    )
    assert made["id"].startswith("plink_")
    assert made["url"].startswith(f"{settings.BASE_URL}/pay/")
    assert len(made["url"].rpartition("/")[2]) == 22
    assert (made["status"], made["invoice_id"], made["product_id"]) == (
        "active",
        issued["id"],
        None,
    )
    assert (made["amount"], made["currency"], made["max_uses"]) == (Decimal("30.00"), "USD", 1)
    assert (made["expires_at"], made["metadata"]) == ("2025-01-31T23:00:00Z", {"order": "7"})
    assert v1.get(f"/payment-links/{made['id']}").json == made


def test_for_a_product(v1: V1) -> None:
    product = v1.made("/products", {"name": "Hosting", "unit_price": "1200.00"})
    made = v1.made("/payment-links", {"product_id": product["id"], "quantity": 2})
    assert (made["product_id"], made["quantity"], made["amount"]) == (product["id"], 2, None)


def test_for_an_amount_of_another_currency(v1: V1) -> None:
    tax = v1.made("/tax-profiles", {"name": "VAT", "rate": 10})
    made = v1.made(
        "/payment-links",
        {"name": "Seat", "amount": 1099, "currency": "JPY", "tax_profile_id": tax["id"]},
    )
    assert (made["amount"], made["currency"], made["tax_profile_id"]) == (1099, "JPY", tax["id"])


def test_what_was_ordered_is_there_as_customer_and_invoice(v1: V1, link: Body) -> None:
    v1.made("/webhooks", {"url": "https://hooks.example/x", "events": ["payment_link.used"]})
    where = link["url"][link["url"].index("/pay/") :]
    answer = Client().post(where, {"name": "Homer Simpson", "email": "homer@home.test"})
    assert answer.status_code == 302
    invoice = v1.get("/invoices").json["data"][0]
    assert (invoice["status"], str(invoice["total"])) == ("sent", "49.99")
    assert invoice["customer"]["email"] == "homer@home.test"
    assert v1.get(f"/payment-links/{link['id']}").json["times_used"] == 1
    relay(at=AT)
    told = exactjson.loads(WebhookDelivery.objects.get().body)["data"]
    assert told["object"]["created_invoice_id"] == invoice["id"]
    assert told["previous_attributes"]["times_used"] == 0
    assert "created_invoice_id" not in told["previous_attributes"]


def test_it_is_closed_for_good(v1: V1, link: Body) -> None:
    answer = v1.post(f"/payment-links/{link['id']}/deactivate")
    assert (answer.status, answer.json["status"]) == (200, "deactivated")
    assert answer.json["deactivated_at"] == "2025-01-15T10:30:00Z"
    again = v1.post(f"/payment-links/{link['id']}/deactivate")
    assert (again.status, again.error["code"]) == (409, "invalid_transition")


def test_lists_know_the_derived_states(
    v1: V1, link: Body, issued: Body, clock: time_machine.Traveller
) -> None:
    paid = v1.made("/payment-links", {"invoice_id": issued["id"]})
    short = v1.made(
        "/payment-links", {"name": "x", "amount": 1, "expires_at": "2025-01-16T00:00:00Z"}
    )
    closed = v1.made("/payment-links", {"name": "x", "amount": 1, "currency": "EUR"})
    v1.post(f"/payment-links/{closed['id']}/deactivate")
    v1.post(f"/invoices/{issued['id']}/mark-paid")
    clock.move_to("2025-01-17T00:00:00Z")
    for query, found in (
        ("status=active", [link]),
        ("status=completed", [paid]),
        ("status=expired", [short]),
        ("status=deactivated", [closed]),
        (f"invoice_id={issued['id']}", [paid]),
        ("currency=EUR", [closed]),
        ("created_at[lt]=2025-01-01", []),
    ):
        rows = v1.get(f"/payment-links?{query}").json["data"]
        assert [row["id"] for row in rows] == [row["id"] for row in found], query
    assert v1.get("/payment-links?status=open").status == 400


BAD: list[tuple[Body, int, str, str]] = [
    ({}, 422, "invalid_value", "amount"),
    ({"invoice_id": "inv_x"}, 422, "unknown_reference", "invoice_id"),
    ({"product_id": "prod_x"}, 422, "unknown_reference", "product_id"),
    ({"name": "x", "amount": "-1"}, 422, "invalid_value", "amount"),
    ({"name": "x", "amount": "1e20"}, 422, "invalid_number", "amount"),
    ({"name": "x", "amount": 1, "max_uses": 0}, 422, "out_of_range", "max_uses"),
    ({"name": "x", "amount": 1, "max_uses": 1.5}, 422, "invalid_type", "max_uses"),
    ({"name": "x", "amount": 1, "expires_at": "soon"}, 422, "invalid_date", "expires_at"),
    ({"name": "x", "amount": 1, "expires_at": "2025-01-15"}, 422, "invalid_value", "expires_at"),
    ({"name": ["x"], "amount": 1}, 422, "invalid_type", "name"),
    ({"name": "x", "amount": 1, "url": "https://evil.test"}, 422, "unknown_parameter", "url"),
    ({"name": "x", "amount": 1, "token": "mine"}, 422, "unknown_parameter", "token"),
]


@pytest.mark.parametrize(("body", "status", "code", "param"), BAD)
def test_a_bad_body_names_its_field_and_makes_nothing(
    v1: V1, body: Body, status: int, code: str, param: str
) -> None:
    answer = v1.post("/payment-links", body)
    assert (answer.status, answer.error["code"], answer.error["param"]) == (status, code, param)
    assert not PaymentLink.objects.exists()


def test_a_draft_has_to_be_issued_first(v1: V1, draft: Body) -> None:
    answer = v1.post("/payment-links", {"invoice_id": draft["id"]})
    assert (answer.status, answer.error["code"]) == (409, "invoice_not_issued")


def test_another_tenant_sees_and_changes_nothing(
    v1: V1, rival_v1: V1, link: Body, issued: Body
) -> None:
    before = Event.objects.count()
    answers = [
        rival_v1.get(f"/payment-links/{link['id']}"),
        rival_v1.post(f"/payment-links/{link['id']}/deactivate"),
    ]
    assert {(each.status, each.error["code"]) for each in answers} == {(404, "resource_not_found")}
    answer = rival_v1.post("/payment-links", {"invoice_id": issued["id"]})
    assert (answer.status, answer.error["code"]) == (422, "unknown_reference")
    assert rival_v1.get("/payment-links").json["total_count"] == 0
    assert Event.objects.count() == before


def test_both_rights_are_needed(acme: Organization, v1: V1) -> None:
    for scopes in (("payments:write",), ("invoices:write",)):
        answer = V1(key_for(acme, *scopes)).post("/payment-links", {"name": "x", "amount": 1})
        assert (answer.status, answer.error["code"]) == (403, "insufficient_permissions")
    assert not PaymentLink.objects.exists()


def test_the_same_key_makes_one_link_G1(v1: V1) -> None:
    body = {"name": "x", "amount": 1}
    answers = [v1.post("/payment-links", body, X_Idempotency_Key="k") for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 200]
    assert PaymentLink.objects.count() == 1
