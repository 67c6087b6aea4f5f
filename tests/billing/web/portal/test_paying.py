"""Paying several invoices and parts of them: exact, announced, and recorded by staff."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor, portal_actor
from accounts.models import BankAccount, Organization, User
from accounts.operations.organizations import update_organization
from billing.models import Customer, Invoice, Payment, Remittance
from billing.operations.payments import mark_paid
from billing.operations.remittances import announce_remittance
from core import exactjson
from core.errors import DomainError
from core.models import Event
from integrations.models import Message
from tests.browsers import signed_in
from tests.builders import customer, issued_invoice
from tests.instants import AT

PAY = "/portal/acme/pay"
pytestmark = pytest.mark.usefixtures("books_add_up")


@pytest.fixture
def acme_eur(acme: Organization) -> BankAccount:
    return BankAccount.objects.create(
        organization=acme,
        name="Acme GmbH",
        bank_name="Bank",
        iban="DE89370400440532013000",
        bic="COBADEFFXXX",
        currency="EUR",
        is_default=True,
        created_at=AT,
        updated_at=AT,
    )


@pytest.fixture
def two(actor: Actor, buyer: Customer, acme_eur: BankAccount) -> list[Invoice]:
    return [
        issued_invoice(actor, total, customer_id=buyer.pk, currency="EUR")
        for total in ("100.00", "250.50")
    ]


@pytest.fixture
def parts_allowed(actor: Actor) -> None:
    update_organization(actor=actor, at=AT, portal_part_payments=True)


def form(invoices: list[Invoice], *amounts: str) -> dict[str, Any]:
    named = {f"amount-{row.uuid}": text for row, text in zip(invoices, amounts, strict=False)}
    return {"invoice": [str(row.uuid) for row in invoices], **named}


def test_several_are_paid_by_one_transfer(portal: Client, two: list[Invoice]) -> None:
    page = portal.get(PAY, form(two)).content.decode()
    assert "€350.50" in page
    assert "DE89 3704 0044 0532 0130 00" in page
    assert f"{two[0].number} {two[1].number}" in page
    assert "data:image/svg" in page
    assert Remittance.objects.count() == 0


def test_an_announced_payment_is_recorded_to_the_cent(
    actor: Actor,
    alice: User,
    portal: Client,
    two: list[Invoice],
    parts_allowed: None,
    drain: Any,
) -> None:
    answer = portal.post(f"{PAY}/announce", form(two, "40", "250.50"))
    assert answer.status_code == 303
    remittance = Remittance.objects.get()
    assert (remittance.amount, remittance.status) == (29050, "announced")
    assert Payment.objects.count() == 0
    drain()
    alert = Message.objects.get(kind="alert")
    assert alert.subject == "Globex Corporation announced a payment of 290.50 EUR"
    staff = signed_in(alice)
    page = f"/customers/{remittance.customer.uuid}/portal"
    assert "290.50" in staff.get(page).content.decode()
    received = staff.post(f"{page}/{remittance.uuid}/received", {"payment_date": "2025-01-15"})
    assert received.status_code == 302
    payment = Payment.objects.get()
    assert (payment.amount, payment.amount_allocated) == (29050, 29050)
    left = list(Invoice.objects.order_by("pk").values_list("amount_paid", flat=True))
    assert left == [4000, 25050]
    remittance.refresh_from_db()
    assert (remittance.status, remittance.payment) == ("received", payment)
    again = staff.post(f"{page}/{remittance.uuid}/received", {"payment_date": "2025-01-15"})
    assert again.status_code == 302
    assert Payment.objects.count() == 1


def test_parts_need_the_organizations_leave(portal: Client, two: list[Invoice]) -> None:
    assert portal.get(PAY, form(two, "40")).status_code == 422
    assert portal.post(f"{PAY}/announce", form(two, "40")).status_code == 422
    assert Remittance.objects.count() == 0


@pytest.mark.parametrize(
    "amount", ["0", "-1", "100.01", "1e3", "NaN", "1,2,3", "x", "0.001", "9" * 30]
)
def test_strange_amounts_are_refused_beside_their_invoice(
    portal: Client, two: list[Invoice], parts_allowed: None, amount: str
) -> None:
    answer = portal.post(f"{PAY}/announce", form(two[:1], amount))
    assert answer.status_code == 422
    assert "up to €100.00" in answer.content.decode()
    assert Remittance.objects.count() == 0


def test_nothing_is_announced_twice(
    portal: Client, two: list[Invoice], parts_allowed: None
) -> None:
    portal.post(f"{PAY}/announce", form(two[:1], "60"))
    assert portal.post(f"{PAY}/announce", form(two[:1], "41")).status_code == 422
    assert portal.post(f"{PAY}/announce", form(two[:1])).status_code == 303
    amounts = [row.amount for row in Remittance.objects.order_by("pk")]
    assert amounts == [6000, 4000]
    # Nothing is left: the form sends back to the choice.
    assert portal.post(f"{PAY}/announce", form(two[:1])).status_code == 303
    assert Remittance.objects.count() == 2


def test_a_payment_is_taken_back_once(portal: Client, two: list[Invoice]) -> None:
    portal.post(f"{PAY}/announce", form(two))
    remittance = Remittance.objects.get()
    assert portal.post(f"{PAY}/{remittance.uuid}/withdraw").status_code == 303
    remittance.refresh_from_db()
    assert remittance.status == "withdrawn"
    assert portal.post(f"{PAY}/{remittance.uuid}/withdraw").status_code == 409
    assert portal.post(f"{PAY}/announce", form(two)).status_code == 303


def test_others_invoices_and_currencies_do_not_mix_in(
    actor: Actor, buyer: Customer, portal: Client, two: list[Invoice]
) -> None:
    other = customer(actor, name="Initech", email="ap@initech.test")
    foreign = issued_invoice(actor, customer_id=other.pk, currency="EUR")
    page = portal.get(PAY, form([foreign]))
    assert page.status_code == 422
    assert str(foreign.number) not in page.content.decode()
    assert portal.post(f"{PAY}/announce", form([foreign])).status_code == 303
    dollars = issued_invoice(actor, customer_id=buyer.pk)
    assert portal.get(PAY, form([*two, dollars])).status_code == 422
    who = portal_actor(buyer.organization, email="ap@globex.test", customer_id=buyer.pk)
    for parts in ([(foreign.pk, None)], [(two[0].pk, None), (dollars.pk, None)],
                  [(two[0].pk, None), (two[0].uuid, None)], []):  # fmt: skip
        with pytest.raises(DomainError):
            announce_remittance(actor=who, at=AT, parts=parts)
    assert Remittance.objects.count() == 0


def test_a_settled_announcement_is_refused_with_a_sentence(
    actor: Actor, alice: User, portal: Client, two: list[Invoice]
) -> None:
    portal.post(f"{PAY}/announce", form(two))
    mark_paid(actor=actor, at=AT, invoice_id=two[0].pk, payment_date=AT.date())
    remittance, staff = Remittance.objects.get(), signed_in(alice)
    page = f"/customers/{remittance.customer.uuid}/portal"
    staff.post(f"{page}/{remittance.uuid}/received", {"payment_date": "2025-01-15"})
    assert Payment.objects.count() == 1
    remittance.refresh_from_db()
    assert remittance.status == "announced"
    staff.post(f"{page}/{remittance.uuid}/closed")
    remittance.refresh_from_db()
    assert remittance.status == "closed"


def test_who_may_look_may_not_record(
    actor: Actor, bob: User, portal: Client, two: list[Invoice]
) -> None:
    portal.post(f"{PAY}/announce", form(two))
    remittance, viewer = Remittance.objects.get(), signed_in(bob)
    page = f"/customers/{remittance.customer.uuid}/portal"
    assert viewer.get(page).status_code == 200
    assert viewer.post(f"{page}/{remittance.uuid}/received").status_code == 403
    assert Payment.objects.count() == 0
    assert Event.objects.filter(type="remittance.received").count() == 0


def test_a_long_reference_is_cut_with_a_count(
    actor: Actor, buyer: Customer, portal: Client
) -> None:
    many = [issued_invoice(actor, "1.00", customer_id=buyer.pk) for _ in range(14)]
    portal.post(f"{PAY}/announce", form(many))
    remittance = Remittance.objects.get()
    assert remittance.amount == 1400
    assert len(remittance.reference) <= 140
    assert remittance.reference.endswith(f"+{14 - remittance.reference.count('INV')}")


def test_amounts_are_exact_in_any_currency(
    actor: Actor, buyer: Customer, portal: Client, parts_allowed: None
) -> None:
    dinars = issued_invoice(actor, "1.049", customer_id=buyer.pk, currency="KWD")
    portal.post(f"{PAY}/announce", form([dinars], "0.333"))
    assert Remittance.objects.get().amount == 333
    event = exactjson.loads(Event.objects.get(type="remittance.announced").data)
    assert event["amount"] == Decimal("0.333")
