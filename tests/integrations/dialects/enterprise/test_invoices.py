"""What /v1/invoices does beyond the document's own examples."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organization
from billing.models import Invoice
from core.models import Event
from integrations.models import Message
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1

pytestmark = pytest.mark.django_db


def event_types() -> list[str]:
    rows = Event.objects.filter(subject_type="invoice").order_by("pk")
    return list(rows.values_list("type", flat=True))


def test_sent_on_creation(v1: V1, customer: Body) -> None:
    shown = v1.made(
        "/invoices", {"customer_id": customer["id"], "line_items": [line()], "auto_send": True}
    )
    assert shown["status"] == "sent"
    assert shown["pdf_url"] == f"http://testserver/v1/invoices/{shown['id']}/pdf"
    assert event_types() == ["invoice.created", "invoice.issued", "invoice.send_requested"]
    recipients = Message.objects.get().recipients.values_list("role", "address")
    assert list(recipients) == [("to", "ap@globex.test")]


def test_sending_that_is_refused_creates_nothing(v1: V1) -> None:
    """Creating and sending are one transaction."""
    silent = v1.made("/customers", {"name": "No address"})
    before = Event.objects.count()
    body = {"customer_id": silent["id"], "line_items": [line()], "auto_send": True}
    answer = v1.post("/invoices", body)
    assert (answer.status, answer.error["param"]) == (422, "to")
    assert Invoice.objects.count() == 0
    assert Event.objects.count() == before


def test_sent_at_waits_for_a_mail_server(v1: V1, issued: Body) -> None:
    answer = v1.post(f"/invoices/{issued['id']}/send")
    assert answer.json["sent_at"] == "2025-01-15T10:30:00Z"
    assert v1.get(f"/invoices/{issued['id']}").json["sent_at"] is None


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"to": ["x@y.co, evil@e.co"]}, "to[0]"),
        ({"to": ["ok@y.co"], "cc": ["Evil <e@e.co>"]}, "cc[0]"),
        ({"bcc": ["a@b.co", "x\ny@e.co"]}, "bcc[1]"),
        ({"to": "a@b.co"}, "to"),
        ({"to": [f"p{n}@b.co" for n in range(51)]}, "to"),
    ],
)
def test_recipients_that_are_none(v1: V1, issued: Body, body: Body, param: str) -> None:
    answer = v1.post(f"/invoices/{issued['id']}/send", body)
    assert (answer.status, answer.error["param"]) == (422, param)
    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    "field",
    [
        "id",
        "number",
        "status",
        "amount_paid",
        "amount_due",
        "tax_total",
        "subtotal",
        "discount_total",
        "version",
        "created_at",
        "public_url",
        "paid_at",
    ],
)
def test_what_the_server_computes_cannot_be_sent_M7(
    v1: V1, draft: Body, customer: Body, field: str
) -> None:
    body = {"customer_id": customer["id"], "line_items": [line()], field: draft[field]}
    for answer in (v1.post("/invoices", body), v1.put(f"/invoices/{draft['id']}", body)):
        assert (answer.status, answer.error["code"]) == (422, "unknown_parameter")
        assert answer.error["param"] == field
        assert answer.error["message"] == f"{field} is set by the server"
    assert v1.get("/invoices").json["total_count"] == 1


def test_an_unknown_parameter_is_named_where_it_stands(v1: V1, customer: Body) -> None:
    answer = v1.post(
        "/invoices", {"customer_id": customer["id"], "line_items": [line(), line(colour="red")]}
    )
    assert (answer.status, answer.error["param"]) == (422, "line_items[1].colour")


def test_a_total_beside_lines_must_agree_A24(v1: V1, customer: Body) -> None:
    body = {"customer_id": customer["id"], "line_items": [line()]}
    answer = v1.post("/invoices", {**body, "total": "100.01"})
    assert (answer.status, answer.error["param"]) == (422, "total")
    assert "100.00" in answer.error["message"] and "100.01" in answer.error["message"]
    assert v1.made("/invoices", {**body, "total": "100.00"})["total"] == 100


def test_no_lines_and_no_total(v1: V1, customer: Body) -> None:
    bodies: list[Body] = [{}, {"line_items": []}]
    for body in bodies:
        answer = v1.post("/invoices", {"customer_id": customer["id"], **body})
        assert (answer.status, answer.error["param"]) == (422, "line_items")


def test_several_errors_are_all_told(v1: V1) -> None:
    answer = v1.post("/invoices", {"line_items": [{"quantity": "x"}], "issue_date": "soon"})
    assert [each["param"] for each in answer.error["errors"]] == [
        "line_items[0].quantity",
        "issue_date",
        "customer_id",
    ]
    assert answer.error["param"] == "line_items[0].quantity"


def test_a_refused_price_names_its_field(v1: V1, customer: Body) -> None:
    body = {"customer_id": customer["id"], "line_items": [line(), line(price=-1)]}
    answer = v1.post("/invoices", body)
    assert (answer.status, answer.error["param"]) == (422, "line_items[1].unit_price")


def test_a_long_description_is_kept_whole(v1: V1, customer: Body) -> None:
    text = "Consulting " * 30 + "\nsecond line"
    item = {"quantity": 1, "unit_price": 1, "description": text}
    made = v1.made("/invoices", {"customer_id": customer["id"], "line_items": [item]})
    assert made["line_items"][0]["description"] == text


def test_a_products_own_words_can_be_replaced(v1: V1, customer: Body) -> None:
    product = v1.made("/products", {"name": "Hosting", "unit_price": 5, "description": "One year"})
    items = [
        {"product_id": product["id"], "quantity": 1},
        {"product_id": product["id"], "quantity": 1, "description": "Hosting of acme.com"},
    ]
    made = v1.made("/invoices", {"customer_id": customer["id"], "line_items": items})
    assert [(row["description"], row["details"]) for row in made["line_items"]] == [
        ("Hosting", "One year"),
        ("Hosting of acme.com", ""),
    ]


@pytest.mark.parametrize(
    ("name", "value", "subtotal"),
    [("discount_percent", 10, Decimal("90.00")), ("discount_amount", "2.50", Decimal("97.50"))],
)
def test_a_discount_on_a_line(
    v1: V1, customer: Body, name: str, value: Any, subtotal: Decimal
) -> None:
    body = {"customer_id": customer["id"], "line_items": [line(**{name: value})]}
    made = v1.made("/invoices", body)
    assert made["line_items"][0]["subtotal"] == made["total"] == subtotal


def test_lines_are_replaced_as_a_whole(v1: V1, draft: Body) -> None:
    answer = v1.put(f"/invoices/{draft['id']}", {"line_items": [line("7.00", 2), line("1.00")]})
    assert (answer.json["total"], answer.json["version"]) == (15, 2)


def test_patch_is_put(v1: V1, draft: Body) -> None:
    answer = v1.call("PATCH", f"/invoices/{draft['id']}", {"notes": "n"})
    assert (answer.status, answer.json["notes"]) == (200, "n")


def test_a_null_empties_a_text_and_a_discount(v1: V1, customer: Body) -> None:
    made = v1.made(
        "/invoices",
        {
            "customer_id": customer["id"],
            "line_items": [line()],
            "notes": "n",
            "discount_type": "fixed",
            "discount_value": 5,
        },
    )
    assert made["total"] == 95
    answer = v1.put(
        f"/invoices/{made['id']}", {"notes": None, "discount_type": None, "discount_value": None}
    )
    shown = answer.json
    assert (shown["notes"], shown["discount_type"], shown["total"]) == ("", None, 100)


def test_if_match_protects_a_version_B7(v1: V1, draft: Body) -> None:
    path = f"/invoices/{draft['id']}"
    assert v1.put(path, {"notes": "a"}, If_Match='"1"').json["version"] == 2
    answer = v1.put(path, {"notes": "b"}, If_Match="1")
    assert (answer.status, answer.error["code"]) == (409, "version_conflict")
    assert v1.get(path).json["notes"] == "a"


def test_an_issued_invoice_keeps_its_lines_B7(v1: V1, issued: Body) -> None:
    path = f"/invoices/{issued['id']}"
    answer = v1.put(path, {"line_items": [line("1.00")]})
    assert (answer.status, answer.error["code"]) == (409, "invoice_finalized")
    assert answer.error["type"] == "conflict_error"
    assert v1.put(path, {"due_date": "2025-03-01", "metadata": {"a": "b"}}).status == 200


def test_an_issued_invoice_is_not_deleted_B8(v1: V1, issued: Body) -> None:
    answer = v1.delete(f"/invoices/{issued['id']}")
    assert (answer.status, answer.error["code"]) == (409, "invoice_not_draft")
    assert v1.get(f"/invoices/{issued['id']}").status == 200


def test_issuing_twice_is_refused(v1: V1, issued: Body) -> None:
    answer = v1.post(f"/invoices/{issued['id']}/issue")
    assert (answer.status, answer.error["type"]) == (409, "conflict_error")
    assert event_types() == ["invoice.created", "invoice.issued"]


def test_a_paid_invoice_is_not_voided_B9(v1: V1, issued: Body) -> None:
    v1.made("/payments", {"invoice_id": issued["id"], "amount": 40})
    answer = v1.post(f"/invoices/{issued['id']}/void", {"reason": "x"})
    assert (answer.status, answer.error["code"]) == (409, "invoice_has_payments")
    assert v1.get(f"/invoices/{issued['id']}").json["status"] == "partially_paid"


def test_the_customers_name_stays_as_printed_B11(v1: V1, issued: Body, customer: Body) -> None:
    v1.put(f"/customers/{customer['id']}", {"name": "Globex Renamed", "email": "new@globex.test"})
    printed = {"id": customer["id"], "name": "Globex", "email": "ap@globex.test"}
    assert v1.get(f"/invoices/{issued['id']}").json["customer"] == printed
    assert v1.get("/invoices").json["data"][0]["customer"] == printed


def test_a_draft_without_number_where_numbers_come_on_issue(
    v1: V1, acme: Organization, customer: Body
) -> None:
    acme.number_assignment = "on_issue"
    acme.save()
    made = v1.made("/invoices", {"customer_id": customer["id"], "line_items": [line()]})
    assert made["number"] is None
    assert v1.post(f"/invoices/{made['id']}/issue").json["number"] == "INV-2025-001"
    # Sorting by number has a place for drafts without one.
    v1.made("/invoices", {"customer_id": customer["id"], "line_items": [line()]})
    rows = v1.get("/invoices?sort=number&limit=1").json
    assert rows["data"][0]["number"] is None
    rest = v1.get(f"/invoices?sort=number&cursor={rows['next_cursor']}").json
    assert [row["number"] for row in rest["data"]] == ["INV-2025-001"]


def test_a_drafts_pdf_can_be_read(v1: V1, draft: Body) -> None:
    assert draft["pdf_url"] is None
    answer = v1.get(f"/invoices/{draft['id']}/pdf")
    assert (answer.status, answer.content[:5]) == (200, b"%PDF-")
