"""Filters, order and pages of the lists."""

from typing import Any

import pytest
from django.db import connection

from accounts.models import Organization
from billing.models import Invoice
from core.ids import decode_id
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoices(v1: V1, customer: Body, clock: Any) -> dict[str, str]:
    """One invoice in each state, by the word /v1 has for it; the ids."""
    other = v1.made("/customers", {"name": "Initech", "email": "x@initech.test"})
    made: dict[str, str] = {}
    days = {"draft": 1, "sent": 2, "partially_paid": 3, "paid": 4, "overdue": 5, "void": 6}
    for word, day in days.items():
        clock.shift(60)
        body = {
            "customer_id": (other if word == "paid" else customer)["id"],
            "issue_date": f"2024-12-0{day}",
            "due_date": "2025-01-10" if word == "overdue" else f"2025-02-0{day}",
            "line_items": [line(100 * day)],
        }
        made[word] = v1.made("/invoices", body)["id"]
        if word != "draft":
            v1.post(f"/invoices/{made[word]}/issue")
    v1.made("/payments", {"invoice_id": made["partially_paid"], "amount": 10})
    v1.post(f"/invoices/{made['paid']}/mark-paid")
    v1.post(f"/invoices/{made['void']}/void")
    return made


def found(v1: V1, invoices: dict[str, str], query: str) -> list[str]:
    """The words of the invoices that a query finds, in its order."""
    words = {id: word for word, id in invoices.items()}
    answer = v1.get(f"/invoices?{query}")
    assert answer.status == 200, answer.content
    assert answer.json["total_count"] == len(answer.json["data"])
    return [words[row["id"]] for row in answer.json["data"]]


ALL = ["draft", "sent", "partially_paid", "paid", "overdue", "void"]


@pytest.mark.parametrize("word", ALL)
def test_by_status_and_shown_as_such(v1: V1, invoices: dict[str, str], word: str) -> None:
    assert found(v1, invoices, f"status={word}") == [word]
    assert v1.get(f"/invoices/{invoices[word]}").json["status"] == word
    assert v1.get(f"/invoices?status={word}").json["data"][0]["status"] == word


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL[::-1]),
        ("sort=created_at", ALL),
        ("sort=-total", ALL[::-1]),
        ("sort=issue_date", ALL),
        ("sort=due_date", ["overdue", "draft", "sent", "partially_paid", "paid", "void"]),
        ("sort=number", ALL),
        ("status=partial", ["partially_paid"]),
        ("status=cancelled", ["void"]),
        ("status=viewed", []),
        ("status=uncollectible", []),
        ("issue_date[gte]=2024-12-03&issue_date[lt]=2024-12-05", ["paid", "partially_paid"]),
        ("issue_date=2024-12-02", ["sent"]),
        ("due_date[lte]=2025-01-31", ["overdue"]),
        ("created_at[gte]=2025-01-15&created_at[lte]=2025-01-15", ALL[::-1]),
        ("created_at[gt]=2025-01-15", []),
        ("created_at[lt]=2025-01-15T10:32:00Z", ["draft"]),
        ("status=paid&issue_date[gte]=2024-12-05", []),
    ],
)
def test_filters_and_orders(
    v1: V1, invoices: dict[str, str], query: str, expected: list[str]
) -> None:
    assert found(v1, invoices, query) == expected


def test_by_customer(v1: V1, invoices: dict[str, str], customer: Body) -> None:
    assert "paid" not in found(v1, invoices, f"customer_id={customer['id']}")
    rows = v1.get(f"/customers/{customer['id']}/invoices?status=void").json
    assert [row["id"] for row in rows["data"]] == [invoices["void"]]


def test_pages_join_up(v1: V1, invoices: dict[str, str]) -> None:
    first = v1.get("/invoices?limit=4&sort=-total").json
    assert (len(first["data"]), first["has_more"], first["total_count"]) == (4, True, 6)
    second = v1.get(f"/invoices?limit=4&sort=-total&cursor={first['next_cursor']}").json
    assert (len(second["data"]), second["has_more"], second["next_cursor"]) == (2, False, None)
    totals = [row["total"] for row in first["data"] + second["data"]]
    assert totals == [600, 500, 400, 300, 200, 100]
    last = first["data"][-1]["id"]
    after = v1.get(f"/invoices?limit=4&sort=-total&starting_after={last}").json
    assert after["data"] == second["data"]
    before = v1.get(f"/invoices?limit=2&sort=-total&ending_before={last}").json
    assert before["data"] == first["data"][1:3]


def test_numbers_sort_by_their_digits_B4(v1: V1, customer: Body, acme: Organization) -> None:
    for number in ("INV-2025-999", "INV-2025-1000", "INV-2025-101"):
        made = v1.made("/invoices", {"customer_id": customer["id"], "line_items": [line()]})
        rows = Invoice.objects.of(acme.pk).filter(uuid=decode_id("inv", made["id"]) or "")
        rows.update(number=number)
    shown = v1.get("/invoices?sort=number").json["data"]
    assert [row["number"] for row in shown] == ["INV-2025-101", "INV-2025-999", "INV-2025-1000"]


@pytest.mark.parametrize("limit", [1, 6, 25])
def test_the_plain_first_page_is_the_page_in_its_default_order(
    v1: V1, invoices: dict[str, str], limit: int
) -> None:
    ready, built = (
        v1.get(f"/invoices?limit={limit}{order}") for order in ("", "&sort=-created_at")
    )
    assert len(ready.json["data"]) == min(limit, 6)
    assert ready.content == built.content


def test_a_page_of_invoices_costs_the_same_however_long(
    v1: V1, invoices: dict[str, str], django_assert_num_queries: Any
) -> None:
    # The key, the count, the rows; on PostgreSQL the rate counter.
    expected = 4 if connection.vendor == "postgresql" else 3
    for limit in (1, 6):
        with django_assert_num_queries(expected):
            v1.get(f"/invoices?limit={limit}")


def test_a_page_of_anything_costs_the_same_however_long(
    v1: V1, invoices: dict[str, str], django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        v1.made("/products", {"name": f"P{number}", "unit_price": number})
        v1.made("/customers", {"name": f"C{number}"})
    for path in ("/customers", "/payments", "/products", "/tax-profiles", "/webhooks"):
        # The key, the count, the rows and what belongs to them; on PostgreSQL the rate counter.
        with django_assert_max_num_queries(6 if connection.vendor == "postgresql" else 5):
            v1.get(f"{path}?limit=100")


def test_customers_by_status_and_email(v1: V1, customer: Body) -> None:
    other = v1.made("/customers", {"name": "Old", "email": "old@x.test", "status": "archived"})
    active = v1.get("/customers?status=active").json["data"]
    assert [row["id"] for row in active] == [customer["id"]]
    by_email = v1.get("/customers?email=old@x.test").json["data"]
    assert [row["id"] for row in by_email] == [other["id"]]
    names = [row["name"] for row in v1.get("/customers?sort=-name").json["data"]]
    assert names == ["Old", "Globex"]


def test_products_by_category_and_activity(v1: V1) -> None:
    v1.made("/products", {"name": "A", "unit_price": 1, "category": "Goods"})
    v1.made("/products", {"name": "B", "unit_price": 1, "category": "Goods", "is_active": False})
    v1.made("/products", {"name": "C", "unit_price": 1, "category": "Services"})
    rows = v1.get("/products?category=Goods&is_active=true").json["data"]
    assert [row["name"] for row in rows] == ["A"]


def test_payments_by_method_status_and_day(v1: V1, invoices: dict[str, str]) -> None:
    def amounts(query: str) -> list[Any]:
        return [row["amount"] for row in v1.get(f"/payments?{query}").json["data"]]

    assert amounts("payment_method=other&status=succeeded") == [400, 10]
    assert amounts("payment_method=cash") == []
    assert amounts("payment_date[gte]=2025-01-15&sort=amount") == [10, 400]
    assert amounts("payment_date[gt]=2025-01-15") == []
