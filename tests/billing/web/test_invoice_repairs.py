"""Writing off, correcting, what changed, and files."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.actors import Actor
from billing.models import Attachment, CreditNote, Customer, Invoice, Payment, Posting
from billing.operations.invoices import update_invoice
from billing.operations.issuing import mark_uncollectible
from tests.billing.money import pay
from tests.builders import draft_invoice, issued_invoice
from tests.instants import AT

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.mark.parametrize(("is_lost", "role"), [(False, "write_off"), (True, "bad_debt")])
def test_writing_off_books_what_is_due(
    staff: Client, actor: Actor, is_lost: bool, role: str
) -> None:
    row = issued_invoice(actor, "100.00")
    if is_lost:
        mark_uncollectible(actor=actor, at=AT, invoice_id=row.pk)
    assert staff.get(f"/invoices/{row.uuid}/write-off").status_code == 200
    answer = staff.post(f"/invoices/{row.uuid}/write-off", {"reason": "Insolvent"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.amount_due, row.amount_written_off) == (0, 10000)
    booked = Posting.objects.filter(account__system_role=role).values_list("amount", flat=True)
    assert list(booked) == [10000]


def test_without_a_reason_nothing_is_written_off(staff: Client, invoice: Invoice) -> None:
    assert staff.post(f"/invoices/{invoice.uuid}/write-off", {"reason": ""}).status_code == 422
    invoice.refresh_from_db()
    assert invoice.amount_due == 10000


def test_correcting_credits_it_and_opens_a_copy(staff: Client, actor: Actor) -> None:
    row = issued_invoice(actor, "100.00")
    answer = staff.post(f"/invoices/{row.uuid}/replace", {"reason": "Wrong address"})
    copy = Invoice.objects.get(status="draft")
    assert answer["Location"] == f"/invoices/{copy.uuid}/edit"
    assert (copy.total, copy.customer_id) == (row.total, row.customer_id)
    row.refresh_from_db()
    assert (row.amount_due, row.amount_credited) == (0, 10000)
    assert CreditNote.objects.get().reason == "Wrong address"


def test_what_was_paid_stays_as_credit(staff: Client, actor: Actor) -> None:
    row = issued_invoice(actor, "100.00")
    pay(actor, row, "30.00")
    assert staff.post(f"/invoices/{row.uuid}/replace", {"reason": "Wrong"}).status_code == 302
    balance = Customer.objects.get(pk=row.customer_id).balances.get()
    assert (balance.receivable, balance.credit) == (0, 3000)
    assert Payment.objects.get().amount == 3000


def test_correcting_twice_is_refused_and_makes_no_copy(staff: Client, actor: Actor) -> None:
    row = issued_invoice(actor, "100.00")
    staff.post(f"/invoices/{row.uuid}/replace", {"reason": "Wrong"})
    assert staff.post(f"/invoices/{row.uuid}/replace", {"reason": "Wrong"}).status_code == 422
    assert Invoice.objects.filter(status="draft").count() == 1


def test_changes_show_before_and_after(staff: Client, actor: Actor) -> None:
    draft = draft_invoice(actor)
    update_invoice(actor=actor, at=AT, invoice_id=draft.pk, notes="Thank you")
    page = staff.get(f"/invoices/{draft.uuid}/changes")
    ((change, lines),) = page.context["changes"]
    assert change.who == actor.label
    assert ("Notes", "–", "Thank you") in [(x.name, x.before, x.after) for x in lines]


def test_changes_say_days_and_instants_as_people_read_them(staff: Client, actor: Actor) -> None:
    row = issued_invoice(actor, "100.00")
    page = staff.get(f"/invoices/{row.uuid}/changes").content.decode()
    assert f'<ins><time datetime="{row.issued_at:%Y-%m-%dT%H:%M}' in page
    text = draft_invoice(actor)
    update_invoice(actor=actor, at=AT, invoice_id=text.pk, reference="2025-02-30")
    # Somebody's own words that only look like a day.
    assert "<ins>2025-02-30</ins>" in staff.get(f"/invoices/{text.uuid}/changes").content.decode()


def test_a_file_is_attached_read_and_deleted(
    staff: Client, viewer: Client, stranger: Client, invoice: Invoice
) -> None:
    form = {"file": SimpleUploadedFile("terms.pdf", PDF), "send_with_invoice": "1"}
    assert staff.post(f"/invoices/{invoice.uuid}/attach", form).status_code == 302
    kept = Attachment.objects.get()
    assert (kept.file_name, kept.send_with_invoice) == ("terms.pdf", True)
    assert "terms.pdf" in staff.get(f"/invoices/{invoice.uuid}").content.decode()
    answer = viewer.get(f"/attachments/{kept.uuid}")
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/octet-stream")
    assert answer["Content-Disposition"].startswith("attachment")
    assert stranger.get(f"/attachments/{kept.uuid}").status_code == 404
    assert stranger.post(f"/attachments/{kept.uuid}/delete").status_code == 404
    assert viewer.post(f"/attachments/{kept.uuid}/delete").status_code == 403
    assert staff.post(f"/attachments/{kept.uuid}/delete").status_code == 302
    assert not Attachment.objects.exists()


def test_what_is_no_allowed_file_is_refused_in_words(
    staff: Client, viewer: Client, stranger: Client, invoice: Invoice
) -> None:
    path = f"/invoices/{invoice.uuid}/attach"
    evil = SimpleUploadedFile("page.html", b"<script>alert(1)</script>")
    assert staff.post(path, {"file": evil}).status_code == 302
    assert staff.post(path, {}).status_code == 302
    assert viewer.post(path, {"file": SimpleUploadedFile("a.pdf", PDF)}).status_code == 403
    assert stranger.post(path, {"file": SimpleUploadedFile("a.pdf", PDF)}).status_code == 404
    assert not Attachment.objects.exists()


def test_amounts_are_read_from_the_page(staff: Client, invoice: Invoice) -> None:
    page = staff.get(f"/invoices/{invoice.uuid}/write-off").content.decode()
    assert f"{Decimal(100):.2f}" in page
