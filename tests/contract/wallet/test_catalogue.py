"""What invoices of /api/v0 are made of: customers, products, taxes, wallets, payment links."""

from decimal import Decimal
from typing import Any

import pytest

from billing.models import Customer
from tests.contract.wallet.conftest import ADDRESS, V0, shown_day

pytestmark = pytest.mark.django_db
Body = dict[str, Any]


def test_taxes_of_every_sort(v0: V0, basic: Body) -> None:
    inclusive = v0.made("/taxes", {"name": "VAT", "percentage": "25", "inclusive": True})
    fixed = v0.made("/taxes", {"name": "Fee", "type": "FIXED", "rate": 3, "currency": "USDC"})
    assert (fixed["percentage"], fixed["rate"], fixed["currency"]) == (None, 3, "USDC")
    items = {"items": [{**basic["items"][0], "quantity": 2}]}
    made = v0.made("/invoices", {**basic, **items, "taxId": inclusive["id"]})
    assert (made["total"], made["tax_amount"]) == (5000, 1000)
    made = v0.made("/invoices", {**basic, **items, "taxId": fixed["id"]})
    assert (made["total"], made["tax_amount"]) == (5006, 6)
    changed = v0.put(f"/taxes/{inclusive['id']}", {"percentage": 20, "active": False}).json
    assert (changed["rate"], changed["active"], changed["type"]) == (20, False, "PERCENTAGE")
    assert [each["name"] for each in v0.get("/taxes?active=false").json] == ["VAT"]
    assert v0.delete(f"/taxes/{fixed['id']}").json == {"message": "Tax deleted"}
    for method in ("PUT", "DELETE"):
        assert v0.call(method, "/taxes", {}).status == 400
    assert v0.post("/taxes", {"name": "None"}).json["message"] == "percentage should not be empty"
    assert v0.post("/taxes", {"name": "Much", "percentage": 101}).status == 400


def test_customers(v0: V0, customer: Body) -> None:
    page = v0.get("/customers?name=doe&email=client&status=ACTIVE&take=5").json
    assert (page["total"], page["skip"], page["take"]) == (1, 0, 5)
    assert page["data"] == [customer]
    twin = v0.post("/customers", {**customer, "email": "CLIENT@example.com"})
    assert (twin.status, twin.json["message"]) == (409, "Customer with this email already exists")
    path = f"/customers/{customer['id']}"
    changed = v0.patch(path, {"last_name": "Smith", "customer_type": "Startup"}).json
    assert (changed["name"], changed["customer_type"]) == ("John Smith", "Startup")
    assert v0.post("/customers", {}).json["message"] == [
        "first_name should not be empty",
        "last_name should not be empty",
        "phone_number should not be empty",
    ]
    assert v0.delete(path).json == {"message": "Customer deleted"}
    assert not Customer.objects.exists()


def test_blacklisted_and_deleted_customers_are_not_billed(v0: V0, basic: Body) -> None:
    path = f"/customers/{basic['customer_id']}"
    assert v0.patch(path, {"status": "BLACKLISTED"}).json["status"] == "BLACKLISTED"
    assert v0.get("/customers?status=BLACKLISTED").json["total"] == 1
    assert v0.get("/customers?status=DEACTIVATED").json["total"] == 0
    assert v0.post("/invoices", basic).status == 409
    assert v0.patch(path, {"status": "DELETED"}).json["status"] == "DELETED"
    assert v0.post("/invoices", basic).status == 404
    assert v0.patch(path, {"status": "ACTIVE"}).json["status"] == "ACTIVE"
    assert v0.post("/invoices", basic).status == 201


def test_products(v0: V0, product: Body) -> None:
    path = f"/products/{product['id']}"
    assert v0.get("/products?name=web&status=ACTIVE").json == [product]
    changed = v0.put(path, {"price": "99.99", "productType": "PRODUCT"}).json
    assert (changed["price"], changed["productType"]) == (Decimal("99.99"), "PRODUCT")
    assert v0.patch(path, {"status": "INACTIVE"}).json["status"] == "INACTIVE"
    assert v0.delete(path).json == {"message": "Product deleted"}
    assert v0.get(path).json["message"] == "Product not found"


def test_an_inactive_product_is_not_sold(v0: V0, basic: Body, product: Body) -> None:
    v0.patch(f"/products/{product['id']}", {"status": "INACTIVE"})
    refused = v0.post("/invoices", basic)
    assert refused.json["message"] == f"Product with ID '{product['id']}' not found"


def test_wallets(v0: V0, wallet: Body, basic: Body) -> None:
    bank = v0.made("/wallets", {"currency": "EUR", "iban": "DE89 3704 0044 0532 0130 00"})
    assert (bank["address"], bank["blockchain"]) == ("DE89370400440532013000", None)
    assert bank["bank_account"]["account_holder"] == "Acme GmbH"
    assert {each["id"] for each in v0.get("/wallets").json} == {bank["id"], wallet["id"]}
    assert [each["id"] for each in v0.get("/wallets?currency=EUR").json] == [bank["id"]]
    mistyped = {"currency": "USDC", "blockchain": "ETHEREUM", "address": ADDRESS[:-1] + "D"}
    assert v0.post("/wallets", mistyped).json["message"] == ("address is no address on ethereum")
    changed = v0.patch(f"/wallets/{bank['id']}", {"bank_name": "Commerzbank", "name": "House"})
    assert changed.json["bank_account"]["bank_name"] == "Commerzbank"
    v0.made("/invoices", basic)
    assert v0.delete(f"/wallets/{wallet['id']}").json == {"message": "Wallet deleted"}
    assert [each["id"] for each in v0.get("/wallets").json] == [bank["id"]]
    assert v0.get("/invoices").json[0]["wallet"]["id"] == wallet["id"]


def test_payment_links(v0: V0, basic: Body, product: Body) -> None:
    made = v0.made("/invoices", basic)
    sold = v0.made("/payment-links", {"linkType": "PRODUCT", "productId": product["id"]})
    assert (sold["productId"], sold["status"]) == (product["id"], "ACTIVE")
    gift = v0.made(
        "/payment-links",
        {
            "title": "Help",
            "linkType": "DONATION",
            "amount": "20",
            "currency": "usd",
            "expiration_date": shown_day(9),
        },
    )
    assert (gift["linkType"], gift["amount"], gift["expiration_date"]) == (
        "DONATION",
        20,
        shown_day(9),
    )
    path = f"/payment-links/{gift['id']}"
    assert v0.put(path, {"expiration_date": shown_day(20)}).json["expiration_date"] == (
        shown_day(20)
    )
    assert v0.put(path, {"status": "INACTIVE"}).json["status"] == "INACTIVE"
    links = v0.get("/payment-links").json
    assert {each["linkType"] for each in links} == {"INVOICE", "PRODUCT", "DONATION"}
    assert [each["id"] for each in v0.get("/payment-links?status=INACTIVE").json] == [gift["id"]]
    assert made["payment_url"] in {each["url"] for each in links}
    assert v0.post("/payment-links", {"linkType": "INVOICE"}).status == 400
