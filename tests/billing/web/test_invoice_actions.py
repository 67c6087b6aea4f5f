"""What the buttons on an invoice do, and what they refuse in the domain's own words."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from billing.models import CreditNote, Invoice, Payment, Refund, ScheduledSend
from core.models import Event
from integrations.models import Message
from tests.builders import customer, draft_invoice, issued_invoice, line
from tests.instants import TODAY


def messages_of(client: Client, path: str = "/invoices") -> str:
    return client.get(path).content.decode()


def pay(client: Client, invoice: Invoice, amount: str, **more: str) -> Any:
    data = {"amount": amount, "payment_date": "2025-01-15", "method": "bank_transfer", **more}
    return client.post(f"/invoices/{invoice.uuid}/pay", data)


def test_a_draft_is_issued(staff: Client, actor: Actor) -> None:
    draft = draft_invoice(actor)
    staff.post(f"/invoices/{draft.uuid}/issue")
    draft.refresh_from_db()
    assert draft.status == "issued"
    assert f"Invoice {draft.number} is issued and final." in messages_of(staff)


def test_issuing_twice_is_refused_in_words(staff: Client, invoice: Invoice) -> None:
    response = staff.post(f"/invoices/{invoice.uuid}/issue")
    assert response.status_code == 302
    assert "only a draft can be issued" in messages_of(staff)


def test_sending_queues_one_mail_to_everybody(staff: Client, invoice: Invoice) -> None:
    staff.post(
        f"/invoices/{invoice.uuid}/send",
        {"to": "a@globex.test; b@globex.test", "cc": "c@globex.test", "attach_pdf": "on"},
    )
    message = Message.objects.get(subject_id=invoice.pk)
    addresses = set(message.recipients.values_list("role", "address"))
    assert addresses == {
        ("to", "a@globex.test"),
        ("to", "b@globex.test"),
        ("cc", "c@globex.test"),
    }
    page = staff.get(f"/invoices/{invoice.uuid}").content.decode()
    assert "a@globex.test" in page
    assert "Queued" in page


def test_sending_a_draft_issues_it(staff: Client, actor: Actor) -> None:
    draft = draft_invoice(actor)
    staff.post(f"/invoices/{draft.uuid}/send", {"to": "a@globex.test"})
    draft.refresh_from_db()
    assert draft.status == "issued"


def test_a_wrong_address_is_refused_beside_the_field(staff: Client, actor: Actor) -> None:
    draft = draft_invoice(actor)
    response = staff.post(f"/invoices/{draft.uuid}/send", {"to": "not-an-address"})
    assert response.status_code == 422
    assert "is not an e-mail address" in response.content.decode()
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert not Message.objects.exists()


def test_a_part_is_paid(staff: Client, invoice: Invoice) -> None:
    pay(staff, invoice, "60.00")
    invoice.refresh_from_db()
    assert (invoice.amount_paid, invoice.amount_due) == (6000, 4000)
    assert "Partly paid" in staff.get(f"/invoices/{invoice.uuid}").content.decode()


def test_too_much_is_refused_until_it_is_allowed(staff: Client, invoice: Invoice) -> None:
    refused = pay(staff, invoice, "150.00")
    assert refused.status_code == 422
    assert not Payment.objects.exists()
    pay(staff, invoice, "150.00", allow_overpayment="on")
    payment = Payment.objects.get()
    assert (payment.amount_allocated, payment.amount_unapplied) == (10000, 5000)


@pytest.mark.parametrize("amount", ["", "abc", "0", "-5", "1.005", "NaN", "1e400", "1" * 40])
def test_an_impossible_amount_is_refused(staff: Client, invoice: Invoice, amount: str) -> None:
    assert pay(staff, invoice, amount).status_code == 422
    assert not Payment.objects.exists()


def test_the_form_offers_what_is_due(staff: Client, invoice: Invoice, payment: Payment) -> None:
    assert 'value="60.00"' in staff.get(f"/invoices/{invoice.uuid}/pay").content.decode()


def test_c17_mark_paid_takes_the_rest(staff: Client, invoice: Invoice, payment: Payment) -> None:
    staff.post(f"/invoices/{invoice.uuid}/mark-paid")
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [4000, 6000]
    assert Payment.objects.get(amount=6000).payment_date == TODAY


def test_b9_voiding_a_paid_invoice_is_refused(
    staff: Client, invoice: Invoice, payment: Payment
) -> None:
    before = Event.objects.count()
    response = staff.post(f"/invoices/{invoice.uuid}/void", {"reason": "Wrong"})
    assert response.status_code == 422
    assert "has payments or credits and cannot be voided" in response.content.decode()
    assert Event.objects.count() == before


def test_an_unpaid_invoice_is_voided(staff: Client, invoice: Invoice) -> None:
    staff.post(f"/invoices/{invoice.uuid}/void", {"reason": "Wrong customer"})
    invoice.refresh_from_db()
    assert (invoice.status, invoice.void_reason) == ("void", "Wrong customer")
    page = staff.get(f"/invoices/{invoice.uuid}").content.decode()
    assert "Wrong customer" in page


def test_b7_due_date_and_notes_may_change(staff: Client, invoice: Invoice) -> None:
    data = {"due_date": "2025-03-01", "notes": "Longer", "version": str(invoice.version)}
    staff.post(f"/invoices/{invoice.uuid}/amend", data)
    invoice.refresh_from_db()
    assert (invoice.due_date.isoformat(), invoice.notes) == ("2025-03-01", "Longer")


def test_amending_needs_the_version_that_was_read(staff: Client, invoice: Invoice) -> None:
    data = {"due_date": "2025-03-01", "notes": "", "version": "77"}
    response = staff.post(f"/invoices/{invoice.uuid}/amend", data)
    assert response.status_code == 422
    invoice.refresh_from_db()
    assert invoice.due_date.isoformat() == "2025-02-14"


def test_a_copy_is_a_draft(staff: Client, invoice: Invoice) -> None:
    response = staff.post(f"/invoices/{invoice.uuid}/duplicate")
    copy = Invoice.objects.exclude(pk=invoice.pk).get()
    assert response["Location"] == f"/invoices/{copy.uuid}/edit"
    assert (copy.status, copy.total) == ("draft", 10000)


def test_b8_only_a_draft_is_deleted(staff: Client, actor: Actor, invoice: Invoice) -> None:
    draft = draft_invoice(actor)
    staff.post(f"/invoices/{draft.uuid}/delete")
    staff.post(f"/invoices/{invoice.uuid}/delete")
    assert list(Invoice.objects.all()) == [invoice]
    assert "only a draft can be deleted" in messages_of(staff)


def test_uncollectible(staff: Client, invoice: Invoice) -> None:
    staff.post(f"/invoices/{invoice.uuid}/uncollectible")
    invoice.refresh_from_db()
    assert invoice.status == "uncollectible"


def test_b13_a_part_of_a_line_is_credited(staff: Client, actor: Actor) -> None:
    invoice = issued_invoice(actor, lines=[line("10.00", "3")])
    source = invoice.lines.get()
    staff.post(
        f"/invoices/{invoice.uuid}/credit",
        {"reason": "One came back", "issue_date": "2025-01-15", f"l{source.pk}-quantity": "1"},
    )
    assert CreditNote.objects.get().total == 1000
    invoice.refresh_from_db()
    assert invoice.amount_due == 2000


def test_b14_freed_money_must_add_up(staff: Client, invoice: Invoice, payment: Payment) -> None:
    data = {"reason": "All", "issue_date": "2025-01-15", "refund_amount": "41.00"}
    response = staff.post(f"/invoices/{invoice.uuid}/credit", data)
    assert response.status_code == 422
    assert "must add up" in response.content.decode()
    assert not CreditNote.objects.exists()


def test_c5_a_refund_reopens_the_invoice(staff: Client, invoice: Invoice, payment: Payment) -> None:
    staff.post(f"/payments/{payment.uuid}/refund", {"amount": "30.00", "refund_date": "2025-01-15"})
    assert Refund.objects.get().amount == 3000
    invoice.refresh_from_db()
    assert invoice.amount_due == 9000
    assert "Partly refunded" in staff.get(f"/payments/{payment.uuid}").content.decode()


def test_more_than_came_in_is_never_refunded(staff: Client, payment: Payment) -> None:
    data = {"amount": "40.01", "refund_date": "2025-01-15"}
    assert staff.post(f"/payments/{payment.uuid}/refund", data).status_code == 422
    assert not Refund.objects.exists()


def test_a_payment_is_taken_back(staff: Client, invoice: Invoice, payment: Payment) -> None:
    staff.post(f"/payments/{payment.uuid}/delete")
    payment.refresh_from_db()
    invoice.refresh_from_db()
    assert (payment.status, invoice.amount_paid) == ("cancelled", 0)


def test_the_detail_page_explains_the_sum(staff: Client, actor: Actor) -> None:
    invoice = issued_invoice(actor, lines=[line("55.55"), line("11.11")])
    page = staff.get(f"/invoices/{invoice.uuid}").content.decode()
    assert "How this sum came about" in page
    assert "66.66" in page


def test_the_pdf_is_the_document(staff: Client, invoice: Invoice) -> None:
    response = staff.get(f"/invoices/{invoice.uuid}/pdf?download")
    assert response.content[:5] == b"%PDF-"
    assert response["Content-Disposition"] == (
        f'attachment; filename="Invoice_{invoice.number}.pdf"'
    )
    assert response["Cache-Control"] == "private, no-store"


def test_a_customer_is_added_on_the_way_to_an_invoice(staff: Client, actor: Actor) -> None:
    data = {"name": "Initech", "kind": "business", "currency": "EUR", "credit_limit": "1,000.50"}
    response = staff.post("/customers/new?next=invoice", data)
    page = staff.get(response["Location"]).content.decode()
    assert 'value="Initech"' in page


def test_a_customer_with_documents_is_not_deleted(staff: Client, invoice: Invoice) -> None:
    staff.post(f"/customers/{invoice.customer.uuid}/delete")
    assert "has documents and cannot be deleted" in messages_of(staff)


def test_a_credit_limit_is_exact(staff: Client, actor: Actor) -> None:
    buyer = customer(actor)
    data = {"name": "Globex", "kind": "business", "currency": "JPY", "credit_limit": "1000.5"}
    response = staff.post(f"/customers/{buyer.uuid}/edit", data)
    assert response.status_code == 422
    assert "JPY has 0 decimal places" in response.content.decode()
    buyer.refresh_from_db()
    assert (buyer.currency, buyer.credit_limit) == ("USD", None)


def test_a_product_keeps_its_digits(staff: Client, actor: Actor) -> None:
    data = {
        "name": "Kilowatt-hour",
        "unit_price": "0.01110515964",
        "currency": "EUR",
        "kind": "product",
    }
    staff.post("/products/new", {**data, "is_active": "on"})
    page = staff.get("/products").content.decode()
    assert "€0.01110515964" in page


def test_a_tax_rate_of_three_decimals(staff: Client) -> None:
    data = {"name": "QST", "rate": "9.975", "type": "QST", "category": "S"}
    staff.post("/taxes/new", data)
    assert "9.975%" in staff.get("/taxes").content.decode()


def test_money_columns_are_exact(staff: Client, actor: Actor) -> None:
    invoice = issued_invoice(actor, lines=[line("99999999999999.99")])
    assert "$99,999,999,999,999.99" in staff.get(f"/invoices/{invoice.uuid}").content.decode()
    assert invoice.total == Decimal("9999999999999999")


def test_sending_later_plans_it_and_can_be_cancelled(staff: Client, invoice: Invoice) -> None:
    form = {"to": "a@globex.test", "send_on": "2025-01-20", "send_time": "08:15"}
    staff.post(f"/invoices/{invoice.uuid}/send", form)
    plan = ScheduledSend.objects.get()
    assert plan.send_at.isoformat() == "2025-01-20T07:15:00+00:00"
    assert not Message.objects.exists()
    page = staff.get(f"/invoices/{invoice.uuid}").content.decode()
    assert "Goes out by mail on" in page
    staff.post(f"/invoices/{invoice.uuid}/unschedule")
    plan.refresh_from_db()
    assert plan.status == "cancelled"


def test_sending_yesterday_is_refused_beside_its_field(staff: Client, invoice: Invoice) -> None:
    form = {"to": "a@globex.test", "send_on": "2025-01-14"}
    answer = staff.post(f"/invoices/{invoice.uuid}/send", form)
    assert answer.status_code == 422
    assert "This must be in the coming year." in answer.content.decode()
    assert not ScheduledSend.objects.exists()
