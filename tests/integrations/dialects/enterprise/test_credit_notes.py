"""/v1/credit-notes: B12 to B15 over HTTP."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organization
from billing.models import CreditNote
from billing.queries.ledger_checks import find_problems
from integrations.models import Message
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.integrations.dialects.enterprise.credits import (
    credit,
    due,
    issue,
    pay,
    stand_alone,
    units,
)
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books_add_up(v1: V1) -> Any:
    yield
    for organization in Organization.objects.all():
        assert [str(problem) for problem in find_problems(organization.pk)] == []


def test_a_whole_invoice_is_credited(v1: V1, issued: Body) -> None:
    answer = credit(v1, issued, reason="Cancelled", metadata={"case": "9"}, notes="Sorry")
    assert (answer.status, answer.json["number"], answer.json["status"]) == (
        201,
        "CN-2025-001",
        "issued",
    )
    note = answer.json
    assert note["id"].startswith("cn_")
    assert answer.headers["Location"] == f"/v1/credit-notes/{note['id']}"
    assert (note["invoice_id"], note["invoice_number"]) == (issued["id"], "INV-2025-001")
    assert (str(note["total"]), str(note["amount_applied"])) == ("100.00", "100.00")
    assert (note["reason"], note["notes"], note["metadata"]) == (
        "Cancelled",
        "Sorry",
        {"case": "9"},
    )
    assert note["line_items"][0]["line_item_id"] == issued["line_items"][0]["id"]
    assert due(v1, issued) == "0.00"
    assert v1.get(f"/credit-notes/{note['id']}").json == {**note, "refunds": []}


def test_the_invoices_frozen_rules_count_B12(v1: V1, acme: Organization, customer: Body) -> None:
    acme.rounding = Organization.Rounding.LINE
    acme.save()
    vat = v1.made("/tax-profiles", {"name": "VAT", "rate": 15})
    shared = {"discount_percent": 5, "tax_profile_id": vat["id"]}
    invoice = issue(v1, customer, line("30.75", 10, **shared), line("70.00", 1, **shared))
    assert str(invoice["total"]) == "412.43"
    acme.rounding = Organization.Rounding.GROUP
    acme.save()
    note = credit(v1, invoice).json
    assert (str(note["tax_total"]), str(note["total"])) == ("53.80", "412.43")


def test_partial_credits_close_to_the_cent_B13(v1: V1, customer: Body) -> None:
    vat = v1.made("/tax-profiles", {"name": "VAT", "rate": 19})
    price = "3.333333333333"
    invoice = issue(v1, customer, line(price, 3, tax_profile_id=vat["id"]))
    assert (str(invoice["subtotal"]), str(invoice["total"])) == ("10.00", "11.90")
    notes = [credit(v1, invoice, line_items=units(invoice, 1)).json for _ in range(3)]
    assert [(str(note["subtotal"]), str(note["tax_total"])) for note in notes] == [
        ("3.33", "0.63"),
        ("3.34", "0.64"),
        ("3.33", "0.63"),
    ]
    assert due(v1, invoice) == "0.00"
    more = credit(v1, invoice, line_items=units(invoice, 1))
    assert (more.status, more.error["code"]) == (422, "credit_exceeds_line")
    whole = credit(v1, invoice)
    assert (whole.status, whole.error["code"]) == (409, "nothing_to_credit")


@pytest.mark.parametrize(
    "split",
    [
        {"refund_amount": "10.00"},
        {"credit_amount": 10},
        {"out_of_band_amount": "10.00"},
        {"refund_amount": 3, "credit_amount": "3.5", "out_of_band_amount": "3.50"},
    ],
)
def test_what_was_paid_says_where_it_goes_B14(v1: V1, customer: Body, split: Body) -> None:
    invoice = issue(v1, customer, line("10.00", 10))
    pay(v1, invoice, "60.00")
    answer = credit(v1, invoice, line_items=units(invoice, 5), **split)
    assert answer.status == 201
    assert due(v1, invoice) == "0.00"
    note = v1.get(f"/credit-notes/{answer.id}").json
    assert Decimal(note["amount_refunded"]) == Decimal(split.get("refund_amount", 0))
    assert Decimal(note["amount_out_of_band"]) == Decimal(split.get("out_of_band_amount", 0))
    assert len(note["refunds"]) == len(split.keys() - {"credit_amount"})
    left = v1.get(f"/customers/{customer['id']}/credit").json["balances"]
    expected = Decimal(split.get("credit_amount", 0))
    assert [row["from_payments"] for row in left] == ([expected] if expected else [])


@pytest.mark.parametrize(
    "split",
    [
        {},
        {"refund_amount": "9.99"},
        {"refund_amount": "10.01"},
        {"refund_amount": 10, "credit_amount": 10},
    ],
)
def test_a_split_that_does_not_add_up_is_refused_B14(v1: V1, customer: Body, split: Body) -> None:
    invoice = issue(v1, customer, line("10.00", 10))
    pay(v1, invoice, "60.00")
    answer = credit(v1, invoice, line_items=units(invoice, 5), **split)
    assert (answer.status, answer.error["code"]) == (422, "credit_split_mismatch")
    assert (due(v1, invoice), CreditNote.objects.count()) == ("40.00", 0)


def test_a_refund_on_the_way_needs_the_right_to_pay_B14(
    v1: V1, acme: Organization, customer: Body
) -> None:
    invoice = issue(v1, customer, line("10.00", 10))
    pay(v1, invoice, "60.00")
    writer = V1(key_for(acme, "invoices:write"))
    answer = credit(writer, invoice, line_items=units(invoice, 5), refund_amount=10)
    assert (answer.status, "payments:write" in answer.error["message"]) == (403, True)
    assert not CreditNote.objects.exists()


def test_credits_never_exceed_the_invoice_B15(v1: V1, customer: Body) -> None:
    invoice = issue(v1, customer, line("10.00", 10))
    assert credit(v1, invoice, line_items=units(invoice, 7)).status == 201
    answer = credit(v1, invoice, line_items=units(invoice, 4))
    assert (answer.status, answer.error["code"]) == (422, "credit_exceeds_line")
    rest = credit(v1, invoice)
    assert str(rest.json["total"]) == "30.00"
    rows = v1.get(f"/invoices/{invoice['id']}/credit-notes?sort=total").json
    assert [str(row["total"]) for row in rows["data"]] == ["30.00", "70.00"]
    assert sum(row["total"] for row in rows["data"]) == invoice["total"]


def test_a_draft_is_not_credited(v1: V1, draft: Body) -> None:
    answer = credit(v1, draft)
    assert (answer.status, answer.error["code"]) == (409, "invoice_not_issued")


def test_a_void_note_is_due_again(v1: V1, issued: Body) -> None:
    note = credit(v1, issued).json
    answer = v1.post(f"/credit-notes/{note['id']}/void")
    assert (answer.status, answer.json["status"]) == (200, "void")
    assert (answer.json["voided_at"], due(v1, issued)) == ("2025-01-15T10:30:00Z", "100.00")
    again = v1.post(f"/credit-notes/{note['id']}/void")
    assert (again.status, again.error["code"]) == (409, "invalid_transition")
    sent = v1.post(f"/credit-notes/{note['id']}/send")
    assert (sent.status, sent.error["code"]) == (409, "credit_note_not_sendable")


def test_a_note_that_paid_out_cannot_be_voided(v1: V1, customer: Body) -> None:
    note = stand_alone(v1, customer, "30.00")
    v1.post(f"/customers/{customer['id']}/credit/refund", {"credit_note_id": note["id"]})
    answer = v1.post(f"/credit-notes/{note['id']}/void")
    assert (answer.status, answer.error["code"]) == (409, "credit_note_has_refunds")


def test_it_is_mailed_with_its_pdf(v1: V1, issued: Body, drain: Callable[..., int]) -> None:
    note = credit(v1, issued).json
    answer = v1.post(f"/credit-notes/{note['id']}/send", {"to": ["a@globex.test"]})
    assert answer.json["email_status"]["sent_to"] == ["a@globex.test"]
    assert Message.objects.get().kind == "credit_note"
    drain()
    assert v1.get(f"/credit-notes/{note['id']}").json["sent_at"] == "2025-01-15T10:30:00Z"
    pdf = v1.get(f"/credit-notes/{note['id']}/pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert "Credit_Note_CN-2025-001.pdf" in pdf.headers["Content-Disposition"]


BAD: list[tuple[Body, str]] = [
    ({}, "invoice_id"),
    ({"invoice_id": "inv_nothing"}, "invoice_id"),
    ({"invoice_id": "own", "customer_id": "own"}, "invoice_id"),
    ({"customer_id": "cus_nobody", "line_items": [line()]}, "customer_id"),
    ({"customer_id": "own"}, "line_items"),
    ({"customer_id": "own", "line_items": []}, "line_items"),
    ({"customer_id": "own", "line_items": [{"line_item_id": "own"}]}, "line_items[0].line_item_id"),
    ({"customer_id": "own", "line_items": [{"unit_price": 1}]}, "line_items[0].quantity"),
    ({"invoice_id": "own", "line_items": [{"quantity": 1}]}, "line_items[0].line_item_id"),
    ({"invoice_id": "own", "line_items": [{"line_item_id": "li_x"}]}, "line_items[0].line_item_id"),
    (
        {"invoice_id": "own", "line_items": [{"line_item_id": "own", "unit_price": 1}]},
        "line_items[0].unit_price",
    ),
    ({"invoice_id": "own", "line_items": [{"line_item_id": "own", "quantity": -1}]}, "line_items"),
    ({"invoice_id": "own", "refund_amount": -1}, "refund_amount"),
    ({"invoice_id": "own", "refund_amount": "1.001"}, "refund_amount"),
    ({"invoice_id": "own", "refund_amount": "1e20"}, "refund_amount"),
    ({"invoice_id": "own", "total": 1}, "total"),
    ({"invoice_id": "own", "issue_date": "0001-01-01"}, "issue_date"),
    ({"invoice_id": "own", "reason": "x" * 501}, "reason"),
]


@pytest.mark.parametrize(("body", "param"), BAD)
def test_a_bad_body_names_its_field_and_makes_nothing(
    v1: V1, issued: Body, customer: Body, body: Body, param: str
) -> None:
    ids = {"invoice_id": issued["id"], "customer_id": customer["id"]}
    sent = {key: ids[key] if value == "own" else value for key, value in body.items()}
    for each in sent.get("line_items", []):
        if each.get("line_item_id") == "own":
            each["line_item_id"] = issued["line_items"][0]["id"]
    answer = v1.post("/credit-notes", sent)
    assert answer.status == 422
    assert answer.error["param"].startswith(param)
    assert not CreditNote.objects.exists()


def test_a_line_of_another_invoice_is_refused(v1: V1, issued: Body, customer: Body) -> None:
    other = issue(v1, customer, line("5.00"))
    answer = credit(v1, issued, line_items=units(other, 1))
    assert (answer.status, answer.error["code"]) == (422, "unknown_reference")
    assert answer.error["param"] == "line_items[0].line_item_id"
    assert other["line_items"][0]["id"] in answer.error["message"]


def test_lists_filter(v1: V1, customer: Body, issued: Body) -> None:
    bound = credit(v1, issued, reason="Broken on arrival").json
    free = stand_alone(v1, customer, "30.00")
    v1.post(f"/credit-notes/{free['id']}/void")
    for query, found in (
        ("status=void", [free]),
        ("status=issued", [bound]),
        (f"invoice_id={issued['id']}", [bound]),
        (f"customer_id={customer['id']}&sort=total", [free, bound]),
        ("total[lt]=50", [free]),
        ("search=broken", [bound]),
        ("issue_date[gt]=2025-01-15", []),
    ):
        rows = v1.get(f"/credit-notes?{query}").json["data"]
        assert [row["id"] for row in rows] == [row["id"] for row in found], query
