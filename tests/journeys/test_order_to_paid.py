"""From order to paid through public interfaces only: /v1, mail, the public page, webhooks."""

import base64
import datetime
import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Organization
from billing.models import JournalEntry
from tests.integrations.receivers import Receiver
from tests.v1 import V1, key_for

EVENTS = ["invoice.created", "invoice.sent", "invoice.paid", "payment.succeeded"]


@pytest.fixture
def api(acme: Organization) -> V1:
    return V1(key_for(acme))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def letters(tmp_path: Path, settings: Any) -> Callable[[], list[Any]]:
    """Mail as the embedded default writes it: files that any mail client opens."""
    settings.EMAIL_BACKEND = "integrations.mail.eml.EmlFileBackend"
    settings.EMAIL_FILE_PATH = tmp_path

    def read() -> list[Any]:
        return [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted(tmp_path.glob("*.eml"))
        ]

    return read


def order(api: V1) -> dict[str, Any]:
    """The create example of the /v1 document, with ids of this installation."""
    tax = api.made("/tax-profiles", {"name": "GST (10%)", "type": "GST", "rate": 10})
    customer = api.made("/customers", {"name": "ACME Corporation", "email": "billing@acme.example"})
    hosting = api.made(
        "/products",
        {"name": "Annual Web Hosting", "unit_price": 1200, "tax_profile_id": tax["id"]},
    )
    return {
        "customer_id": customer["id"],
        "currency": "USD",
        "line_items": [
            {
                "description": "Web Development Services",
                "quantity": 40,
                "unit_price": Decimal("150.00"),
                "tax_profile_id": tax["id"],
            },
            {"product_id": hosting["id"], "quantity": 1},
        ],
        "discount_type": "percent",
        "discount_value": 10,
        "notes": "Payment due within 30 days",
        "template_id": "tmpl_modern",
        "auto_send": True,
    }


@pytest.mark.django_db(transaction=True)
def test_an_order_is_billed_mailed_opened_paid_and_announced(
    api: V1, receiver: Receiver, letters: Callable[[], list[Any]], drain: Callable[..., int]
) -> None:
    webhook = api.made("/webhooks", {"url": receiver.url, "events": EVENTS})
    invoice = api.made("/invoices", order(api))
    assert invoice["total"] == Decimal("7128.00")
    drain()

    [letter] = letters()
    assert letter["To"] == "billing@acme.example"
    [attachment] = list(letter.iter_attachments())
    assert attachment.get_filename() == f"Invoice_{invoice['number']}.pdf"
    printed = PdfReader(BytesIO(attachment.get_payload(decode=True))).pages[0].extract_text()
    assert "7,128.00" in printed
    link = re.search(r"http://testserver(/i/\w+)", letter.get_body(("plain",)).get_content())
    assert link is not None

    page = Client().get(link.group(1))
    assert page.status_code == 200
    assert "7,128.00" in page.content.decode()

    part = api.made("/payments", payment(invoice, 1000))
    assert api.get(f"/invoices/{invoice['id']}").json["amount_due"] == Decimal("6128.00")
    paid = api.post(
        f"/invoices/{invoice['id']}/mark-paid",
        {"payment_date": "2025-01-20", "payment_method": "bank_transfer"},
    ).json
    assert paid["payment"]["amount"] == Decimal("6128.00")
    drain()

    told = Counter(json.loads(request.body)["type"] for request in receiver.received)
    assert told == {
        "invoice.created": 1,
        "invoice.sent": 1,
        "payment.succeeded": 2,
        "invoice.paid": 1,
    }
    for request in receiver.received:
        assert_both_signatures(webhook["secret"], request.headers, request.body)
    refused = api.post(f"/invoices/{invoice['id']}/void", {"reason": "Too late"})
    assert (refused.status, refused.error["code"]) == (409, "invoice_has_payments")
    assert api.get(f"/payments/{part['id']}").json["status"] == "succeeded"
    assert JournalEntry.objects.count() == 3
    call_command("verify_ledger")


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_was_down_gets_every_event_once_it_is_back(
    api: V1, drain: Callable[..., int]
) -> None:
    down = Receiver()
    port = down.port
    down.close()
    api.made("/webhooks", {"url": down.url, "events": ["invoice.created"]})
    invoice = api.made("/invoices", {**order(api), "auto_send": False})
    drain()

    back = Receiver(port)
    try:
        drain(timezone.now() + datetime.timedelta(minutes=10))
        [request] = back.received
        assert json.loads(request.body)["data"]["object"]["id"] == invoice["id"]
    finally:
        back.close()


def payment(invoice: dict[str, Any], amount: int) -> dict[str, Any]:
    return {
        "invoice_id": invoice["id"],
        "amount": amount,
        "currency": "USD",
        "payment_method": "stripe",
        "payment_date": "2025-01-20",
        "transaction_id": "ch_1234567890",
        "gateway": "stripe",
    }


def assert_both_signatures(secret: str, headers: dict[str, str], body: bytes) -> None:
    sent = {name.lower(): value for name, value in headers.items()}
    plain = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    assert sent["x-webhook-signature"] == plain
    signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    standard = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert f"v1,{standard}" in sent["webhook-signature"].split()
