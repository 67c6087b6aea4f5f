"""What users of /api/v0 try next, and what must not work."""

import datetime
import json
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import ApiKey, App, Organization
from billing.models import Invoice, NumberSeries, PaymentLink, TaxProfile
from billing.operations.exchange_rates import set_exchange_rate
from billing.operations.issuing import void_invoice
from billing.operations.products import create_product
from integrations.models import Message
from tests.builders import issued_invoice
from tests.contract.wallet.conftest import NOW, V0, day, shown_day, v0_pair

pytestmark = pytest.mark.django_db
Body = dict[str, Any]


def test_a_list_is_bare_and_tells_its_length(v0: V0, basic: Body) -> None:
    ids = [v0.made("/invoices", basic)["id"] for _ in range(3)]
    answer = v0.get("/invoices?skip=1&take=1&page=9")
    assert [each["id"] for each in answer.json] == [ids[1]]
    assert answer.headers["X-Total-Count"] == "3"
    assert v0.get("/invoices?skip=99").json == []
    assert v0.get("/invoices?take=101").json["message"] == "take must be between 1 and 100."


def test_filters_of_the_list(v0: V0, basic: Body) -> None:
    v0.made("/invoices", basic)
    draft = v0.made("/invoices", {**basic, "status": "DRAFT"})

    def found(query: str) -> int:
        return len(v0.get(f"/invoices?{query}").json)

    assert [each["id"] for each in v0.get("/invoices?status=DRAFT").json] == [draft["id"]]
    assert (found("status=OPEN"), found("status=PAID"), found("status=PASTDUE")) == (1, 0, 0)
    assert found(f"customer={basic['customer_id']}") == 2
    assert found(f"customer={uuid.uuid4()}") == found("customer=nobody") == 0
    assert found(f"from_date={day(-1)}&to_date={day(1)}") == 2
    assert found(f"from_date={day(2)}") == found(f"to_date={day(-2)}") == 0
    assert v0.get("/invoices?status=VOID").status == 400


def test_a_void_invoice_is_not_there(v0: V0, basic: Body, actor: Any) -> None:
    made = v0.made("/invoices", basic)
    void_invoice(actor=actor, at=NOW, invoice_id=Invoice.objects.get().pk)
    assert v0.get("/invoices").json == []
    assert v0.get(f"/invoices/{made['id']}").json["message"] == "Invoice not found"


def test_strangers_see_nothing(v0: V0, rivals: V0, basic: Body) -> None:
    made = v0.made("/invoices", basic)
    for path in (f"/invoices/{made['id']}", f"/customers/{basic['customer_id']}"):
        assert rivals.get(path).status == 404
    assert rivals.patch(f"/wallets/{basic['walletId']}", {"name": "Mine"}).status == 404
    refused = rivals.post("/invoices", basic)
    assert (refused.status, refused.json["message"]) == (404, "Customer not found")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_draft_changes_in_any_way(v0: V0, basic: Body, tax: Body, method: str) -> None:
    made = v0.made("/invoices", {**basic, "status": "DRAFT"})
    changes = {
        "name": "Other",
        "due_date": f"{day(60)}T00:00:00.000Z",
        "items": [{**basic["items"][0], "quantity": 3}],
        "taxId": tax["id"],
        "payment_methods": ["CASH"],
        "partial_payment": True,
    }
    changed = v0.call(method, f"/invoices/{made['id']}", changes).json
    assert (changed["name"], changed["due_date"]) == ("Other", shown_day(60))
    assert (changed["subtotal"], changed["tax_amount"]) == (7500, 637.5)
    assert (changed["payment_methods"], changed["partial_payment"]) == (["CASH"], True)
    untaxed = v0.call(method, f"/invoices/{made['id']}", {"taxId": None}).json
    assert (untaxed["tax"], untaxed["tax_amount"]) == (None, 0)


def test_an_answer_may_be_sent_back(v0: V0, basic: Body) -> None:
    made = v0.made("/invoices", basic)
    again = v0.put(f"/invoices/{made['id']}", made)
    assert again.status == 200, again.content
    assert {**again.json, "updated_at": ""} == {**made, "updated_at": ""}


def test_what_was_issued_keeps_its_items(v0: V0, basic: Body) -> None:
    made = v0.made("/invoices", basic)
    other = {"items": [{**basic["items"][0], "quantity": 9}]}
    assert v0.patch(f"/invoices/{made['id']}", other).status == 409
    assert v0.patch(f"/invoices/{made['id']}", {"due_date": day(50)}).json["due_date"] == (
        shown_day(50)
    )
    assert v0.patch(f"/invoices/{made['id']}", {"due_date": day(-9)}).status == 400
    assert v0.delete(f"/invoices/{made['id']}").status == 409


@pytest.mark.parametrize("status", ["PAID", "PASTDUE", "PARTIALLYPAID", "DRAFT"])
def test_nobody_sets_the_other_statuses(v0: V0, basic: Body, status: str) -> None:
    made = v0.made("/invoices", basic)
    refused = v0.patch(f"/invoices/{made['id']}", {"status": status})
    assert refused.status == 400
    assert refused.json["message"].startswith(f"status cannot be changed from OPEN to {status}")
    if status != "DRAFT":
        refused = v0.post("/invoices", {**basic, "status": status})
        assert refused.json["message"] == [
            "status must be one of the following values: DRAFT, OPEN"
        ]


def test_a_draft_is_deleted(v0: V0, basic: Body) -> None:
    made = v0.made("/invoices", {**basic, "status": "DRAFT"})
    assert v0.delete(f"/invoices/{made['id']}").json == {"message": "Invoice deleted"}
    assert v0.get(f"/invoices/{made['id']}").status == 404
    assert v0.made("/invoices", basic)["invoice_number"] == "INV-000001"


def test_without_a_wallet_the_default_of_the_currency(v0: V0, basic: Body) -> None:
    del basic["walletId"]
    missing = v0.post("/invoices", basic).json["message"]
    assert missing == ["walletId should not be empty"]
    made = v0.made("/invoices", {**basic, "currency": "usdc"})
    assert made["currency"] == "USDC"
    refused = v0.post("/invoices", {**basic, "currency": "eurc"})
    assert refused.json["message"] == "Wallet could not be found"


def test_ids_may_wear_a_prefix(v0: V0, basic: Body, tax: Body) -> None:
    body = {
        **basic,
        "walletId": f"wal_{basic['walletId']}",
        "items": [{"product_id": f"prod_{basic['items'][0]['product_id']}", "quantity": "2"}],
        "taxId": f"tax_{tax['id']}",
    }
    made = v0.made("/invoices", body)
    assert v0.get(f"/invoices/inv_{made['id']}").json["id"] == made["id"]


def test_prices_in_other_currencies(v0: V0, basic: Body, actor: Any) -> None:
    euro = v0.made("/products", {"name": "Hour", "price": "100", "currency": "EUR"})
    body = {**basic, "items": [{"product_id": euro["id"], "quantity": 1}]}
    refused = v0.post("/invoices", body)
    assert (refused.status, "no exchange rate" in refused.json["message"]) == (400, True)
    set_exchange_rate(
        actor=actor,
        at=NOW,
        currency="EUR",
        base_currency="USD",
        rate=Decimal("1.1"),
        valid_from=NOW.date() - datetime.timedelta(days=1),
    )
    assert v0.made("/invoices", body)["total"] == 110


def test_without_a_tax_id_there_is_no_tax_and_a_compound_one_is_charged_on_the_products(
    v0: V0, basic: Body, actor: Any
) -> None:
    v0.made("/taxes", {"name": "GST", "percentage": 10})
    own = TaxProfile.objects.get(name="GST")
    row = create_product(
        actor=actor, at=NOW, name="Box", unit_price=Decimal(100), tax_profile_id=own.pk
    )
    body = {**basic, "items": [{"product_id": str(row.uuid), "quantity": 1}]}
    assert v0.made("/invoices", body)["tax_amount"] == 0
    pst = v0.made("/taxes", {"name": "PST", "rate": 5, "type": "COMPOUND"})
    made = v0.made("/invoices", {**body, "taxId": pst["id"]})
    assert (made["tax"]["type"], made["tax_amount"]) == ("COMPOUND", 15.5)


def test_links_expire_with_the_due_date_where_the_application_says_so(v0: V0, basic: Body) -> None:
    App.objects.update(links_expire=True)
    v0.made("/invoices", basic)
    expires_at = PaymentLink.objects.get().expires_at
    assert expires_at is not None
    assert (expires_at - NOW).days in (29, 30, 31)


def test_repeating(v0: V0, basic: Body) -> None:
    first = v0.post("/invoices", basic, x_idempotency_key="k1")
    again = v0.post("/invoices", basic, idempotency_key="k1")
    assert (again.status, again.content) == (201, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = v0.post("/invoices", {**basic, "name": "Else"}, idempotency_key="k1")
    assert other.json == {
        "statusCode": 409,
        "message": "Conflict: Idempotency key already used with different request data",
        "error": "Conflict",
    }
    assert Invoice.objects.count() == 1


def test_scopes(acme: Organization, v0: V0, basic: Body) -> None:
    writer = v0_pair(acme, "invoices:write", name="Writer")
    assert writer.get("/invoices").status == 403
    refused = writer.post("/invoices", basic)
    assert (refused.status, "invoices:send" in refused.json["message"]) == (403, True)
    assert not Invoice.objects.exists()
    assert writer.post("/invoices", {**basic, "delivery": "MANUALLY"}).status == 201


def test_health(v0: V0) -> None:
    assert v0.get("/health").json["status"] == "ok"
    nobody = V0("", "")
    assert nobody.get("/health").status == 401
    assert nobody.get("/health/public").json["database"] == "ok"
    assert nobody.post("/health/public").status == 405


@pytest.mark.parametrize("path", ["/nowhere", "", "/invoices/1/2"])
def test_unknown_addresses(v0: V0, path: str) -> None:
    assert v0.get(path).status == 404


@pytest.mark.parametrize("raw", [b"{", b"[]", b'{"a":1,"a":2}', b"\xff", b'{"name":"\\u0000"}'])
def test_unreadable_bodies(v0: V0, raw: bytes) -> None:
    assert v0.call("POST", "/invoices", raw=raw).status == 400


@pytest.mark.parametrize(
    "change",
    [
        {"items": [{"quantity": 1}]},
        {"items": [{"product_id": "x", "quantity": 0}]},
        {"items": [{"product_id": "x", "quantity": "1e9"}]},
        {"items": [None]},
        {"items": {}},
        {"payment_methods": []},
        {"payment_methods": ["BARTER"]},
        {"payment_link": "yes"},
        {"email": "nobody"},
        {"name": ""},
        {"name": "x" * 201},
        {"delivery": "PIGEON"},
        {"customer_id": 5},
        {"walletId": {}},
        {"logo": "ftp://example.com/logo.png"},
        {"logo": "https://10.0.0.1/logo.png"},
        {"logo": 7},
        {"currency": "XXX"},
        {"currency": "EUR"},
    ],
    ids=str,
)
def test_bad_fields(v0: V0, basic: Body, change: Body) -> None:
    refused = v0.post("/invoices", {**basic, **change})
    assert refused.status == 400, refused.content
    said = refused.json["message"]
    sentence = said if isinstance(said, str) else said[0]
    assert next(iter(change)) in sentence
    assert not Invoice.objects.exists()


def test_invoices_from_elsewhere_are_listed_too(v0: V0, basic: Body, actor: Any) -> None:
    other = issued_invoice(actor, total="100.00")
    shown = v0.get(f"/invoices/{other.uuid}").json
    assert (shown["app"], shown["walletId"], shown["payment_methods"]) == (None, None, [])
    refused = v0.patch(f"/invoices/{other.uuid}", {"email": "new@example.com"})
    assert refused.status == 409


def test_the_pair_is_kept_apart_and_rotates_within_its_application(
    v0: V0, acme: Organization
) -> None:
    key = ApiKey.objects.get()
    assert key.app is not None and key.app.name == "My Business App"
    assert v0.secret not in json.dumps(list(ApiKey.objects.values()), default=str)
    again = v0_pair(acme)
    assert App.objects.count() == 1
    assert V0(v0.client_key, again.secret).get("/health").status == 401


def test_bank_details_of_a_bank_wallet_stand_on_the_invoice(v0: V0, basic: Body) -> None:
    bank = v0.made("/wallets", {"currency": "USD", "account_number": "12345", "name": "US"})
    made = v0.made("/invoices", {**basic, "walletId": bank["id"]})
    assert made["currency"] == "USD"
    assert Invoice.objects.get().seller["bank_account"]["account_number"] == "12345"


def test_another_series_of_that_form_is_not_met(
    v0: V0, basic: Body, acme: Organization, actor: Any
) -> None:
    NumberSeries.objects.create(
        organization=acme,
        document="invoice",
        name="default",
        pattern="INV-{n}",
        reset="never",
        created_at=NOW,
        updated_at=NOW,
    )
    assert v0.made("/invoices", basic)["invoice_number"] == "INV-2-000001"


def test_a_page_of_the_invoice_and_no_mail_for_manual_delivery(v0: V0, basic: Body) -> None:
    made = v0.made("/invoices", {**basic, "delivery": "MANUALLY"})
    assert not Message.objects.exists()
    assert Client().get(made["public_url"].removeprefix("http://testserver")).status_code == 200
