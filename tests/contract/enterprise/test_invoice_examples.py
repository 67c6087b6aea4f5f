"""The invoice examples of the /v1 document (4.1), sent as printed with ids and dates adapted.

The answers must hold what the document prints: the same keys, the same figures.
"""

from decimal import Decimal
from typing import Any

import pytest

from core.ids import decode_id
from tests.contract.enterprise.printed import holds
from tests.v1 import V1

pytestmark = pytest.mark.django_db


def test_create_invoice_4_1_1(v1: V1, invoice_body: dict[str, Any]) -> None:
    answer = v1.post("/invoices", invoice_body)
    assert answer.status == 201
    shown = answer.json
    holds(
        shown,
        object="invoice",
        number="INV-2025-001",
        status="draft",
        issue_date="2025-01-15",
        due_date="2025-02-14",
        currency="USD",
        subtotal=Decimal("7200.00"),
        discount_type="percent",
        discount_value=10,
        discount_total=Decimal("720.00"),
        tax_total=Decimal("648.00"),
        total=Decimal("7128.00"),
        amount_paid=0,
        amount_due=Decimal("7128.00"),
        notes="Payment due within 30 days",
        terms="Net 30",
        pdf_url=None,
        created_at="2025-01-15T10:30:00Z",
        updated_at="2025-01-15T10:30:00Z",
    )
    assert shown["customer"] == {
        "id": invoice_body["customer_id"],
        "name": "ACME Corporation",
        "email": "billing@acme.com",
    }
    first, second = shown["line_items"]
    holds(
        first,
        description="Web Development Services",
        quantity=40,
        unit_price=Decimal("150.00"),
        subtotal=Decimal("6000.00"),
        tax_percent=10,
        tax_amount=Decimal("600.00"),
        total=Decimal("6600.00"),
    )
    holds(
        second,
        product_id=invoice_body["line_items"][1]["product_id"],
        description="Annual Web Hosting",
        quantity=1,
        unit_price=Decimal("1200.00"),
        subtotal=Decimal("1200.00"),
        tax_percent=10,
        tax_amount=Decimal("120.00"),
        total=Decimal("1320.00"),
    )
    assert decode_id("inv", shown["id"]) and decode_id("li", first["id"])
    assert shown["public_url"].startswith("http://testserver/i/")


def test_numbers_are_written_with_the_currencys_digits(
    v1: V1, invoice_body: dict[str, Any]
) -> None:
    text = v1.post("/invoices", invoice_body).content
    assert b'"total":7128.00,' in text
    assert b'"discount_total":720.00,' in text
    assert b'"quantity":40,' in text


def test_retrieve_invoice_4_1_2(v1: V1, invoice: dict[str, Any]) -> None:
    answer = v1.get(f"/invoices/{invoice['id']}")
    assert (answer.status, answer.json) == (200, invoice)


def test_update_invoice_4_1_3(v1: V1, invoice: dict[str, Any]) -> None:
    answer = v1.put(
        f"/invoices/{invoice['id']}",
        {"due_date": "2025-02-28", "notes": "Updated payment terms - due Feb 28"},
    )
    assert answer.status == 200
    holds(
        answer.json,
        id=invoice["id"],
        number="INV-2025-001",
        due_date="2025-02-28",
        notes="Updated payment terms - due Feb 28",
        version=2,
        total=Decimal("7128.00"),
    )


def test_list_invoices_4_1_4(v1: V1, invoice_body: dict[str, Any], clock: Any) -> None:
    made = v1.made(
        "/invoices", {**invoice_body, "issue_date": "2024-12-11", "due_date": "2025-01-10"}
    )
    v1.post(f"/invoices/{made['id']}/issue")
    clock.shift(5 * 86_400)
    answer = v1.get("/invoices?status=overdue&limit=50&sort=-due_date")
    assert answer.status == 200
    shown = answer.json
    holds(shown, object="list", has_more=False, next_cursor=None, total_count=1)
    holds(
        shown["data"][0],
        id=made["id"],
        number="INV-2024-001",
        status="overdue",
        total=Decimal("7128.00"),
        due_date="2025-01-10",
        days_overdue=10,
    )


def test_delete_invoice_4_1_5(v1: V1, invoice: dict[str, Any]) -> None:
    answer = v1.delete(f"/invoices/{invoice['id']}")
    assert (answer.status, answer.content) == (204, b"")
    assert v1.get(f"/invoices/{invoice['id']}").status == 404


def test_send_invoice_4_1_6(v1: V1, invoice: dict[str, Any]) -> None:
    answer = v1.post(
        f"/invoices/{invoice['id']}/send",
        {
            "to": ["billing@acme.com"],
            "cc": ["manager@acme.com"],
            "bcc": ["archive@mycompany.com"],
            "subject": "Invoice INV-2025-001 from MyCompany",
            "message": "Please find attached invoice for services rendered.",
            "attach_pdf": True,
            "send_copy_to_self": True,
        },
    )
    assert answer.status == 200
    shown = answer.json
    holds(shown, id=invoice["id"], status="sent", sent_at="2025-01-15T10:30:00Z")
    assert shown["email_status"]["sent_to"] == ["billing@acme.com", "manager@acme.com"]
    assert decode_id("msg", shown["email_status"]["message_id"])


def test_void_invoice_4_1_7(v1: V1, invoice: dict[str, Any]) -> None:
    v1.post(f"/invoices/{invoice['id']}/issue")
    answer = v1.post(
        f"/invoices/{invoice['id']}/void", {"reason": "Duplicate invoice created in error"}
    )
    assert answer.status == 200
    holds(
        answer.json,
        id=invoice["id"],
        status="void",
        voided_at="2025-01-15T10:30:00Z",
        void_reason="Duplicate invoice created in error",
    )


def test_download_pdf_4_1_8(v1: V1, invoice: dict[str, Any]) -> None:
    answer = v1.get(f"/invoices/{invoice['id']}/pdf")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="Invoice_INV-2025-001.pdf"'
    )
    assert answer.content.startswith(b"%PDF-")


def test_mark_as_paid_4_1_9(v1: V1, invoice: dict[str, Any]) -> None:
    answer = v1.post(
        f"/invoices/{invoice['id']}/mark-paid",
        {
            "payment_date": "2025-01-20",
            "payment_method": "bank_transfer",
            "reference": "Wire transfer confirmation #123456",
        },
    )
    assert answer.status == 200
    holds(answer.json, id=invoice["id"], status="paid", paid_at="2025-01-20")
    holds(
        answer.json["payment"],
        amount=Decimal("7128.00"),
        payment_method="bank_transfer",
        reference="Wire transfer confirmation #123456",
    )
