"""Late fees and interest: each intended day once, on what is due, by an invoice of its own."""

import datetime
from decimal import Decimal
from typing import Any

from accounts.actors import Actor
from billing.models import InvoiceStatus, LateFee, LateFeePolicy, Posting
from billing.operations.issuing import (
    mark_uncollectible,
    void_invoice,
)
from billing.operations.late_fee_policies import (
    set_late_fee_policy,
)
from billing.operations.late_fees import (
    charge_late_fees,
)
from billing.operations.ledger import Role
from billing.operations.payments import record_payment
from core.models import Event
from integrations.models import Message
from tests.billing.operations.late_fees import (
    ONE_DAY,
    day_of,
    each_day,
    fees,
    late,
    noon,
    paid,
    policy,
)
from tests.builders import customer, draft_invoice, issued_invoice, tax_profile
from tests.instants import AT, TODAY


def interest(actor: Actor, rate: str = "10", **fields: Any) -> LateFeePolicy:
    return policy(actor, fee_type="", fee_value=Decimal(0), interest_rate=Decimal(rate), **fields)


class TestD8:
    def test_d8_ten_percent_of_the_due_amount_is_60(self, actor: Actor) -> None:
        policy(actor)
        invoice = late(actor)
        paid(actor, invoice, "400.00")
        charge_late_fees(at=noon("2025-01-21"))
        assert fees(invoice) == [("fee", "2025-01-21", "60.00")]

    def test_d8_a_scheduler_that_runs_24_times_a_day_charges_once(self, actor: Actor) -> None:
        policy(actor)
        invoice = late(actor)
        for hour in range(24):
            charge_late_fees(at=noon("2025-01-21").replace(hour=hour) + ONE_DAY)
        assert fees(invoice) == [("fee", "2025-01-21", "100.00")]

    def test_d8_once_even_when_every_look_starts_anew(self, actor: Actor) -> None:
        policy(actor)
        invoice = late(actor)
        for _ in range(3):
            LateFeePolicy.objects.update(checked_on=None)
            charge_late_fees(at=noon("2025-01-25"))
        assert fees(invoice) == [("fee", "2025-01-21", "100.00")]

    def test_d8_interest_of_30_days_on_1000_at_10_percent_is_8_22(self, actor: Actor) -> None:
        interest(actor)
        invoice = late(actor)
        each_day("2025-02-19")
        assert fees(invoice) == [("interest", "2025-02-19", "8.22")]

    def test_d8_does_not_compound_unless_set(self, actor: Actor) -> None:
        policy(actor, every_days=10)
        invoice = late(actor)
        each_day("2025-02-10")
        assert [amount for _, _, amount in fees(invoice)] == ["100.00", "100.00", "100.00"]

    def test_d8_compounds_if_set(self, actor: Actor) -> None:
        policy(actor, every_days=10, is_compounding=True)
        invoice = late(actor)
        each_day("2025-02-10")
        assert [amount for _, _, amount in fees(invoice)] == ["100.00", "110.00", "121.00"]


class TestWhen:
    def test_not_on_the_due_date(self, actor: Actor) -> None:
        policy(actor)
        invoice = late(actor)
        charge_late_fees(at=noon("2025-01-20"))
        assert fees(invoice) == []

    def test_after_the_days_of_grace(self, actor: Actor) -> None:
        policy(actor, grace_days=5)
        invoice = late(actor)
        charge_late_fees(at=noon("2025-01-25"))
        assert fees(invoice) == []
        charge_late_fees(at=noon("2025-01-26"))
        assert fees(invoice) == [("fee", "2025-01-26", "100.00")]

    def test_by_the_organizations_own_midnight(self, actor: Actor) -> None:
        policy(actor)
        invoice = late(actor)
        charge_late_fees(at=datetime.datetime(2025, 1, 20, 22, 59, tzinfo=datetime.UTC))
        assert fees(invoice) == []
        charge_late_fees(at=datetime.datetime(2025, 1, 20, 23, 0, tzinfo=datetime.UTC))
        assert fees(invoice) == [("fee", "2025-01-21", "100.00")]

    def test_d10_never_on_the_day_of_first_sending(self, actor: Actor) -> None:
        policy(actor)
        invoice = late(actor, due="2025-01-02", issue_date=day_of("2025-01-01"))
        charge_late_fees(at=AT)
        assert fees(invoice) == []
        charge_late_fees(at=AT + ONE_DAY)
        assert fees(invoice) == [("fee", "2025-01-16", "100.00")]

    def test_d7_a_missed_day_is_charged_for_under_its_own_date(self, actor: Actor) -> None:
        policy(actor, every_days=10)
        invoice = late(actor)
        charge_late_fees(at=noon("2025-02-03"))
        assert fees(invoice) == [("fee", "2025-01-21", "100.00"), ("fee", "2025-01-31", "100.00")]

    def test_days_before_it_was_switched_on_are_free(self, actor: Actor) -> None:
        invoice = late(actor, due="2025-01-16")
        set_late_fee_policy(
            actor=actor,
            at=noon("2025-02-01"),
            is_enabled=True,
            interest_rate=Decimal(10),
            fee_type="fixed",
            fee_value=Decimal(40),
            interest_every_days=20,
        )
        charge_late_fees(at=noon("2025-02-05"))
        # 40.00 would have been for 17 January; interest is for 1 to 5 February only.
        assert fees(invoice) == [("interest", "2025-02-05", "1.10")]

    def test_off_charges_nothing(self, actor: Actor) -> None:
        policy(actor, is_enabled=False)
        invoice = late(actor)
        assert charge_late_fees(at=noon("2025-03-01")) == 0
        assert fees(invoice) == []


class TestHowMuch:
    def test_a_fixed_fee(self, actor: Actor) -> None:
        policy(actor, fee_type="fixed", fee_value=Decimal("40.00"))
        invoice = late(actor)
        charge_late_fees(at=noon("2025-01-21"))
        assert fees(invoice) == [("fee", "2025-01-21", "40.00")]

    def test_a_fixed_fee_in_the_books_currency_on_a_foreign_invoice(self, actor: Actor) -> None:
        policy(actor, fee_type="fixed", fee_value=Decimal("40.00"))
        invoice = late(actor, currency="EUR", exchange_rate=Decimal("1.25"))
        charge_late_fees(at=noon("2025-01-21"))
        assert fees(invoice) == [("fee", "2025-01-21", "32.00")]

    def test_the_cap_in_number(self, actor: Actor) -> None:
        policy(actor, every_days=1, most_fees=2)
        invoice = late(actor)
        each_day("2025-02-01")
        assert len(fees(invoice)) == 2

    def test_the_cap_in_money(self, actor: Actor) -> None:
        policy(actor, every_days=10, most_amount=Decimal("150.00"))
        invoice = late(actor)
        each_day("2025-02-28")
        assert [amount for _, _, amount in fees(invoice)] == ["100.00", "50.00"]

    def test_interest_follows_what_was_due_each_day(self, actor: Actor) -> None:
        interest(actor)
        invoice = late(actor)
        # Ten days on 1,000 and twenty on 600: 22,000 x 10 % / 365.
        paid(actor, invoice, "400.00", on=day_of("2025-01-30"))
        charge_late_fees(at=noon("2025-02-19"))
        assert fees(invoice) == [("interest", "2025-02-19", "6.03")]

    def test_interest_goes_on_in_whole_intervals(self, actor: Actor) -> None:
        interest(actor, interest_every_days=10, grace_days=3)
        invoice = late(actor)
        each_day("2025-02-12")
        assert fees(invoice) == [
            ("interest", "2025-02-02", "3.56"),
            ("interest", "2025-02-12", "2.74"),
        ]

    def test_fee_and_interest_of_one_policy_are_two_invoices(self, actor: Actor) -> None:
        policy(actor, fee_type="fixed", fee_value=Decimal(40), interest_rate=Decimal(10))
        invoice = late(actor)
        each_day("2025-02-19")
        assert fees(invoice) == [
            ("fee", "2025-01-21", "40.00"),
            ("interest", "2025-02-19", "8.22"),
        ]


class TestLeftAlone:
    def test_drafts(self, actor: Actor) -> None:
        policy(actor)
        invoice = draft_invoice(actor, due_date=day_of("2025-01-20"))
        charge_late_fees(at=noon("2025-02-01"))
        assert fees(invoice) == []

    def test_void_invoices(self, actor: Actor) -> None:
        policy(actor)
        invoice = late(actor)
        void_invoice(actor=actor, at=AT, invoice_id=invoice.pk)
        charge_late_fees(at=noon("2025-02-01"))
        assert fees(invoice) == []

    def test_uncollectible_invoices(self, actor: Actor) -> None:
        policy(actor)
        invoice = late(actor)
        mark_uncollectible(actor=actor, at=AT, invoice_id=invoice.pk)
        charge_late_fees(at=noon("2025-02-01"))
        assert fees(invoice) == []

    def test_paid_invoices(self, actor: Actor) -> None:
        policy(actor)
        invoice = late(actor)
        paid(actor, invoice, "1000.00")
        charge_late_fees(at=noon("2025-02-01"))
        assert fees(invoice) == []

    def test_c12_money_under_way_that_covers_the_rest(self, actor: Actor) -> None:
        policy(actor)
        invoice = late(actor)
        record_payment(
            actor=actor,
            at=AT,
            invoice_id=invoice.pk,
            amount=Decimal(1000),
            currency="USD",
            payment_date=TODAY,
            method="bank_transfer",
            status="pending",
        )
        charge_late_fees(at=noon("2025-02-01"))
        assert fees(invoice) == []

    def test_the_invoices_over_fees(self, actor: Actor) -> None:
        policy(actor)
        invoice = late(actor)
        each_day("2025-04-30")
        assert LateFee.objects.count() == 1
        assert fees(invoice) == [("fee", "2025-01-21", "100.00")]


class TestFeeInvoice:
    def fee(self, actor: Actor, **fields: Any) -> LateFee:
        policy(actor, **fields)
        late(actor)
        charge_late_fees(at=noon("2025-01-21"))
        return LateFee.objects.select_related("fee_invoice", "invoice").get()

    def test_refers_to_the_late_invoice(self, actor: Actor) -> None:
        fee = self.fee(actor)
        assert fee.fee_invoice.preceding == [{"number": "INV-2025-001", "issue_date": "2025-01-15"}]
        line = fee.fee_invoice.lines.get()
        assert line.name == "Late fee on invoice INV-2025-001"
        assert line.description == "10 % of 1000.00 USD"

    def test_is_issued_and_mailed(self, actor: Actor) -> None:
        fee = self.fee(actor)
        assert fee.fee_invoice.status == InvoiceStatus.ISSUED
        assert (Message.objects.get().kind, Message.objects.get().subject_id) == (
            "invoice",
            fee.fee_invoice.pk,
        )

    def test_is_only_issued_when_the_policy_says_so(self, actor: Actor) -> None:
        fee = self.fee(actor, is_sent=False)
        assert fee.fee_invoice.status == InvoiceStatus.ISSUED
        assert not Message.objects.exists()

    def test_bears_no_tax(self, actor: Actor) -> None:
        fee = self.fee(actor)
        assert (fee.fee_invoice.tax_total, fee.fee_invoice.total) == (0, 100_00)

    def test_bears_the_tax_that_the_policy_names(self, actor: Actor) -> None:
        fee = self.fee(actor, tax_profile_id=tax_profile(actor, "19").pk)
        assert (fee.amount, fee.fee_invoice.tax_total, fee.fee_invoice.total) == (
            100_00,
            19_00,
            119_00,
        )

    def test_stands_in_the_books(self, actor: Actor) -> None:
        fee = self.fee(actor)
        rows = Posting.objects.filter(entry__source_id=fee.fee_invoice.pk)
        amounts = dict(rows.values_list("account__system_role", "amount"))
        assert amounts == {Role.RECEIVABLES: 100_00, Role.REVENUE: -100_00}

    def test_the_late_invoice_stays_as_it_is(self, actor: Actor) -> None:
        fee = self.fee(actor)
        assert (fee.invoice.total, fee.invoice.version) == (1_000_00, 1)

    def test_tells_of_it(self, actor: Actor) -> None:
        fee = self.fee(actor)
        event = Event.objects.get(type="late_fee.charged")
        assert event.subject_id == fee.pk

    def test_in_the_customers_language(self, actor: Actor) -> None:
        interest(actor)
        buyer = customer(actor, locale="de_DE")
        issued_invoice(actor, "1000.00", customer_id=buyer.pk, due_date=day_of("2025-01-20"))
        charge_late_fees(at=noon("2025-02-19"))
        line = LateFee.objects.get().fee_invoice.lines.get()
        assert line.name == "Verzugszinsen zur Rechnung INV-2025-001"
        assert line.description == "10 % im Jahr, 21.01.2025 bis 19.02.2025"
