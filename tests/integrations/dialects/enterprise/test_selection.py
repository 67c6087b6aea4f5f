"""`fields` and `expand` on any answer: exactly what was asked for, and nothing a scope forbids."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from integrations.dialects.base import selection
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(v1: V1, customer: Body) -> Body:
    """An invoice of two lines, one of them a product with a tax, paid in two parts."""
    tax = v1.made("/tax-profiles", {"name": "VAT", "rate": 10})
    product = v1.made(
        "/products", {"name": "Hosting", "unit_price": 50, "tax_profile_id": tax["id"]}
    )
    lines = [line("45.00"), {"product_id": product["id"], "quantity": 1}]
    made = v1.made("/invoices", {"customer_id": customer["id"], "line_items": lines})
    v1.post(f"/invoices/{made['id']}/issue")
    first = v1.made("/payments", {"invoice_id": made["id"], "amount": 60})
    v1.made("/payments", {"invoice_id": made["id"], "amount": 40})
    v1.post(f"/payments/{first['id']}/refund", {"amount": 5, "reason": "Too much"})
    return v1.get(f"/invoices/{made['id']}").json


def test_only_these_fields_as_the_document_shows(v1: V1, draft: Body) -> None:
    answer = v1.get(f"/invoices/{draft['id']}?fields=id,number,total,status,customer.name")
    assert answer.json == {
        "id": draft["id"],
        "number": "INV-2025-001",
        "status": "draft",
        "customer": {"name": "Globex"},
        "total": 100,
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("status", {"status": "draft"}),
        ("line_items.total,line_items.quantity", {"line_items": [{"quantity": 1, "total": 100}]}),
        (
            "customer.email,customer.name",
            {"customer": {"name": "Globex", "email": "ap@globex.test"}},
        ),
        ("livemode", {"livemode": True}),
        ("days_overdue", {}),
        ("metadata.color", {"metadata": {}}),
        ("number, status", {"number": "INV-2025-001", "status": "draft"}),
    ],
)
def test_fields(v1: V1, draft: Body, fields: str, expected: Body) -> None:
    assert v1.get(f"/invoices/{draft['id']}?fields={fields}").json == expected


def test_the_whole_includes_its_parts(v1: V1, draft: Body) -> None:
    for fields in ("customer,customer.name", "customer.name,customer"):
        shown = v1.get(f"/invoices/{draft['id']}?fields={fields}").json
        assert set(shown["customer"]) == {"id", "name", "email"}


def test_fields_of_the_rows_of_a_list(v1: V1, draft: Body) -> None:
    answer = v1.get("/invoices?fields=id,customer.name")
    assert answer.json == {
        "object": "list",
        "data": [{"id": draft["id"], "customer": {"name": "Globex"}}],
        "has_more": False,
        "next_cursor": None,
        "total_count": 1,
    }


def test_fields_of_what_was_just_made(v1: V1) -> None:
    answer = v1.post("/customers?fields=name", {"name": "New"})
    assert (answer.status, answer.json) == (201, {"name": "New"})


@pytest.mark.parametrize(
    "fields",
    [
        "__class__",
        "password",
        "customer.__dict__",
        "customer.phone",
        "id.x",
        "line_items.total.x",
        "organization_id",
        "total;drop",
        "",
        ",",
        "id,",
        "..",
        "customer..name",
        "x" * 1001,
        ".".join("abcdefghijk"),
        "id%00",
    ],
)
def test_unknown_fields_are_refused_P5(v1: V1, draft: Body, fields: str) -> None:
    answer = v1.get(f"/invoices/{draft['id']}?fields={fields}")
    assert (answer.status, answer.error["type"]) == (400, "validation_error")
    if "%00" not in fields:
        assert answer.error["param"] == "fields"


def test_a_refused_field_changes_nothing(v1: V1) -> None:
    assert v1.post("/customers?fields=secret", {"name": "New"}).status == 400
    assert v1.get("/customers").json["total_count"] == 0


def test_a_row_of_the_list_has_no_lines_unless_they_are_expanded(v1: V1, draft: Body) -> None:
    assert v1.get("/invoices?fields=line_items.total").status == 400
    answer = v1.get("/invoices?fields=line_items.total&expand=line_items")
    assert answer.json["data"] == [{"line_items": [{"total": 100}]}]


def test_expanded_as_the_document_shows(v1: V1, paid: Body, customer: Body) -> None:
    shown = v1.get(f"/invoices/{paid['id']}?expand=customer,line_items,payments").json
    assert shown["customer"] == without(v1.get(f"/customers/{customer['id']}").json, "livemode")
    assert shown["line_items"] == paid["line_items"]
    assert [row["amount"] for row in shown["payments"]] == [60, 40]
    assert shown["total"] == paid["total"]


def test_expanded_in_a_list(v1: V1, paid: Body, customer: Body) -> None:
    rows = v1.get("/invoices?expand=customer,line_items,payments").json["data"]
    detail = v1.get(f"/invoices/{paid['id']}?expand=customer,line_items,payments").json
    for name in ("customer", "line_items", "payments"):
        assert rows[0][name] == detail[name]


def test_four_levels_deep(v1: V1, paid: Body) -> None:
    path = "payments.invoice.line_items.product"
    payment = v1.get(f"/invoices/{paid['id']}?expand={path}").json["payments"][0]
    product = payment["invoice"]["line_items"][1]["product"]
    assert product["name"] == "Hosting"
    assert payment["invoice"]["line_items"][0]["product"] is None


def test_two_branches_under_one_name(v1: V1, paid: Body) -> None:
    for expand in (
        "payments,payments.customer,payments.refunds",
        "payments.refunds,payments.customer,payments",
    ):
        payment = v1.get(f"/invoices/{paid['id']}?expand={expand}").json["payments"][0]
        assert payment["customer"]["name"] == "Globex"
        assert [row["amount"] for row in payment["refunds"]] == [5]


def test_other_nouns(v1: V1, paid: Body) -> None:
    payment = v1.get("/payments?sort=amount&expand=invoice,customer,refunds").json["data"][1]
    assert payment["invoice"]["number"] == paid["number"]
    assert payment["customer"]["email"] == "ap@globex.test"
    assert payment["refunds"][0]["reason"] == "Too much"
    product = v1.get("/products?expand=tax_profile").json["data"][0]
    assert product["tax_profile"]["rate"] == 10


def test_a_reference_that_is_empty(v1: V1, customer: Body) -> None:
    v1.made("/products", {"name": "Free", "unit_price": 0})
    assert v1.get("/products?expand=tax_profile").json["data"][0]["tax_profile"] is None
    v1.made("/payments", {"customer_id": customer["id"], "amount": 1, "allow_overpayment": True})
    assert v1.get("/payments?expand=invoice").json["data"][0]["invoice"] is None


@pytest.mark.parametrize(
    "expand",
    [
        "nothing",
        "__class__",
        "customer.invoices",
        "customer.organization",
        "payments.invoice.payments.invoice.payments",
        ".".join(["payments", "invoice"] * 5),
        "",
        "customer,,payments",
        "line_items.tax",
    ],
)
def test_unknown_or_too_deep_expansions_are_refused_P5(v1: V1, draft: Body, expand: str) -> None:
    for path in (f"/invoices/{draft['id']}", "/invoices"):
        answer = v1.get(f"{path}?expand={expand}")
        assert (answer.status, answer.error["param"]) == (400, "expand")


def test_expand_where_nothing_can_be_expanded(v1: V1) -> None:
    answer = v1.get("/webhooks?expand=events")
    assert (answer.status, answer.error["code"]) == (400, "unknown_parameter")


@pytest.mark.parametrize(
    ("expand", "needed"),
    [
        ("customer", "customers:read"),
        ("payments", "payments:read"),
        ("line_items.product", "products:read"),
        ("payments.customer", "payments:read"),
    ],
)
def test_an_expansion_needs_its_own_scope_G9(
    v1: V1, acme: Organization, paid: Body, expand: str, needed: str
) -> None:
    limited = V1(key_for(acme, "invoices:read"))
    for path in (f"/invoices/{paid['id']}", "/invoices"):
        answer = limited.get(f"{path}?expand={expand}")
        assert (answer.status, answer.error["type"]) == (403, "authorization_error")
        assert needed in answer.error["message"]
    assert limited.get(f"/invoices/{paid['id']}?expand=line_items").status == 200


def test_fields_reach_nothing_that_was_not_expanded_G9(
    acme: Organization, v1: V1, paid: Body
) -> None:
    limited = V1(key_for(acme, "invoices:read"))
    for fields in ("payments.amount", "customer.phone", "line_items.product.cost_price"):
        assert limited.get(f"/invoices/{paid['id']}?fields={fields}").status == 400


def test_what_is_expanded_but_not_shown_is_not_read(v1: V1, paid: Body) -> None:
    count = statements(v1, "/invoices?fields=id")
    assert statements(v1, "/invoices?fields=id&expand=payments,customer") == count


@pytest.mark.parametrize(
    "path",
    [
        "/invoices?expand=customer,line_items.product,payments.customer,payments.refunds",
        "/invoices?expand=payments.invoice.payments.customer",
        "/payments?expand=invoice.line_items.product.tax_profile,customer,refunds.payment",
        "/products?expand=tax_profile",
    ],
)
def test_an_expansion_costs_the_same_however_many_rows(v1: V1, paid: Body, path: str) -> None:
    path += "&sort=created_at"
    one = statements(v1, f"{path}&limit=1")
    for number in range(4):
        someone = v1.made("/customers", {"name": f"C{number}"})
        product = v1.made(
            "/products",
            {
                "name": f"P{number}",
                "unit_price": 3,
                "tax_profile_id": v1.made("/tax-profiles", {"name": f"T{number}", "rate": 1})["id"],
            },
        )
        lines = [{"product_id": product["id"], "quantity": 1}, line()]
        made = v1.made("/invoices", {"customer_id": someone["id"], "line_items": lines})
        v1.post(f"/invoices/{made['id']}/issue")
        paid_now = v1.made("/payments", {"invoice_id": made["id"], "amount": 2})
        v1.post(f"/payments/{paid_now['id']}/refund", {"amount": 1})
    many = v1.get(f"{path}&limit=100").json
    assert len(many["data"]) >= 5
    assert statements(v1, f"{path}&limit=100") == one


def test_an_expansion_that_grows_out_of_hand_is_refused(
    v1: V1, paid: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "MAX_EXPANDED", 5)
    assert v1.get("/invoices?expand=payments").status == 200
    answer = v1.get("/invoices?expand=payments.invoice.payments")
    assert (answer.status, answer.error["param"]) == (400, "expand")


def statements(v1: V1, path: str) -> int:

    with CaptureQueriesContext(connection) as captured:
        assert v1.get(path).status == 200
    return len(captured)


def without(shown: Body, name: str) -> Body:
    return {key: value for key, value in shown.items() if key != name}
