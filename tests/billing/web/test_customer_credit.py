"""A customer's credit in the browser: put on open invoices, or paid out."""

from decimal import Decimal

import pytest
from django.test import Client

from accounts.actors import Actor
from billing.models import Customer, Invoice, Payment, Refund
from billing.operations.payments import record_payment
from tests.billing.money import due
from tests.builders import customer, issued_invoice
from tests.instants import AT, TODAY


@pytest.fixture
def buyer(actor: Actor) -> Customer:
    return customer(actor)


@pytest.fixture
def credit(actor: Actor, buyer: Customer) -> Payment:
    """100.00 that no invoice asked for."""
    return record_payment(
        actor=actor,
        at=AT,
        amount=Decimal("100.00"),
        currency="USD",
        method="cash",
        payment_date=TODAY,
        customer_id=buyer.pk,
    )


@pytest.fixture
def two(actor: Actor, buyer: Customer) -> list[Invoice]:
    return [issued_invoice(actor, "70.00", customer_id=buyer.pk) for _ in range(2)]


def test_who_has_no_credit_is_led_back(staff: Client, buyer: Customer) -> None:
    response = staff.get(f"/customers/{buyer.uuid}/credit")
    assert response["Location"] == f"/customers/{buyer.uuid}"
    assert "has no credit" in staff.get("/customers").content.decode()


def test_the_oldest_first_when_nothing_is_typed(
    staff: Client, buyer: Customer, credit: Payment, two: list[Invoice]
) -> None:
    path = f"/customers/{buyer.uuid}/credit"
    assert "$100.00" in staff.get(path).content.decode()
    assert staff.post(path, {})["Location"] == f"/customers/{buyer.uuid}"
    assert [due(invoice) for invoice in two] == [0, 4000]


def test_what_is_typed_goes_where_it_is_typed(
    staff: Client, buyer: Customer, credit: Payment, two: list[Invoice]
) -> None:
    staff.post(f"/customers/{buyer.uuid}/credit", {f"i{two[1].pk}-amount": "12.34"})
    assert [due(invoice) for invoice in two] == [7000, 5766]


def test_more_than_is_due_is_refused(
    staff: Client, buyer: Customer, credit: Payment, two: list[Invoice]
) -> None:
    data = {f"i{two[0].pk}-amount": "70.01"}
    response = staff.post(f"/customers/{buyer.uuid}/credit", data)
    assert response.status_code == 422
    assert [due(invoice) for invoice in two] == [7000, 7000]


def test_credit_is_paid_out(staff: Client, buyer: Customer, credit: Payment) -> None:
    data = {
        "source": f"payment:{credit.uuid}",
        "amount": "30.00",
        "method": "bank_transfer",
        "refund_date": "2025-01-15",
    }
    path = f"/customers/{buyer.uuid}/credit"
    assert staff.post(f"{path}/out", data)["Location"] == path
    refund = Refund.objects.get()
    page = staff.get(path).content.decode()
    assert f"$30.00 is paid back as {refund.number}" in page
    assert "$70.00" in page


@pytest.mark.parametrize(
    "changes", [{"amount": "100.01"}, {"source": "payment:x"}, {"source": ""}, {"amount": "-1"}]
)
def test_what_cannot_be_paid_out_changes_nothing(
    staff: Client, buyer: Customer, credit: Payment, changes: dict[str, str]
) -> None:
    data = {
        "source": f"payment:{credit.uuid}",
        "amount": "30.00",
        "method": "bank_transfer",
        "refund_date": "2025-01-15",
        **changes,
    }
    response = staff.post(f"/customers/{buyer.uuid}/credit/out", data)
    assert response.status_code in (302, 303, 404)
    assert not Refund.objects.exists()


def test_another_tenants_customer_is_not_there(stranger: Client, buyer: Customer) -> None:
    assert stranger.get(f"/customers/{buyer.uuid}/credit").status_code == 404
    assert stranger.post(f"/customers/{buyer.uuid}/credit", {}).status_code == 404


def test_a_viewer_is_refused(viewer: Client, buyer: Customer, credit: Payment) -> None:
    assert viewer.get(f"/customers/{buyer.uuid}/credit").status_code == 403
    assert viewer.post(f"/customers/{buyer.uuid}/credit", {}).status_code == 403
