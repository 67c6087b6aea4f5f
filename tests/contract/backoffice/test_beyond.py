"""What users of /api/v2 try next, and what must not work."""

from typing import Any

import pytest

from accounts.models import Organization
from billing.queries.ledger_checks import find_problems
from core.models import Event
from integrations.dialects.backoffice.events import render_event
from tests.contract.backoffice.conftest import V2, v2_key
from tests.contract.backoffice.test_document import INVOICE
from tests.v1 import key_for

pytestmark = pytest.mark.django_db
Body = dict[str, Any]


@pytest.fixture
def invoice(v2: V2, customer: Body) -> Body:
    return v2.made("/invoices", {"customer_id": customer["id"], **INVOICE})


def test_paid_in_part_then_whole(v2: V2, invoice: Body, acme: Organization) -> None:
    path = f"/invoices/{invoice['id']}"
    v2.made(f"{path}/payments", {"amount": 500, "method": "card"})
    shown = v2.get(path).json["data"]
    assert (shown["status"], shown["amount_due"]) == ("Partially Paid", 1000)
    assert v2.get("/invoices?status=Partially%20Paid").json["data"] == [shown]
    assert v2.get("/invoices?status=Unpaid").json["data"] == []
    assert v2.get("/invoices?status=Overdue").json["data"] == [shown]
    paid = v2.put(path, {"status": "Paid"}).json["data"]
    assert (paid["status"], paid["amount_due"]) == ("Paid", 0)
    assert v2.get(f"{path}/payments").json["meta"]["total_records"] == 2
    assert list(find_problems(acme.pk)) == []


def test_a_draft_can_be_changed_issued_and_deleted(v2: V2, customer: Body) -> None:
    draft = v2.made("/invoices", {"customer_id": customer["id"], "status": "Draft", **INVOICE})
    path = f"/invoices/{draft['id']}"
    items = [{"description": "Less", "amount": "99.50", "qty": 2, "tax_rate": 20}]
    changed = v2.put(path, {"items": items}).json["data"]
    assert (str(changed["amount"]), str(changed["tax"])) == ("238.80", "39.80")
    assert v2.put(path, {"status": "Unpaid"}).json["data"]["status"] == "Unpaid"
    assert v2.delete(path).status == 400
    assert v2.put(path, {"status": "Cancelled"}).json["data"]["status"] == "Cancelled"


def test_a_customer_with_invoices_stays(v2: V2, invoice: Body, customer: Body) -> None:
    answer = v2.delete(f"/customers/{customer['id']}")
    assert (answer.status, "documents" in answer.json["message"]) == (400, True)


def test_one_rate_makes_one_tax_profile(v2: V2, customer: Body) -> None:
    v2.made("/products", {"name": "A", "price": 1, "tax_rate": 7.5})
    v2.made("/products", {"name": "B", "price": 1, "tax_rate": "7.50"})
    v2.made("/products", {"name": "C", "price": 1, "tax_rate": 0})
    rates = [str(each["tax_rate"]) for each in v2.get("/products").json["data"]]
    assert rates == ["0", "7.5", "7.5"]


def test_a_transaction_is_filed_elsewhere_and_deleted(v2: V2, acme: Organization) -> None:
    made = v2.made("/transactions", {"type": "Expense", "amount": 10, "date": "2024-01-15"})
    travel = v2.made("/categories", {"name": "Travel", "type": "Expense"})
    path = f"/transactions/{made['id']}"
    moved = v2.put(path, {"category_id": travel["id"], "description": "Train"}).json["data"]
    assert (moved["category"], moved["description"]) == ("Travel", "Train")
    assert v2.delete(path).status == 200
    assert v2.get(path).status == 404
    assert v2.get("/transactions").json["data"] == []
    shown = v2.get("/reports/financial").json["data"]
    assert (shown["expenses"], shown["profit"]) == (0, 0)
    assert list(find_problems(acme.pk)) == []


def test_money_is_not_filed_under_money(v2: V2) -> None:
    account = v2.made("/accounts", {"name": "Savings"})
    answer = v2.post("/transactions", {"type": "Income", "amount": 1, "category_id": account["id"]})
    assert list(answer.json["errors"]) == ["category_id"]
    income = v2.made("/categories", {"name": "Sales", "type": "Income"})
    answer = v2.post("/transactions", {"type": "Expense", "amount": 1, "category_id": income["id"]})
    assert list(answer.json["errors"]) == ["category_id"]


def test_account_balances_follow(v2: V2) -> None:
    account = v2.made("/accounts", {"name": "Savings"})
    v2.made("/transactions", {"type": "Income", "amount": 10, "account_id": account["id"]})
    v2.made("/transactions", {"type": "Expense", "amount": 4, "account_id": account["id"]})
    shown = {each["name"]: each["balance"] for each in v2.get("/accounts").json["data"]}
    assert shown["Savings"] == 6


def test_a_ticket_from_question_to_answer(v2: V2, customer: Body) -> None:
    sent = {"customer_id": customer["id"], "subject": "Help", "message": "It broke"}
    path = f"/tickets/{v2.made('/tickets', sent)['id']}"
    v2.made(f"{path}/replies", {"message": "Try again"})
    assert v2.get(path).json["data"]["status"] == "Pending"
    v2.made(f"{path}/replies", {"message": "No", "from_customer": True})
    assert v2.get(path).json["data"]["status"] == "Open"
    closed = v2.put(path, {"status": "Closed", "priority": "Low"}).json["data"]
    assert (closed["status"], closed["priority"]) == ("Closed", "Low")
    assert closed["closed_at"] is not None
    assert v2.get(f"{path}/replies").json["meta"]["total_records"] == 3
    assert v2.delete(path).status == 200


def test_a_lead_becomes_a_customer_once(v2: V2) -> None:
    lead = v2.made("/leads", {"first_name": "John", "company": "Acme Corp", "email": "j@a.co"})
    path = f"/leads/{lead['id']}"
    assert v2.put(path, {"status": "Qualified"}).json["data"]["status"] == "Qualified"
    converted = v2.post(f"{path}/convert").json["data"]
    shown = v2.get(f"/customers/{converted['customer_id']}").json["data"]
    assert (shown["account"], shown["email"]) == ("Acme Corp", "j@a.co")
    assert v2.post(f"{path}/convert").status == 400
    assert v2.post("/leads", {"phone": "1"}).json["errors"].keys() == {"first_name"}


def test_a_quote_becomes_an_invoice(v2: V2, customer: Body) -> None:
    items = [{"description": "Consulting", "amount": 2000}]
    quote = v2.made("/quotes", {"customer_id": customer["id"], "items": items})
    path = f"/quotes/{quote['id']}"
    changed = v2.put(path, {"items": [{"description": "Consulting", "amount": 2100}]})
    assert changed.json["data"]["amount"] == 2100
    answer = v2.post(f"{path}/convert")
    if answer.status == 201:
        assert answer.json["data"]["amount"] == 2100
        assert v2.get(path).json["data"]["status"] == "Invoiced"
    else:
        assert answer.status == 400


def test_nobody_is_made_more_than_the_key_may(acme: Organization) -> None:
    v2 = V2(v2_key(acme, "settings:write", "invoices:read"))
    body = {"name": "X", "email": "x@example.com", "password": "securepassword-77"}
    answer = v2.post("/users", {**body, "role": "administrator"})
    assert answer.status == 403
    assert v2.post("/users", {**body, "role": "owner"}).status == 403
    assert v2.get("/users").json["meta"]["total_records"] == 1


def test_a_user_cannot_be_taken_over(v2: V2, mallory_actor: Any) -> None:
    body = {"name": "X", "email": "mallory@rival.test", "role": "viewer"}
    answer = v2.post("/users", {**body, "password": "securepassword-77"})
    assert (answer.status, list(answer.json["errors"])) == (400, ["email"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/customers/x", 404),
        ("GET", "/customers/999999999999999999999", 404),
        ("PATCH", "/customers", 405),
        ("GET", "/customers?page=0", 400),
        ("GET", "/customers?limit=101", 400),
        ("GET", "/invoices?status=Nonsense", 400),
        ("GET", "/invoices?date_from=x", 400),
        ("GET", "/reports/financial?month=1", 400),
        ("GET", "/customers?surprise=1", 200),
        ("GET", "/customers?page=100000", 200),
    ],
)
def test_odd_requests(v2: V2, method: str, path: str, status: int) -> None:
    assert v2.call(method, path).status == status


@pytest.mark.parametrize("raw", [b"{", b"[]", b'{"a":NaN}', b'"x"'])
def test_broken_json(v2: V2, raw: bytes) -> None:
    assert v2.call("POST", "/customers", raw=raw).status == 400


def test_extra_fields_are_ignored_and_texts_are_numbers(v2: V2, customer: Body) -> None:
    sent = {"customer_id": str(customer["id"]), "amount_paid": 5, "colour": "red", **INVOICE}
    made = v2.made("/invoices", sent)
    assert made["amount_paid"] == 0


def test_another_tenants_rows_are_unknown(v2: V2, rival: Organization, invoice: Body) -> None:
    theirs = V2(v2_key(rival))
    paths = [f"/invoices/{invoice['id']}", f"/customers/{invoice['customer_id']}"]
    for path in paths:
        assert theirs.get(path).status == theirs.put(path, {}).status == 404
    answer = theirs.post("/invoices", {"customer_id": invoice["customer_id"], **INVOICE})
    assert list(answer.json["errors"]) == ["customer_id"]


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/customers", "customers:read"),
        ("/invoices", "invoices:read"),
        ("/transactions", "payments:read"),
        ("/reports/financial", "reports:read"),
        ("/users", "settings:write"),
        ("/webhooks", "webhooks:manage"),
    ],
)
def test_scopes(acme: Organization, path: str, scope: str) -> None:
    assert V2(v2_key(acme, scope)).get(path).status == 200
    others = {"customers:read", "invoices:read", "payments:read", "products:read"} - {scope}
    assert V2(v2_key(acme, *others)).get(path).status == 403


def test_keys_of_other_dialects_do_not_open_it(acme: Organization) -> None:
    assert V2(key_for(acme)).get("/customers").status == 401


def test_events_show_the_apis_own_ids(v2: V2, invoice: Body) -> None:
    shown = render_event(Event.objects.get(type="invoice.issued"), "invoice.issued")
    assert shown["data"]["id"] == invoice["id"]
    assert shown["data"]["customer_id"] == invoice["customer_id"]
    assert "uuid" not in shown["data"]
