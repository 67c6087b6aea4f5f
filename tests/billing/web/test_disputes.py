"""Disputes in the browser: recorded on the invoice, shown there, and closed."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from billing.models import Dispute, Invoice
from billing.operations.suppressions import suppress_address
from tests.billing.money import due, pay
from tests.builders import issued_invoice
from tests.instants import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(actor: Actor) -> Invoice:
    return issued_invoice(actor, "100.00")


def record(staff: Client, bill: Invoice, **form: str) -> int:
    path = reverse("billing:invoice-dispute", args=[bill.uuid])
    return staff.post(path, {"reason": "Broken", **form}).status_code


def test_c11_a_chargeback_is_recorded_and_won(staff: Client, actor: Actor, bill: Invoice) -> None:
    pay(actor, bill, "100.00")
    assert record(staff, bill, kind="chargeback") == 302
    assert due(bill) == 10000
    page = staff.get(reverse("billing:invoice-detail", args=[bill.uuid])).content.decode()
    assert "This invoice is disputed." in page
    path = reverse("billing:dispute-close", args=[Dispute.objects.get().uuid])
    assert staff.post(path, {"ending": "won"}).status_code == 302
    assert due(bill) == 0


def test_c11_an_objection_is_lost_and_credited(staff: Client, bill: Invoice) -> None:
    assert record(staff, bill, kind="objection", line_id=str(bill.lines.get().uuid)) == 302
    path = reverse("billing:dispute-close", args=[Dispute.objects.get().uuid])
    assert staff.post(path, {"ending": "credited"}).status_code == 302
    assert due(bill) == 0


def test_what_is_refused_is_said_beside_its_field(staff: Client, bill: Invoice) -> None:
    assert record(staff, bill, kind="objection", reason="") == 422
    assert record(staff, bill, kind="chargeback") == 422
    assert not Dispute.objects.exists()


def test_the_send_form_warns_of_addresses_that_are_held_back(
    staff: Client, actor: Actor, bill: Invoice
) -> None:
    path = reverse("billing:invoice-send", args=[bill.uuid])
    assert "came back" not in staff.get(path).content.decode()
    suppress_address(
        actor=actor, at=AT, address=bill.customer.email, reason="bounced", detail="550"
    )
    page = staff.get(path).content.decode()
    assert f"Mail to {bill.customer.email} came back." in page
