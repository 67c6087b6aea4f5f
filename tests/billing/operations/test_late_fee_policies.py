"""What lateness costs by whose policy, and letting somebody off."""

from decimal import Decimal

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import InvoiceStatus, LateFee, LateFeePolicy
from billing.operations.credit_notes import create_credit_note
from billing.operations.guards import InvoiceHasPayments
from billing.operations.invoices import update_invoice
from billing.operations.late_fee_policies import (
    NothingToCharge,
    remove_late_fee_policy,
    set_late_fee_policy,
)
from billing.operations.late_fees import (
    FeeAlreadyWaived,
    NotALateFee,
    charge_late_fees,
    charge_late_fees_in,
    waive_late_fee,
)
from core.errors import Forbidden, InvalidValue, NotFound
from core.models import Event
from tests.billing.operations.late_fees import day_of, each_day, fees, late, noon, paid, policy
from tests.builders import customer
from tests.instants import AT


class TestWaiving:
    def test_voids_the_invoice_and_is_not_charged_again(self, actor: Actor) -> None:
        policy(actor)
        invoice = late(actor)
        charge_late_fees(at=noon("2025-01-21"))
        fee = LateFee.objects.get()
        waived = waive_late_fee(
            actor=actor,
            at=noon("2025-01-22"),
            invoice_id=fee.fee_invoice_id,
            reason="A good customer",
        )
        assert waived.fee_invoice.status == InvoiceStatus.VOID
        assert waived.fee_invoice.void_reason == "A good customer"
        LateFeePolicy.objects.update(checked_on=None)
        charge_late_fees(at=noon("2025-02-22"))
        assert fees(invoice) == [("fee", "2025-01-21", "100.00")]

    def test_only_once(self, actor: Actor) -> None:
        policy(actor)
        late(actor)
        charge_late_fees(at=noon("2025-01-21"))
        pk = LateFee.objects.get().fee_invoice_id
        waive_late_fee(actor=actor, at=AT, invoice_id=pk)
        with pytest.raises(FeeAlreadyWaived):
            waive_late_fee(actor=actor, at=AT, invoice_id=pk)

    def test_a_paid_fee_is_credited_instead(self, actor: Actor) -> None:
        policy(actor)
        late(actor)
        charge_late_fees(at=noon("2025-01-21"))
        fee = LateFee.objects.select_related("fee_invoice").get()
        paid(actor, fee.fee_invoice, "100.00", on=day_of("2025-01-25"))
        with pytest.raises(InvoiceHasPayments):
            waive_late_fee(actor=actor, at=AT, invoice_id=fee.fee_invoice_id)
        assert LateFee.objects.get().waived_at is None
        note = create_credit_note(
            actor=actor, at=AT, invoice_id=fee.fee_invoice_id, credit_amount=Decimal(100)
        )
        assert note.total == 100_00

    def test_not_by_those_who_may_not_write(
        self, actor: Actor, bob_actor: Actor, mallory_actor: Actor
    ) -> None:
        policy(actor)
        late(actor)
        charge_late_fees(at=noon("2025-01-21"))
        pk = LateFee.objects.get().fee_invoice_id
        with pytest.raises(Forbidden):
            waive_late_fee(actor=bob_actor, at=AT, invoice_id=pk)
        with pytest.raises(NotFound):
            waive_late_fee(actor=mallory_actor, at=AT, invoice_id=pk)
        assert not Event.objects.filter(type="late_fee.waived").exists()

    def test_only_a_late_fee(self, actor: Actor) -> None:
        with pytest.raises(NotALateFee):
            waive_late_fee(actor=actor, at=AT, invoice_id=late(actor).pk)


class TestPolicy:
    def test_a_customers_own_replaces_the_organizations(self, actor: Actor) -> None:
        policy(actor)
        dear, other = customer(actor, "Dear"), customer(actor, "Other")
        set_late_fee_policy(actor=actor, at=AT, customer_id=dear.pk, is_enabled=False)
        spared = late(actor, customer_id=dear.pk)
        charged = late(actor, customer_id=other.pk)
        charge_late_fees(at=noon("2025-01-21"))
        assert (fees(spared), len(fees(charged))) == ([], 1)

    def test_a_customers_own_begins_as_a_copy(self, actor: Actor) -> None:
        policy(actor, grace_days=3)
        one = customer(actor)
        own = set_late_fee_policy(actor=actor, at=AT, customer_id=one.pk, fee_value=Decimal(5))
        assert (own.grace_days, own.fee_type, own.fee_value) == (3, "percent", Decimal(5))
        assert LateFeePolicy.objects.get(customer=None).fee_value == Decimal(10)

    def test_without_its_own_the_organizations_holds_again(self, actor: Actor) -> None:
        policy(actor)
        one = customer(actor)
        set_late_fee_policy(actor=actor, at=AT, customer_id=one.pk, is_enabled=False)
        remove_late_fee_policy(actor=actor, at=AT, customer_id=one.pk)
        invoice = late(actor, customer_id=one.pk)
        charge_late_fees(at=noon("2025-01-21"))
        assert len(fees(invoice)) == 1

    def test_nothing_to_charge_cannot_be_switched_on(self, actor: Actor) -> None:
        with pytest.raises(NothingToCharge):
            set_late_fee_policy(actor=actor, at=AT, is_enabled=True)
        assert not LateFeePolicy.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("fee_value", Decimal(101)),
            ("fee_value", Decimal(-1)),
            ("interest_rate", Decimal(-1)),
            ("every_days", 0),
            ("grace_days", 366),
            ("most_fees", 0),
            ("most_amount", Decimal(0)),
        ],
    )
    def test_refuses(self, actor: Actor, field: str, value: object) -> None:
        with pytest.raises(InvalidValue) as refusal:
            policy(actor, **{field: value})
        assert refusal.value.param == field
        assert not LateFeePolicy.objects.exists()

    def test_is_the_owners_business(self, bob_actor: Actor) -> None:
        with pytest.raises(Forbidden):
            policy(bob_actor)

    def test_another_organization_is_not_charged(
        self, actor: Actor, mallory_actor: Actor, rival: Organization
    ) -> None:
        policy(actor)
        theirs = late(mallory_actor)
        charge_late_fees(at=noon("2025-01-21"))
        assert charge_late_fees_in(organization=rival, at=noon("2025-01-22")) == 0
        assert fees(theirs) == []

    def test_a_due_date_put_off_charges_no_day_twice(self, actor: Actor) -> None:
        policy(actor, every_days=10)
        invoice = late(actor)
        charge_late_fees(at=noon("2025-01-21"))
        update_invoice(actor=actor, at=AT, invoice_id=invoice.pk, due_date=day_of("2025-02-10"))
        each_day("2025-02-11")
        assert fees(invoice) == [("fee", "2025-01-21", "100.00"), ("fee", "2025-02-11", "100.00")]
