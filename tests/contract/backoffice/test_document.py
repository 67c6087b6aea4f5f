"""The examples of the document, sent as printed."""

from typing import Any

import pytest

from accounts.models import Membership, Organization
from tests.contract.backoffice.conftest import V2

pytestmark = pytest.mark.django_db
Body = dict[str, Any]
INVOICE = {
    "date": "2024-01-15",
    "due_date": "2024-02-15",
    "items": [{"description": "Web Development", "amount": 1500.00, "qty": 1}],
    "notes": "Payment due within 30 days",
}


def test_list_all_customers(v2: V2, customer: Body) -> None:
    answer = v2.get("/customers?page=1&limit=20&search=john").json
    assert answer["meta"] == {"current_page": 1, "total_pages": 1, "total_records": 1}
    shown = answer["data"][0]
    assert (shown["account"], shown["email"]) == ("John Doe", "john@example.com")
    assert isinstance(shown["id"], int)
    assert {"phone", "created_at", "updated_at"} <= set(shown)
    assert v2.get("/customers?search=nobody").json["data"] == []


def test_create_get_update_and_delete_a_customer(v2: V2) -> None:
    sent = {
        "account": "Jane Smith",
        "email": "jane@example.com",
        "phone": "1234567890",
        "address": "123 Business St",
        "city": "New York",
        "state": "NY",
        "zip": "10001",
        "country": "US",
    }
    made = v2.made("/customers", sent)
    assert {name: made[name] for name in sent} == sent
    path = f"/customers/{made['id']}"
    assert v2.get(path).json == {"success": True, "data": made}
    assert v2.put(path, {"phone": "999"}).json["data"]["phone"] == "999"
    gone = v2.delete(path)
    assert (gone.status, gone.json["success"]) == (200, True)
    assert v2.get(path).status == 404


def test_create_and_list_invoices(v2: V2, customer: Body) -> None:
    made = v2.made("/invoices", {"customer_id": customer["id"], **INVOICE})
    assert made["status"] == "Unpaid"
    listed = v2.get("/invoices?status=Unpaid&date_from=2024-01-01&date_to=2024-01-31").json
    shown = listed["data"][0]
    assert shown == made
    assert (shown["invoice_number"], shown["amount"]) == ("INV-2024-001", 1500)
    assert (shown["customer_id"], shown["due_date"]) == (customer["id"], "2024-02-15")
    item = shown["items"][0]
    assert (item["description"], item["amount"], item["qty"]) == ("Web Development", 1500, 1)
    assert b'"amount":1500.00' in v2.get(f"/invoices/{made['id']}").content


def test_record_and_list_a_transaction(v2: V2) -> None:
    category = v2.made("/categories", {"name": "Projects", "type": "Income"})
    account = v2.made("/accounts", {"name": "Savings"})
    sent = {
        "type": "Income",
        "account_id": account["id"],
        "amount": 1500.00,
        "category_id": category["id"],
        "description": "Website Development Payment",
        "date": "2024-01-15",
    }
    made = v2.made("/transactions", sent)
    assert {name: made[name] for name in sent} == sent
    query = f"type=Income&account_id={account['id']}&date_from=2024-01-15&date_to=2024-01-15"
    assert v2.get(f"/transactions?{query}").json["data"] == [made]
    assert v2.get("/transactions?type=Expense").json["data"] == []


def test_create_and_list_a_product(v2: V2) -> None:
    sent = {
        "name": "Web Hosting",
        "price": 99.99,
        "description": "Annual web hosting package",
        "type": "service",
        "tax_rate": 10,
    }
    made = v2.made("/products", sent)
    assert {name: made[name] for name in sent if name != "price"} == {
        name: value for name, value in sent.items() if name != "price"
    }
    assert b'"price":99.99' in v2.get("/products").content


def test_create_and_list_a_quote(v2: V2, customer: Body) -> None:
    sent = {
        "customer_id": customer["id"],
        "valid_until": "2054-02-15",
        "items": [{"description": "Consulting Services", "amount": 2000.00, "qty": 1}],
    }
    made = v2.made("/quotes", sent)
    assert (made["amount"], made["valid_until"], made["status"]) == (2000, "2054-02-15", "Draft")
    assert v2.get("/quotes").json["data"] == [made]


def test_create_and_list_a_ticket(v2: V2, customer: Body) -> None:
    department = v2.made("/departments", {"name": "Support"})
    sent = {
        "customer_id": customer["id"],
        "subject": "Technical Support Required",
        "message": "Need assistance with installation",
        "department_id": department["id"],
        "priority": "High",
    }
    made = v2.made("/tickets", sent)
    assert (made["status"], made["priority"]) == ("Open", "High")
    path = f"/tickets?status=Open&department_id={department['id']}"
    assert v2.get(path).json["data"] == [made]
    (first,) = v2.get(f"/tickets/{made['id']}/replies").json["data"]
    assert (first["message"], first["from_customer"]) == (sent["message"], True)


def test_create_a_lead(v2: V2) -> None:
    sent = {
        "first_name": "John",
        "last_name": "Smith",
        "email": "john@example.com",
        "company": "Acme Corp",
        "phone": "1234567890",
        "source": "Website",
    }
    made = v2.made("/leads", sent)
    assert {name: made[name] for name in sent} == sent
    assert made["status"] == "New"


def test_create_and_list_a_user(v2: V2, acme: Organization) -> None:
    sent = {
        "name": "Admin User",
        "email": "admin@example.com",
        "password": "securepassword-77",
        "role": "administrator",
    }
    made = v2.made("/users", sent)
    assert (made["email"], made["role"]) == ("admin@example.com", "administrator")
    assert "password" not in made
    user = Membership.objects.of(acme.pk).get(user__email="admin@example.com").user
    assert user.check_password("securepassword-77")
    assert made in v2.get("/users").json["data"]


def test_financial_summary(v2: V2, customer: Body) -> None:
    v2.made("/invoices", {"customer_id": customer["id"], **INVOICE})
    v2.made("/transactions", {"type": "Income", "amount": 500, "date": "2024-01-20"})
    v2.made("/transactions", {"type": "Expense", "amount": "120.50", "date": "2024-01-31"})
    v2.made("/transactions", {"type": "Expense", "amount": 1, "date": "2024-02-01"})
    shown = v2.get("/reports/financial?year=2024&month=1").json["data"]
    figures = ("income", "expenses", "profit", "outstanding_invoices")
    assert [str(shown[name]) for name in figures] == ["2000.00", "120.50", "1879.50", "1500.00"]
    assert str(v2.get("/reports/financial?year=2024").json["data"]["expenses"]) == "121.50"


def test_register_a_webhook(v2: V2) -> None:
    sent = {
        "url": "https://your-domain.com/webhook",
        "events": ["invoice.created", "payment.received"],
    }
    made = v2.made("/webhooks", sent)
    assert {name: made[name] for name in sent} == sent
    assert made["secret"].startswith("whsec_")
    assert "secret" not in v2.get(f"/webhooks/{made['id']}").json["data"]


def test_batch_create_customers(v2: V2) -> None:
    sent = {
        "customers": [
            {"account": "Customer 1", "email": "customer1@example.com"},
            {"account": "Customer 2", "email": "customer2@example.com"},
        ]
    }
    answer = v2.post("/batch/customers", sent)
    assert answer.status == 201
    assert [each["account"] for each in answer.json["data"]] == ["Customer 1", "Customer 2"]


def test_a_batch_is_made_whole_or_not_at_all(v2: V2) -> None:
    sent = {"customers": [{"account": "Good"}, {"account": "Bad", "email": "nonsense"}]}
    answer = v2.post("/batch/customers", sent)
    assert answer.status == 400
    assert list(answer.json["errors"]) == ["customers.1.email"]
    assert v2.get("/customers").json["meta"]["total_records"] == 0


def test_validation_error(v2: V2) -> None:
    answer = v2.post("/customers", {"account": "", "email": "nonsense"})
    assert answer.status == 400
    assert answer.json["message"] == "Validation failed"
    assert set(answer.json["errors"]) == {"account", "email"}


def test_amount_error(v2: V2) -> None:
    answer = v2.post("/transactions", {"type": "Income", "amount": 0})
    assert answer.json["errors"] == {"amount": "The amount must be greater than 0."}


def test_authentication_error(v2: V2) -> None:
    for secret in ("", "ak_wrong"):
        answer = V2(secret).get("/customers")
        assert answer.status == 401
        assert answer.json == {
            "success": False,
            "message": "Invalid API key or unauthorized access",
        }


def test_rate_limit_headers(v2: V2) -> None:
    first, second = v2.get("/customers"), v2.get("/customers")
    assert first.headers["X-RateLimit-Limit"] == "1000"
    left = [int(answer.headers["X-RateLimit-Remaining"]) for answer in (first, second)]
    assert left == [999, 998]
