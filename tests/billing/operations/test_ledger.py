"""The books themselves: what issuing posts, and what the database refuses (DESIGN, decision 8)."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import (
    CustomerBalance,
    Invoice,
    JournalEntry,
    LedgerAccount,
    Posting,
)
from billing.operations.exchange_rates import set_exchange_rate
from billing.operations.issuing import void_invoice
from billing.operations.ledger import CHART, LedgerUnbalanced, PostingLine, Role, ensure_chart, post
from billing.operations.unlocking import unlocked_ledger
from billing.queries.trigger_checks import missing_triggers
from core.ids import uuid7
from tests.billing.money import postings
from tests.builders import issued_invoice, line, product, tax_profile
from tests.instants import AT, TODAY

pytestmark = pytest.mark.usefixtures("books_add_up")


def two_sided(amount: int = 100) -> list[PostingLine]:
    debit = PostingLine(role=Role.BANK, amount_minor=amount, currency="USD", base_amount=amount)
    return [debit, replace(debit, role=Role.REVENUE, amount_minor=-amount, base_amount=-amount)]


def book(acme: Organization, lines: list[PostingLine]) -> JournalEntry | None:
    return post(
        organization_id=acme.pk,
        kind="test.entry",
        entry_date=TODAY,
        at=AT,
        source=acme,
        postings=lines,
    )


def test_the_chart_is_made_once_and_names_every_role(acme: Organization) -> None:
    accounts = ensure_chart(acme.pk, AT)
    assert set(accounts) == set(LedgerAccount.SystemRole.values) == {row[0] for row in CHART}
    assert ensure_chart(acme.pk, AT) == accounts
    assert LedgerAccount.objects.of(acme.pk).count() == len(CHART)


def test_issuing_books_revenue_by_product_and_tax_by_profile(actor: Actor) -> None:
    ten, five = tax_profile(actor, "10"), tax_profile(actor, "5")
    hosting = product(actor, "1200.00", tax_profile_id=ten.pk)
    invoice = issued_invoice(
        actor,
        lines=[
            {"product_id": hosting.pk, "quantity": Decimal(1)},
            line("150.00", "40", tax_profile_id=five.pk),
        ],
        discount_type="percent",
        discount_value=Decimal(10),
    )
    rows = Posting.objects.filter(invoice=invoice).select_related("account")
    booked = {
        (row.account.system_role, row.product_id, row.tax_profile_id): row.amount for row in rows
    }
    assert booked == {
        ("receivables", None, None): invoice.total,
        ("revenue", hosting.pk, None): -108000,
        ("revenue", None, None): -540000,
        ("tax_payable", None, ten.pk): -10800,
        ("tax_payable", None, five.pk): -27000,
    }
    assert {row.customer_id for row in rows} == {invoice.customer_id}
    balance = CustomerBalance.objects.get(customer_id=invoice.customer_id)
    assert (balance.receivable, balance.currency) == (invoice.total, "USD")


def test_a4_a_discount_that_does_not_divide_still_ties(actor: Actor) -> None:
    invoice = issued_invoice(
        actor,
        lines=[line("0.10", product_id=product(actor, sku=f"P{n}").pk) for n in range(3)],
        discount_type="fixed",
        discount_value=Decimal("0.10"),
    )
    amounts = Posting.objects.filter(account__system_role="revenue").values_list("amount")
    assert sorted(amount for (amount,) in amounts) == [-7, -7, -6]
    assert postings("invoice.issued")["receivables"] == invoice.total == 20


def test_charges_and_cash_rounding_have_postings_of_their_own(
    actor: Actor, acme: Organization
) -> None:
    acme.cash_rounding_minor = 5
    acme.save()
    issued_invoice(
        actor,
        lines=[line("10.00")],
        charges=[{"name": "Shipping", "amount": Decimal("2.23"), "is_charge": True}],
    )
    assert postings("invoice.issued") == {"receivables": 1225, "revenue": -1223, "rounding": -2}


def test_inclusive_prices_post_net_and_tax(actor: Actor) -> None:
    vat = tax_profile(actor, "19")
    issued_invoice(
        actor,
        lines=[line("340.00", tax_profile_id=vat.pk), line("13.90", tax_profile_id=vat.pk)],
        prices_include_tax=True,
    )
    assert postings("invoice.issued") == {
        "receivables": 35390,
        "revenue": -29739,
        "tax_payable": -5651,
    }


def test_the_books_currency_sums_to_zero_too(actor: Actor, acme: Organization) -> None:
    acme.accounting_currency = "EUR"
    acme.save()
    rate = Decimal("0.9123456789")
    set_exchange_rate(actor=actor, at=AT, currency="USD", rate=rate, valid_from=TODAY)
    vat = tax_profile(actor, "10")
    issued_invoice(actor, lines=[line("33.33", tax_profile_id=vat.pk), line("0.07", "3")])
    rows = Posting.objects.filter(entry__kind="invoice.issued")
    assert {row.base_currency for row in rows} == {"EUR"}
    assert sum(row.base_amount for row in rows) == 0
    receivable = rows.get(account__system_role="receivables")
    assert (receivable.amount, receivable.base_amount) == (3687, 3364)


def test_voiding_mirrors_the_entry_on_the_civil_day(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    late = datetime.datetime(2025, 1, 31, 23, 30, tzinfo=datetime.UTC)  # 1 February in Berlin
    void_invoice(actor=actor, at=late, invoice_id=invoice.pk, reason="Mistake")
    entry = JournalEntry.objects.get(kind="invoice.voided")
    assert entry.entry_date == datetime.date(2025, 2, 1)
    assert postings("invoice.voided") == {"receivables": -10000, "revenue": 10000}
    assert CustomerBalance.objects.get(customer_id=invoice.customer_id).receivable == 0


def test_an_invoice_over_nothing_posts_nothing(actor: Actor) -> None:
    issued_invoice(actor, "0.00")
    assert JournalEntry.objects.count() == 0


def test_an_unbalanced_entry_is_refused_before_it_is_written(acme: Organization) -> None:
    debit, credit = two_sided()
    for lines in (
        [debit, replace(credit, amount_minor=-99)],
        [debit, replace(credit, base_amount=-99)],
        [debit, replace(credit, currency="EUR")],
    ):
        with pytest.raises(LedgerUnbalanced):
            book(acme, lines)
    assert Posting.objects.count() == 0


def test_the_database_refuses_an_entry_that_does_not_balance(acme: Organization) -> None:
    book(acme, two_sided())
    copy = Posting.objects.first()
    assert copy is not None
    for change in ({"amount": 1, "base_amount": 0}, {"amount": 0, "base_amount": 1}):
        with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
            _insert(acme, [_posting(copy, **change)])
    with pytest.raises(IntegrityError, match="has no postings"), transaction.atomic():
        _insert(acme, [])
    assert JournalEntry.objects.count() == 1


def test_the_database_refuses_postings_of_another_day(acme: Organization) -> None:
    book(acme, two_sided())
    copy = Posting.objects.first()
    assert copy is not None
    other_day = TODAY + datetime.timedelta(days=1)
    rows = [_posting(copy, entry_date=other_day, amount=n, base_amount=n) for n in (1, -1)]
    with pytest.raises(IntegrityError, match="another organization or day"), transaction.atomic():
        _insert(acme, rows)


def test_the_database_refuses_a_posting_after_its_entry(acme: Organization) -> None:
    entry = book(acme, two_sided())
    assert entry is not None
    late = _posting(Posting.objects.filter(entry=entry)[0], amount=0, base_amount=0)
    late.entry_id = entry.uuid
    with pytest.raises(IntegrityError, match="is sealed"), transaction.atomic():
        late.save()
    assert Posting.objects.count() == 2


@pytest.mark.parametrize("table", ["billing_posting", "billing_journalentry"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET entry_date = '2024-01-01'"])
def test_the_database_refuses_to_change_what_is_posted(
    acme: Organization, table: str, verb: str
) -> None:
    book(acme, two_sided())
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb.format(table))
    assert (Posting.objects.count(), JournalEntry.objects.count()) == (2, 1)


def test_an_operator_can_unlock_the_ledger_and_it_locks_again(acme: Organization) -> None:
    book(acme, two_sided())
    with unlocked_ledger():
        Posting.objects.all().delete()
        JournalEntry.objects.all().delete()
    entry = book(acme, two_sided())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Posting.objects.filter(entry=entry).update(amount=0)
    assert Posting.objects.count() == 2


def test_the_database_refuses_to_settle_more_than_the_total(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    with pytest.raises(DatabaseError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(amount_paid=10001)


@pytest.mark.django_db(transaction=True)
def test_posting_needs_the_transaction_of_its_change(acme: Organization) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        book(acme, two_sided())
    with transaction.atomic():
        book(acme, two_sided())
    assert Posting.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_a_posting_without_an_entry(acme: Organization) -> None:
    with transaction.atomic():
        book(acme, two_sided())
    copy = Posting.objects.first()
    assert copy is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        orphan = _posting(copy)
        orphan.entry_id = uuid7()
        orphan.save()
    assert Posting.objects.count() == 2


def test_every_trigger_is_in_place(db: None) -> None:
    assert missing_triggers() == []


def _posting(source: Posting, **changes: object) -> Posting:
    copy = Posting(**{f.attname: getattr(source, f.attname) for f in Posting._meta.concrete_fields})
    copy.pk = None
    for name, value in changes.items():
        setattr(copy, name, value)
    return copy


def _insert(acme: Organization, rows: list[Posting]) -> None:
    """Write postings and then their entry, as the ledger does, but unchecked."""
    entry = JournalEntry(
        uuid=uuid7(),
        organization=acme,
        kind="test.forged",
        entry_date=TODAY,
        created_at=AT,
        source_type="organization",
        source_id=acme.pk,
    )
    for row in rows:
        row.entry_id = entry.uuid
    Posting.objects.bulk_create(rows)
    entry.save(force_insert=True)
