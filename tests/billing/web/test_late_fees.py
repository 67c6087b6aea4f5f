"""Pages about late fees."""

import datetime
from decimal import Decimal

from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from billing.models import Invoice, InvoiceStatus, LateFee, LateFeePolicy
from billing.operations.late_fee_policies import set_late_fee_policy
from billing.operations.late_fees import charge_late_fees
from tests.builders import customer, issued_invoice
from tests.instants import AT

FORM = {"is_enabled": "on", "fee_type": "percent", "fee_value": "2.5", "grace_days": "3"}


def charged(actor: Actor) -> LateFee:
    set_late_fee_policy(
        actor=actor, at=AT, is_enabled=True, fee_type="fixed", fee_value=Decimal(40)
    )
    issued_invoice(actor, "1000.00", due_date=datetime.date(2025, 1, 20))
    charge_late_fees(at=AT + datetime.timedelta(days=6))
    return LateFee.objects.select_related("invoice", "fee_invoice").get()


def test_the_policy_is_kept(staff: Client) -> None:
    address = reverse("billing:late-fees")
    assert staff.post(address, FORM).status_code == 302
    policy = LateFeePolicy.objects.get()
    assert (policy.is_enabled, policy.fee_value, policy.grace_days) == (True, Decimal("2.5"), 3)
    assert 'value="2.5"' in staff.get(address).content.decode()


def test_a_refusal_stands_beside_its_field(staff: Client) -> None:
    answer = staff.post(reverse("billing:late-fees"), {**FORM, "fee_value": "101"})
    assert answer.status_code == 422
    assert "This must be from 0 to 100." in answer.content.decode()
    assert not LateFeePolicy.objects.exists()


def test_a_customer_gets_its_own_and_gives_it_back(staff: Client, actor: Actor) -> None:
    one = customer(actor)
    assert staff.post(reverse("billing:customer-late-fees", args=[one.uuid]), FORM)
    assert LateFeePolicy.objects.get().customer == one
    staff.post(reverse("billing:customer-late-fees-remove", args=[one.uuid]))
    assert not LateFeePolicy.objects.exists()


def test_the_late_invoice_shows_its_fees(staff: Client, actor: Actor) -> None:
    fee = charged(actor)
    page = staff.get(reverse("billing:invoice-detail", args=[fee.invoice.uuid]))
    assert str(fee.fee_invoice.number) in page.content.decode()
    assert "Waive this late fee" not in page.content.decode()


def test_a_fee_is_waived_on_its_invoice(staff: Client, actor: Actor) -> None:
    fee = charged(actor)
    page = staff.get(reverse("billing:invoice-detail", args=[fee.fee_invoice.uuid]))
    assert "Waive this late fee" in page.content.decode()
    staff.post(reverse("billing:invoice-waive", args=[fee.fee_invoice.uuid]))
    assert Invoice.objects.get(pk=fee.fee_invoice_id).status == InvoiceStatus.VOID


def test_a_stranger_finds_nothing(stranger: Client, actor: Actor) -> None:
    fee = charged(actor)
    address = reverse("billing:invoice-waive", args=[fee.fee_invoice.uuid])
    assert stranger.post(address).status_code == 404
    assert LateFee.objects.get().waived_at is None
