"""One object of each noun of /v1, made by its owner, for the tests that others may not see it."""

import re
from collections.abc import Iterable

from integrations.dialects.base.openapi.routes import Route
from integrations.docs.documents import routes
from integrations.relay import relay
from tests.v1 import V1

LINE = {"description": "Work", "quantity": 1, "unit_price": "100.00"}
FILE = {"filename": "hours.csv", "content_base64": "ZGF5LGhvdXJzCg=="}
# What stands in a path but is no object of anybody's.
WORDS = {
    "invoice-templates": "modern",
    "number-series": "invoice",
    "email-templates": "invoice",
    # The language, after the kind of mail.
    "kind": "en",
}
# Names of collections in addresses, and the noun whose id follows them.
NOUNS = {
    "invoices": "invoice",
    "customers": "customer",
    "contacts": "contact",
    "addresses": "address",
    "attachments": "attachment",
    "payments": "payment",
    "payment-links": "payment link",
    "products": "product",
    "tax-profiles": "tax profile",
    "quotes": "quote",
    "credit-notes": "credit note",
    "recurring-invoices": "recurring invoice",
    "events": "event",
    "webhooks": "webhook",
    "deliveries": "delivery",
    "api-keys": "API key",
    "bank-accounts": "bank account",
    "disputes": "dispute",
}


def everything(v1: V1, suffix: str = "") -> dict[str, str]:
    """An id of each noun of /v1, by its collection's name: `credit-notes` -> `cn_…`.

    `suffix` tells apart what must have a name of its own, if it is called more than once.
    """
    webhook = v1.made("/webhooks", {"url": "https://rival.test/", "events": ["*"]})
    customer = v1.made("/customers", {"name": "Initech", "email": "x@initech.test"})["id"]
    bill = {"customer_id": customer, "line_items": [LINE]}
    invoice = v1.made("/invoices", bill)["id"]
    payment = v1.made("/payments", {"invoice_id": invoice, "amount": 10})["id"]
    billed = v1.made("/invoices", bill)["id"]
    assert v1.post(f"/invoices/{billed}/issue").status == 200
    found = {
        "webhooks": webhook["id"],
        "customers": customer,
        "invoices": invoice,
        "payments": payment,
        "tax-profiles": v1.made("/tax-profiles", {"name": f"VAT{suffix}", "rate": 20})["id"],
        "products": v1.made("/products", {"name": "Stapler", "unit_price": 5})["id"],
        "quotes": v1.made("/quotes", bill)["id"],
        "credit-notes": v1.made("/credit-notes", {"invoice_id": billed})["id"],
        "recurring-invoices": v1.made(
            "/recurring-invoices", {**bill, "frequency": "monthly", "start_date": "2025-01-31"}
        )["id"],
        "contacts": v1.made(f"/customers/{customer}/contacts", {"name": "Ann"})["id"],
        "addresses": v1.made(f"/customers/{customer}/addresses", {"street": "Dock 4"})["id"],
        "attachments": v1.made(f"/invoices/{invoice}/attachments", FILE)["id"],
        "bank-accounts": v1.made(
            "/account/bank-accounts",
            {"name": "Rival", "currency": "EUR", "iban": "DE89370400440532013000"},
        )["id"],
        "disputes": v1.made(
            f"/invoices/{billed}/disputes", {"type": "objection", "reason": "Too late"}
        )["id"],
        "payment-links": v1.made("/payment-links", {"invoice_id": invoice})["id"],
        "api-keys": v1.made("/api-keys", {"name": "k", "scopes": ["invoices:read"]})["id"],
    }
    return {**found, **_happened(v1, webhook["id"])}


def _happened(v1: V1, webhook: str) -> dict[str, str]:
    """An event of the feed and a delivery of it."""
    while relay():
        pass
    return {
        "events": v1.get("/events?limit=1").json["data"][0]["id"],
        "deliveries": v1.get(f"/webhooks/{webhook}/deliveries?limit=1").json["data"][0]["id"],
    }


def filled(path: str, values: Iterable[str]) -> str:
    """The address below /v1 with these in its places, in order."""
    remaining = iter(values)
    return re.sub(r"{\w+}", lambda _: next(remaining), path.removeprefix("/v1"))


def rows() -> list[tuple[str, Route]]:
    """Every method of every address."""
    return [(method, route) for route in routes("enterprise") for method, _ in route.endpoints]
