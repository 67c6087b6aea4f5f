"""The examples of the document, sent as printed but for ids, dates and the host."""

import datetime
import re
import uuid
from typing import Any

import pytest

from accounts.models import Organization
from billing.models import Invoice, Wallet
from billing.operations.overdue import note_overdue
from billing.operations.payments import mark_paid
from billing.queries.ledger_checks import find_problems
from integrations.dialects.base import ratelimit
from integrations.models import Message
from tests.contract.wallet.conftest import NOW, TITLES, V0, day, shown_day, v0_pair

pytestmark = pytest.mark.django_db
Body = dict[str, Any]
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_basic_invoice_creation(v0: V0, basic: Body, wallet: Body, product: Body) -> None:
    answer = v0.post("/invoices", basic, x_idempotency_key=str(uuid.uuid4()))
    assert answer.status == 201
    made = answer.json
    assert uuid.UUID(made["id"])
    assert answer.headers["Location"] == f"/api/v0/invoices/{made['id']}"
    assert MOMENT.fullmatch(made["date_created"])
    printed = {
        "invoice_number": "INV-000001",
        "name": "Website Development Services",
        "app_id": made["app"]["id"],
        "email": "client@example.com",
        "address": None,
        "phone_number": None,
        "logo": None,
        "customer_id": basic["customer_id"],
        "walletId": basic["walletId"],
        "due_date": shown_day(30),
        "send_date": None,
        "status": "OPEN",
        "payment_methods": ["CRYPTO", "BANK_TRANSFER"],
        "delivery": "EMAIL",
        "payment_link": True,
        "partial_payment": False,
        "reminder_sent": False,
        "paidAt": None,
        "paymentMetadata": None,
        "paymentStatus": None,
        "taxId": None,
        "currency": "USDC",
        "tax": None,
        "transactions": [],
    }
    assert {name: made[name] for name in printed} == printed
    assert made["app"]["name"] == "My Business App"
    assert made["customer"] == {
        "id": basic["customer_id"],
        "email": "client@example.com",
        "name": "John Doe",
        "first_name": "John",
        "last_name": "Doe",
        "status": "ACTIVE",
    }
    assert {name: made["wallet"][name] for name in ("id", "address", "blockchain", "type")} == {
        "id": wallet["id"],
        "address": wallet["address"],
        "blockchain": "ETHEREUM",
        "type": "APP",
    }
    (item,) = made["items"]
    assert (item["invoice_id"], item["productId"], item["quantity"]) == (
        made["id"],
        product["id"],
        1,
    )
    assert item["product"] == {
        "id": product["id"],
        "name": "Website Development",
        "price": 2500,
        "currency": "USD",
    }
    assert b'"price":2500.00' in answer.content
    assert v0.get(f"/invoices/{made['id']}").json == made


def test_comprehensive_invoice_with_multiple_items(v0: V0, basic: Body, tax: Body) -> None:
    prices = {"Consulting": 100, "Development": 120, "Maintenance": 500}
    ids = [
        v0.made("/products", {"name": name, "price": price, "currency": "USD"})["id"]
        for name, price in prices.items()
    ]
    made = v0.made(
        "/invoices",
        {
            **basic,
            "name": "Q1 2024 Services Invoice",
            "email": "finance@clientcompany.com",
            "address": "123 Corporate Blvd, Suite 500, Business City, BC 12345",
            "phone_number": "+1-555-987-6543",
            "logo": "https://mycompany.invalid/assets/logo.png",
            "items": [
                {"product_id": ids[0], "quantity": 40},
                {"product_id": ids[1], "quantity": 80},
                {"product_id": ids[2], "quantity": 1},
            ],
            "due_date": day(45),
            "send_date": day(5),
            "payment_methods": ["CRYPTO", "BANK_TRANSFER", "CREDIT_CARD"],
            "partial_payment": True,
            "taxId": tax["id"],
        },
    )
    assert (made["status"], made["send_date"]) == ("OPEN", shown_day(5))
    assert made["logo"] == "https://mycompany.invalid/assets/logo.png"
    assert made["tax"]["name"] == "Standard Sales Tax"
    assert (made["tax"]["rate"], made["tax"]["type"]) == (tax["rate"], "PERCENTAGE")
    # The document's preview: the tax is the subtotal times its rate.
    assert (made["subtotal"], made["tax_amount"], made["total"]) == (14_100, 1198.5, 15_298.5)
    invoice = Invoice.objects.get()
    assert invoice.buyer["address_line1"].startswith("123 Corporate Blvd")
    assert invoice.buyer["email"] == "finance@clientcompany.com"
    # Its day is still to come.
    assert not Message.objects.exists()


def test_draft_invoice_for_review(v0: V0, basic: Body) -> None:
    made = v0.made(
        "/invoices",
        {
            **basic,
            "name": "Draft - Custom Development Project",
            "email": "project@startup.io",
            "items": [{**basic["items"][0], "quantity": 160}],
            "delivery": "MANUALLY",
            "payment_link": False,
            "payment_methods": ["CRYPTO"],
            "status": "DRAFT",
        },
    )
    assert (made["status"], made["payment_link"], made["payment_url"]) == ("DRAFT", False, None)
    assert Invoice.objects.get().issued_at is None
    opened = v0.patch(f"/invoices/{made['id']}", {"status": "OPEN"}).json
    assert opened["status"] == "OPEN"
    assert not Message.objects.exists()


def test_validation_error(v0: V0, basic: Body) -> None:
    body = {**basic, "due_date": "soon", "customer_id": "nobody", "items": []}
    assert v0.post("/invoices", body).json == {
        "statusCode": 400,
        "message": [
            "customer_id must be a valid UUID",
            "items should not be empty",
            "due_date must be a valid date in YYYY-MM-DD format",
        ],
        "error": "Bad Request",
    }
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(
    "change, status, message",
    [
        ({"customer_id": str(uuid.uuid4())}, 404, "Customer not found"),
        ({"walletId": str(uuid.uuid4())}, 404, "Wallet could not be found"),
        ({"walletId": "abcd1234-5678-90ef-ghij-klmnopqrstuv"}, 404, "Wallet could not be found"),
        ({"taxId": "tax_550e8400-e29b-41d4"}, 404, "Tax not found"),
        (
            {"items": [{"product_id": "prod_invalid", "quantity": 1}]},
            400,
            "Product with ID 'prod_invalid' not found",
        ),
        ({"due_date": "2024-02-15"}, 400, "Due date cannot be in the past"),
        ({"send_date": "2999-01-01"}, 400, "Send date cannot be after due date"),
    ],
)
def test_error_responses(v0: V0, basic: Body, change: Body, status: int, message: str) -> None:
    answer = v0.post("/invoices", {**basic, **change})
    assert answer.json == {"statusCode": status, "message": message, "error": TITLES[status]}
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("wrong", ["neither", "key", "secret", "swapped"])
def test_authentication_error(v0: V0, rivals: V0, wrong: str) -> None:
    key, secret = v0.client_key, v0.secret
    pair = {
        "neither": ("", ""),
        "key": (rivals.client_key, secret),
        "secret": (key, rivals.secret),
        "swapped": (secret, key),
    }[wrong]
    answer = V0(*pair).get("/invoices")
    assert answer.status == 401
    assert answer.json == {
        "statusCode": 401,
        "message": "Invalid or missing API credentials",
        "error": "Unauthorized",
    }


def test_rate_limit_error(v0: V0, basic: Body, acme: Organization) -> None:
    assert v0.get("/invoices").headers["X-RateLimit-Limit"] == "1000"
    # Customer, wallet and product were made before.
    for _ in range(97):
        limited = v0.post("/invoices", {})
        assert limited.status == 400
    limited = v0.post("/invoices", basic)
    assert limited.status == 429
    shown = limited.json
    retry_after = shown.pop("retryAfter")
    assert 0 < retry_after <= 60
    assert limited.headers["Retry-After"] == str(retry_after)
    assert shown == {
        "statusCode": 429,
        "message": "Rate limit exceeded. Maximum 100 requests per minute.",
        "error": "Too Many Requests",
    }
    # Reading is counted apart.
    assert v0.get("/invoices").status == 200
    ratelimit.forget_local_counts()


def test_automatic_numbering_per_application(v0: V0, basic: Body, acme: Organization) -> None:
    second = v0_pair(acme, name="Second App")
    numbers = [
        each.made("/invoices", basic)["invoice_number"] for each in (v0, v0, second, v0, second)
    ]
    # One seller never gives a number twice: the second application has a mark of its own.
    assert numbers == ["INV-000001", "INV-000002", "INV-2-000001", "INV-000003", "INV-2-000002"]


def test_another_pair_of_the_application_carries_on_its_series(
    v0: V0, basic: Body, acme: Organization
) -> None:
    v0.made("/invoices", basic)
    assert v0_pair(acme).made("/invoices", basic)["invoice_number"] == "INV-000002"


def test_status_management(v0: V0, basic: Body, actor: Any) -> None:
    made = v0.made("/invoices", basic)
    path = f"/invoices/{made['id']}"

    def status() -> str:
        return str(v0.get(path).json["status"])

    Invoice.objects.update(
        due_date=NOW.date() - datetime.timedelta(days=3),
        issue_date=NOW.date() - datetime.timedelta(days=9),
    )
    assert status() == "PASTDUE"
    assert note_overdue(at=NOW) == 1
    Invoice.objects.update(due_date=NOW.date() + datetime.timedelta(days=3))
    assert status() == "OPEN"
    invoice = Invoice.objects.get()
    mark_paid(
        actor=actor,
        at=NOW,
        invoice_id=invoice.pk,
        payment_date=NOW.date(),
        method="crypto",
        reference="0xabc",
    )
    paid = v0.get(path).json
    assert (paid["status"], paid["paymentStatus"]) == ("PAID", "COMPLETED")
    assert MOMENT.fullmatch(paid["paidAt"])
    assert paid["paymentMetadata"] == {
        "amount": 2500,
        "currency": "USDC",
        "payment_method": "CRYPTO",
        "reference": "0xabc",
    }
    (transaction,) = paid["transactions"]
    assert (transaction["status"], transaction["amount"]) == ("SUCCEEDED", 2500)


def test_email_goes_out_at_once_with_the_pdf(v0: V0, basic: Body, drain: Any) -> None:
    v0.made("/invoices", {**basic, "email": "finance@clientcompany.com"})
    message = Message.objects.get()
    assert list(message.recipients.values_list("address", flat=True)) == [
        "finance@clientcompany.com"
    ]
    drain()
    assert Invoice.objects.get().sent_at is not None


def test_the_book_balances(v0: V0, basic: Body, tax: Body, acme: Organization) -> None:
    v0.made("/invoices", {**basic, "taxId": tax["id"]})
    assert Wallet.objects.get().currency == "USDC"
    assert list(find_problems(acme.pk)) == []
