"""search, ranges and orders of the lists, as a client sends them."""

from typing import Any
from urllib.parse import quote

import pytest

from integrations.dialects.base import pagination
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(v1: V1, clock: Any) -> dict[str, str]:
    """Three invoices of two customers, one in yen; one of them paid, all a minute apart."""
    acme = v1.made("/customers", {"name": "Acme GmbH", "email": "ap@acme.test", "notes": "VIP"})
    zoe = v1.made("/customers", {"name": "Zoë & Söhne", "currency": "JPY", "tags": ["x"]})
    made = {}
    for name, customer, currency, price, reference in (
        ("first", acme, "USD", "100.00", "Order 7"),
        ("second", acme, "USD", "250.50", "100% cotton"),
        ("yen", zoe, "JPY", "300", "Auftrag_9"),
    ):
        clock.shift(60)
        body = {
            "customer_id": customer["id"],
            "currency": currency,
            "reference": reference,
            "line_items": [line(price)],
        }
        made[name] = v1.made("/invoices", body)["id"]
        v1.post(f"/invoices/{made[name]}/issue")
    v1.post(f"/invoices/{made['second']}/mark-paid", {"reference": "Wire 4711"})
    return made


def found(v1: V1, books: dict[str, str], query: str) -> list[str]:
    answer = v1.get(f"/invoices?sort=created_at&{query}")
    assert answer.status == 200, answer.content
    names = {id: name for name, id in books.items()}
    assert answer.json["total_count"] == len(answer.json["data"])
    return [names[row["id"]] for row in answer.json["data"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("search=acme", ["first", "second"]),
        ("search=zoe", ["yen"]),
        ("search=ZO%C3%8B+sohne", ["yen"]),
        ("search=acme+cotton", ["second"]),
        ("search=INV-2025-001", ["first"]),
        ("search=2025-00", ["first", "second", "yen"]),
        ("search=%25", ["second"]),
        ("search=_", ["yen"]),
        ("search=7", ["first"]),
        ("search=ap@acme.test", ["first", "second"]),
        ("search=acme&search_fields=customer.name,number,reference", ["first", "second"]),
        ("search=acme&search_fields=number,reference", []),
        ("search=order&search_fields=reference", ["first"]),
        ("search=acme&status=paid", ["second"]),
        ("search=", ["first", "second", "yen"]),
        ("search=%20%20", ["first", "second", "yen"]),
        ("search_fields=number", ["first", "second", "yen"]),
        ("search=nothing", []),
        ("search=%F0%9F%9A%80", []),
        ("search=%27%20OR%201=1--", []),
        ("currency=JPY", ["yen"]),
        ("number=INV-2025-002", ["second"]),
        ("total[gte]=250.50", ["second", "yen"]),
        ("total[gt]=250.5&total[lt]=300", []),
        ("total[lte]=100", ["first"]),
        ("total=100.00", ["first"]),
        ("total=100.001", []),
        ("total[gte]=300&currency=JPY", ["yen"]),
        ("amount_due[gt]=0", ["first", "yen"]),
        ("amount_due=0", ["second"]),
        ("amount_paid[gte]=250.5", ["second"]),
        ("tax_total[gt]=0", []),
        ("subtotal[lt]=100", []),
        ("discount_total[gte]=0", ["first", "second", "yen"]),
        ("paid_at[gte]=2025-01-15", ["second"]),
        ("paid_at[lt]=2025-01-15", []),
        ("issued_at[gte]=2025-01-15", ["first", "second", "yen"]),
        ("updated_at[gte]=2025-01-15T10:33:00Z", ["second", "yen"]),
        ("voided_at[gte]=2025-01-15", []),
    ],
)
def test_invoices(v1: V1, books: dict[str, str], query: str, expected: list[str]) -> None:
    assert found(v1, books, query) == expected


@pytest.mark.parametrize(
    ("path", "query", "param"),
    [
        ("/invoices", "search=acme&search_fields=password", "search_fields"),
        ("/invoices", "search_fields=customer", "search_fields"),
        ("/invoices", "search_fields=", "search_fields"),
        ("/invoices", "search=" + "x" * 201, "search"),
        ("/invoices", "search=" + "+".join("abcdefghi"), "search"),
        ("/invoices", "search=a&search=b", "search"),
        ("/invoices", "total[gte]=x", "total[gte]"),
        ("/invoices", "total[gte]=1e400", "total[gte]"),
        ("/invoices", "total[gte]=NaN", "total[gte]"),
        ("/invoices", "total[ge]=1", "total[ge]"),
        ("/invoices", "amount_due=", "amount_due"),
        ("/invoices", "currency=XXX", "currency"),
        ("/invoices", "paid_at[gte]=yesterday", "paid_at[gte]"),
        ("/invoices", "sort=customer", "sort"),
        ("/invoices", "sort=-total,--number", "sort"),
        ("/payments", "status=lost", "status"),
        ("/payments", "amount[lt]=", "amount[lt]"),
        ("/customers", "search_fields=tags", "search_fields"),
        ("/products", "unit_price[gte]=1", "unit_price[gte]"),
        ("/webhooks", "active=yes", "active"),
        ("/api-keys", "search_fields=key", "search_fields"),
        ("/api-keys", "sort=digest", "sort"),
    ],
)
def test_refused_by_name_P5(v1: V1, path: str, query: str, param: str) -> None:
    answer = v1.get(f"{path}?{query}")
    assert (answer.status, answer.error["param"]) == (400, param)


def test_an_unknown_search_field_is_named(v1: V1) -> None:
    answer = v1.get("/invoices?search=x&search_fields=number,secret")
    assert "'secret'" in answer.error["message"]
    assert "customer.name" in answer.error["message"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/customers?search=acme", 1),
        ("/customers?search=vip", 1),
        ("/customers?search=vip&search_fields=name", 0),
        ("/customers?type=individual", 0),
        ("/customers?currency=JPY", 1),
        ("/customers?updated_at[gte]=2025-01-15", 2),
        ("/payments?search=4711", 1),
        ("/payments?search=acme", 1),
        ("/payments?search=INV-2025-002&search_fields=invoice.number", 1),
        ("/payments?search=INV-2025-001", 0),
        ("/payments?amount[gte]=250.50", 1),
        ("/payments?amount[gt]=250.50", 0),
        ("/payments?currency=JPY", 0),
        ("/products?search=host", 0),
        ("/tax-profiles?search=vat", 0),
        ("/webhooks?search=hook", 0),
        ("/webhooks?active=true", 0),
        ("/api-keys?search=test+key", 1),
        ("/api-keys?search=nothing", 0),
        ("/api-keys?created_at[lt]=2025-01-15", 0),
    ],
)
def test_other_lists(v1: V1, books: dict[str, str], path: str, expected: int) -> None:
    assert v1.get(path).json["total_count"] == expected


def test_a_search_is_consistent_at_once(v1: V1, customer: Body) -> None:
    v1.put(f"/customers/{customer['id']}", {"name": "Renamed"})
    assert v1.get("/customers?search=renamed").json["total_count"] == 1
    assert v1.get("/customers?search=globex&search_fields=name").json["total_count"] == 0


def test_pages_of_a_search_join_up(v1: V1, books: dict[str, str]) -> None:
    first = v1.get("/invoices?search=inv&limit=2&sort=-total").json
    rest = v1.get(f"/invoices?search=inv&limit=2&sort=-total&cursor={first['next_cursor']}").json
    assert [row["id"] for row in first["data"] + rest["data"]] == [
        books["second"],
        books["first"],
        books["yen"],
    ]


def test_rivals_find_nothing_P1(v1: V1, rival_v1: V1, books: dict[str, str]) -> None:
    for path in ("/invoices?search=acme", "/customers?search=acme", "/payments?search=4711"):
        assert v1.get(path).json["total_count"] > 0
        assert rival_v1.get(path).json["total_count"] == 0


def test_payments_by_what_they_show(v1: V1, books: dict[str, str]) -> None:
    payment = v1.get("/payments").json["data"][0]
    assert v1.get("/payments?status=succeeded").json["total_count"] == 1
    v1.post(f"/payments/{payment['id']}/refund", {"amount": 50.50})
    assert v1.get("/payments?status=succeeded").json["total_count"] == 1
    v1.post(f"/payments/{payment['id']}/refund", {"amount": 200})
    assert v1.get("/payments?status=succeeded").json["total_count"] == 0
    shown = v1.get("/payments?status=refunded").json["data"]
    assert [row["status"] for row in shown] == ["refunded"]


def test_keys_sort_by_times_that_may_be_missing(v1: V1) -> None:
    for name, expiry in (("A", None), ("B", "2026-01-01T00:00:00Z"), ("C", "2025-06-01T00:00:00Z")):
        v1.made("/api-keys", {"name": name, "scopes": ["invoices:read"], "expires_at": expiry})

    def names(query: str) -> list[str]:
        seen, cursor = [], ""
        while cursor is not None:
            page = v1.get(f"/api-keys?limit=1&{query}&cursor={quote(cursor)}").json
            seen += [row["name"] for row in page["data"]]
            cursor = page["next_cursor"]
        return seen

    assert names("sort=expires_at,name") == ["C", "B", "A", "Test key"]
    assert names("sort=-expires_at,name") == ["A", "Test key", "B", "C"]


@pytest.mark.parametrize("sort", ["-amount_due,number", "due_date,-total", "-updated_at", "number"])
def test_every_order_walks_through_all_rows_G8(v1: V1, books: dict[str, str], sort: str) -> None:
    whole = [row["id"] for row in v1.get(f"/invoices?sort={sort}").json["data"]]
    seen, cursor = [], ""
    while cursor is not None:
        page = v1.get(f"/invoices?limit=1&sort={sort}&cursor={quote(cursor)}").json
        seen += [row["id"] for row in page["data"]]
        cursor = page["next_cursor"]
    assert seen == whole
    assert len(whole) == 3


def test_rows_that_come_between_two_pages_disturb_nothing_G8(
    v1: V1, books: dict[str, str], clock: Any
) -> None:
    path = "/invoices?limit=1&sort=-total&search=inv"
    first = v1.get(path).json
    customer = v1.made("/customers", {"name": "Late"})
    clock.shift(60)
    v1.made("/invoices", {"customer_id": customer["id"], "line_items": [line("999.00")]})
    second = v1.get(f"{path}&cursor={quote(first['next_cursor'])}").json
    assert [first["data"][0]["id"], second["data"][0]["id"]] == [books["second"], books["first"]]
    assert (first["total_count"], second["total_count"]) == (3, 4)


def test_gathering_and_walking_give_the_same_page(
    v1: V1, books: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [
        f"/invoices?{query}&limit=2"
        for query in (
            "issue_date[gte]=2025-01-01",
            "total[gte]=100&sort=-due_date,number",
            "amount_due[lte]=300&sort=-amount_due",
            "status=sent&sort=number",
        )
    ]
    gathered = [v1.get(path).content for path in paths]
    monkeypatch.setattr(pagination, "_FEW", -1)
    assert [v1.get(path).content for path in paths] == gathered


def test_a_search_that_finds_much_is_counted_up_to_a_limit(
    v1: V1, books: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagination, "COUNTED_OF_A_SEARCH", 1)
    assert v1.get("/invoices?search=inv&limit=1").json["total_count"] == 2
    assert v1.get("/invoices?limit=1").json["total_count"] == 3


def test_expand_and_fields_beside_a_search(v1: V1, books: dict[str, str]) -> None:
    path = "/invoices?search=acme&sort=total&fields=total,customer.notes&expand=customer"
    assert v1.get(path).json["data"] == [
        {"total": 100, "customer": {"notes": "VIP"}},
        {"total": pytest.approx(250.5), "customer": {"notes": "VIP"}},
    ]
