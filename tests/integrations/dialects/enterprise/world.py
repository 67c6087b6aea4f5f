"""One of everything that /v1 can show, and more of it on request.

A new address with an id of a new noun needs a row here: see World.ids.
"""

import base64
import io
from typing import Any

from PIL import Image

from integrations.relay import relay
from tests.billing.operations.test_attachments import PDF
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1

MONTH = "start_date=2025-01-01&end_date=2025-01-31"
# What an address needs to be asked for.
QUERIES = {"reports/sales": MONTH, "reports/tax": MONTH, "reports/payments": MONTH}


class World:
    """What one organization has. `ids` are of what was made first, by part of the path."""

    def __init__(self, v1: V1) -> None:
        self._v1 = v1
        self._count = 0
        self.ids: dict[str, str] = {"document": "invoice", "kind": "invoice", "language": "en"}
        assert v1.put("/account/logo", {"content_base64": _logo()}).status == 200
        self.ids["invoice-templates"] = v1.get("/invoice-templates").json["data"][0]["id"]

    def path(self, pattern: str) -> str:
        """The address with ids in it. KeyError: the noun has no row here yet."""
        noun = pattern.partition("/<str:id>")[0]
        path = pattern.replace("<str:id>", self.ids[noun] if "<str:id>" in pattern else "")
        for name in ("contact_id", "address_id", "delivery_id", "document", "kind", "language"):
            path = path.replace(f"<str:{name}>", self.ids.get(name, ""))
        assert "<" not in path, f"{pattern}: tests/…/enterprise/world.py has no id for it"
        return f"/{path}"

    def grow(self) -> None:
        """One more of everything; what hangs on something hangs on the first of its kind."""
        self._count += 1
        self._catalogue()
        self._sales()
        self._settings()
        while relay(at=None):
            pass
        events = self._v1.get("/events").json["data"]
        self._first("events", events[-1]["id"])
        sent = self._v1.get(f"/webhooks/{self.ids['webhooks']}/deliveries").json["data"]
        self._first("delivery_id", sent[-1]["id"])

    def _catalogue(self) -> None:
        number = self._count
        person = {"name": f"Customer {number}", "email": f"c{number}@world.test"}
        customer = self._made("customers", "/customers", person)
        self._tax = self._made("tax-profiles", "/tax-profiles", {"name": f"T{number}", "rate": 10})
        self._product = self._made(
            "products",
            "/products",
            {"name": f"P{number}", "unit_price": 10, "tax_profile_id": self._tax},
        )
        first = f"/customers/{self.ids['customers']}"
        place = {"street": f"Street {number}", "city": "Berlin", "country": "DE"}
        self._made("contact_id", f"{first}/contacts", {"name": f"Contact {number}"})
        self._made("address_id", f"{first}/addresses", place)
        self._v1.made(f"/customers/{customer}/addresses", place)

    def _sales(self) -> None:
        first = self.ids["customers"]
        lines = [line("100.00", tax_profile_id=self._tax), self._item()]
        body = {"customer_id": first, "line_items": lines * self._count}
        invoice = self._made("invoices", "/invoices", body)
        if self._count == 1:
            self._v1.post(f"/invoices/{invoice}/issue")
        else:
            self._issued(invoice)
        paid = {"invoice_id": self.ids["invoices"], "amount": 2}
        payment = self._made("payments", "/payments", paid)
        self._v1.post(f"/payments/{payment}/refund", {"amount": 1})
        self._objection(self.ids["invoices"])
        self._made("quotes", "/quotes", {"customer_id": first, "line_items": lines})
        note = {"customer_id": first, "reason": "Sorry", "line_items": [line("1.00")]}
        self._made("credit-notes", "/credit-notes", note)
        plan = {"customer_id": first, "frequency": "monthly", "line_items": lines}
        self._made("recurring-invoices", "/recurring-invoices", plan)
        self._made("payment-links", "/payment-links", {"invoice_id": invoice})
        for noun in ("customers", "invoices", "quotes", "credit-notes"):
            self._made("attachments", f"/{noun}/{self.ids[noun]}/attachments", _file(self._count))

    def _settings(self) -> None:
        number = self._count
        hook = {"url": f"https://hooks.test/{number}", "events": ["invoice.created"]}
        self._made("webhooks", "/webhooks", hook)
        self._made("api-keys", "/api-keys", {"name": f"K{number}", "scopes": ["invoices:read"]})
        account = {"name": f"Account {number}", "currency": "EUR", "iban": "DE89370400440532013000"}
        self._made("account/bank-accounts", "/account/bank-accounts", account)

    def _issued(self, invoice: str) -> None:
        self._v1.post(f"/invoices/{invoice}/issue")
        self._v1.made("/payments", {"invoice_id": invoice, "amount": 1})

    def _objection(self, invoice: str) -> None:
        """One that is closed: an invoice is disputed for the same thing once at a time."""
        said = {"type": "objection", "reason": "Late"}
        made = self._made("disputes", f"/invoices/{invoice}/disputes", said)
        assert self._v1.post(f"/disputes/{made}/win").status == 200

    def _item(self) -> Body:
        return {"product_id": self._product, "quantity": 1}

    def _made(self, name: str, path: str, body: Any) -> str:
        made = str(self._v1.made(path, body)["id"])
        self._first(name, made)
        return made

    def _first(self, name: str, id: str) -> None:
        self.ids.setdefault(name, id)


def _file(number: int) -> Body:
    return {"filename": f"f{number}.pdf", "content_base64": base64.b64encode(PDF).decode()}


def _logo() -> str:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(picture, "PNG")
    return base64.b64encode(picture.getvalue()).decode()
