"""The inbox as staff see it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Organization, User
from billing.models import Transaction
from integrations.models import SupplierInvoice
from tests.browsers import signed_in
from tests.integrations.collectors.einvoices import page, ubl


@pytest.fixture
def staff(acme: Organization, alice: User) -> Client:
    """Alice, who may do everything at acme."""
    return signed_in(alice)


@pytest.fixture
def viewer(bob: User) -> Client:
    """Bob, who may read there."""
    return signed_in(bob)


@pytest.fixture
def rival_staff(rival: Organization, mallory: User) -> Client:
    return signed_in(mallory)


def lay_in(client: Client, content: bytes, name: str = "bill.xml") -> SupplierInvoice:
    file = SimpleUploadedFile(name, content)
    client.post(reverse("integrations:inbox-upload"), {"files": file})
    return SupplierInvoice.objects.order_by("-pk")[0]


def draft(row: SupplierInvoice, **changes: str) -> dict[str, str]:
    values = {
        "supplier_name": row.supplier_name,
        "number": row.number,
        "issue_date": "2026-03-05",
        "due_date": "",
        "total": "130.90",
        "currency": "EUR",
        "category_id": "",
        "account_id": "",
        "description": "",
    }
    return values | changes


def test_what_is_dropped_in_is_shown_with_its_figures(staff: Client) -> None:
    row = lay_in(staff, ubl())
    shown = staff.get(reverse("integrations:inbox-detail", args=[row.uuid])).content.decode()

    assert "Hafen Werkzeuge GmbH" in shown and "R-2026-017" in shown and "110.00" in shown
    assert "No invoice of this supplier was approved before." in shown
    assert "Hafen Werkzeuge GmbH" in staff.get(reverse("integrations:inbox")).content.decode()


def test_a_picture_says_that_it_was_not_read(staff: Client) -> None:
    content = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\4\0\0\0\4\0"
    row = lay_in(staff, content, "photo.png")
    shown = staff.get(reverse("integrations:inbox-detail", args=[row.uuid])).content.decode()

    assert "no text is read from them" in shown


def test_a_draft_is_corrected_and_approved(staff: Client) -> None:
    row = lay_in(staff, ubl())
    address = reverse("integrations:inbox-detail", args=[row.uuid])

    staff.post(address, draft(row, total="99.50", approve="1"))

    row.refresh_from_db()
    assert (row.status, row.total) == ("approved", 9_950)
    booked = Transaction.objects.get()
    assert booked.amount == 9_950
    detail = staff.get(reverse("billing:transaction-detail", args=[booked.uuid]))
    assert address in detail.content.decode()


def test_what_is_missing_is_said_beside_its_field(staff: Client) -> None:
    row = lay_in(staff, page("Dear Sir"), "letter.pdf")
    address = reverse("integrations:inbox-detail", args=[row.uuid])
    answer = staff.post(address, draft(row, supplier_name="", approve="1"))

    assert answer.status_code == 422
    assert "This is needed for the books." in answer.content.decode()
    assert not Transaction.objects.exists()


def test_the_document_is_given_back_without_any_right(staff: Client) -> None:
    row = lay_in(staff, page("Invoice no. 1"), "bill.pdf")
    address = reverse("integrations:inbox-document", args=[row.uuid])
    answer = staff.get(address)

    assert b"".join(answer.streaming_content) == page("Invoice no. 1")  # type: ignore[attr-defined]
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith('inline; filename="supplier-invoice-')
    assert staff.get(address + "?download")["Content-Disposition"].startswith("attachment")


def test_xml_is_only_given_to_keep(staff: Client) -> None:
    row = lay_in(staff, ubl())
    answer = staff.get(reverse("integrations:inbox-document", args=[row.uuid]))

    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "content"), [("a.html", b"<html>"), ("a.pdf", b"MZ"), ("a.zip", b"PK\x03\x04")]
)
def test_what_is_no_document_is_refused(staff: Client, name: str, content: bytes) -> None:
    file = SimpleUploadedFile(name, content)
    answer = staff.post(reverse("integrations:inbox-upload"), {"files": file}, follow=True)

    assert "This is no PDF, XML, PNG or JPEG" in answer.content.decode()
    assert not SupplierInvoice.objects.exists()


def test_a_viewer_reads_and_changes_nothing(staff: Client, viewer: Client) -> None:
    row = lay_in(staff, ubl())
    address = reverse("integrations:inbox-detail", args=[row.uuid])

    assert viewer.get(address).status_code == 200
    assert viewer.post(address, draft(row, approve="1")).status_code == 403
    for verb in ("reject", "reopen"):
        assert (
            viewer.post(reverse(f"integrations:inbox-{verb}", args=[row.uuid])).status_code == 403
        )
    assert viewer.post(reverse("integrations:inbox-upload")).status_code == 403
    row.refresh_from_db()
    assert row.status == "open" and not Transaction.objects.exists()


def test_another_organization_finds_nothing(staff: Client, rival_staff: Client) -> None:
    row = lay_in(staff, ubl())

    for page_ in ("inbox-detail", "inbox-document"):
        address = reverse(f"integrations:{page_}", args=[row.uuid])
        assert rival_staff.get(address).status_code == 404
    assert "Hafen" not in rival_staff.get(reverse("integrations:inbox")).content.decode()


def test_a_rejected_one_waits_among_the_rejected(staff: Client) -> None:
    row = lay_in(staff, ubl())
    staff.post(reverse("integrations:inbox-reject", args=[row.uuid]), {"reason": "Not ours."})

    assert "R-2026-017" not in staff.get(reverse("integrations:inbox")).content.decode()
    rejected = staff.get(reverse("integrations:inbox") + "?status=rejected").content.decode()
    assert "R-2026-017" in rejected
    staff.post(reverse("integrations:inbox-reopen", args=[row.uuid]))
    assert "R-2026-017" in staff.get(reverse("integrations:inbox")).content.decode()
