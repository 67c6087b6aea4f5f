"""Ageing: what was open on any date, in which bucket, in which currency (E1-E5, C13, B18)."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Invoice
from billing.operations.credit_notes import create_credit_note
from billing.operations.instalments import set_instalments
from billing.operations.issuing import void_invoice
from billing.operations.payments import delete_payment, record_payment
from billing.operations.refunds import refund_payment
from billing.operations.write_offs import write_off
from billing.queries.ageing import ageing, open_parts_on, read_periods
from billing.queries.dashboard import figures
from billing.queries.organizations import today
from billing.reports.ageing import (
    AgeingReport,
    ageing_report,
    ageing_table,
    bucket_keys,
    bucket_titles,
)
from billing.reports.csv import csv_chunks
from core.errors import InvalidValue
from tests.billing.money import pay
from tests.builders import customer, issued_invoice
from tests.instants import AT

pytestmark = pytest.mark.usefixtures("books_add_up")


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def invoice(actor: Actor, total: str, issued: str, due: str, **fields: Any) -> Invoice:
    return issued_invoice(actor, total, issue_date=day(issued), due_date=day(due), **fields)


def report(organization: Organization, on: str, **fields: Any) -> AgeingReport:
    return ageing_report(organization, day(on), **fields)


def totals(organization: Organization, on: str, **fields: Any) -> list[int]:
    """The buckets of the first currency."""
    return report(organization, on, **fields).sections[0].amounts


def test_e1_a_later_payment_does_not_change_the_past(acme: Organization, actor: Actor) -> None:
    late = invoice(actor, "100.00", "2025-04-30", "2025-04-30")
    pay(actor, late, "100.00", payment_date=day("2025-06-30"))
    assert totals(acme, "2025-05-31") == [0, 0, 10000, 0, 0]
    assert totals(acme, "2025-06-29") == [0, 0, 10000, 0, 0]
    assert totals(acme, "2025-06-30") == [0, 0, 0, 0, 0]


def test_e1_nothing_that_happens_later_changes_the_past(acme: Organization, actor: Actor) -> None:
    buyer = customer(actor).pk
    rows = [
        invoice(actor, "100.00", "2025-01-02", "2025-01-10", customer_id=buyer) for _ in "12345"
    ]
    kept = pay(actor, rows[0], "40.00", payment_date=day("2025-01-15"))
    before = report(acme, "2025-01-20", include_credits=True)
    assert before.sections[0].amounts == [0, 46000, 0, 0, 0]
    later = datetime.datetime(2025, 2, 3, 12, tzinfo=datetime.UTC)
    on = later.date()
    refund_payment(actor=actor, at=later, payment_id=kept.pk, refund_date=on)
    void_invoice(actor=actor, at=later, invoice_id=rows[1].pk, reason="Twice")
    create_credit_note(actor=actor, at=later, invoice_id=rows[2].pk, issue_date=on)
    write_off(actor=actor, at=later, invoice_id=rows[3].pk, on=on, reason="Gone")
    gone = pay(actor, rows[4], "100.00", payment_date=on)
    delete_payment(actor=actor, at=later, payment_id=gone.pk)
    assert report(acme, "2025-01-20", include_credits=True) == before
    assert totals(acme, "2025-02-03") == [0, 20000, 0, 0, 0]


def test_e1_an_invoice_is_not_open_before_it_is_issued(acme: Organization, actor: Actor) -> None:
    invoice(actor, "100.00", "2025-04-30", "2025-05-30")
    assert totals(acme, "2025-04-29") == [0, 0, 0, 0, 0]
    assert totals(acme, "2025-04-30") == [10000, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("due", "bucket"),
    [
        ("2025-01-20", 0),
        ("2025-01-19", 1),
        ("2024-12-21", 1),
        ("2024-12-20", 2),
        ("2024-11-21", 2),
        ("2024-11-20", 3),
        ("2024-10-22", 3),
        ("2024-10-21", 4),
    ],
)
def test_e2_buckets_by_days_past_due(
    acme: Organization, actor: Actor, due: str, bucket: int
) -> None:
    invoice(actor, "10.00", "2024-10-01", due)
    assert totals(acme, "2025-01-20") == [1000 if i == bucket else 0 for i in range(5)]


def test_e2_the_buckets_sum_to_all_that_is_due(acme: Organization, actor: Actor) -> None:
    buyer = customer(actor).pk
    for due in ("2025-01-20", "2025-01-19", "2024-12-20", "2024-11-20", "2024-10-21"):
        invoice(actor, "10.01", "2024-10-01", due, customer_id=buyer)
    section = report(acme, "2025-01-20").sections[0]
    assert section.amounts == [1001] * 5
    assert section.total_due == 5005
    assert [row.total_due for row in section.rows] == [5005]


def test_e3_payments_reduce_what_ages_from_the_due_date(acme: Organization, actor: Actor) -> None:
    large = invoice(actor, "10000.00", "2016-11-30", "2017-02-28")
    for amount, on in (("1500", "2016-12-15"), ("1000", "2017-01-15"), ("2000", "2017-03-15")):
        pay(actor, large, amount, payment_date=day(on))
    assert totals(acme, "2017-04-04") == [0, 0, 550000, 0, 0]
    (part,) = open_parts_on(acme.pk, day("2017-04-04"), customer_id=large.customer_id)
    assert (day("2017-04-04") - part.due_date).days == 35


def test_e3_an_advance_is_credit_until_there_is_an_invoice(
    acme: Organization, actor: Actor
) -> None:
    large = invoice(actor, "10000.00", "2016-11-30", "2017-02-28")
    pay(actor, large, "1500.00", payment_date=day("2016-11-01"))
    assert totals(acme, "2016-11-15") == [0, 0, 0, 0, 0]
    assert totals(acme, "2016-11-15", include_credits=True) == [-150000, 0, 0, 0, 0]
    assert totals(acme, "2016-11-30", include_credits=True) == [850000, 0, 0, 0, 0]
    assert totals(acme, "2017-04-04", include_credits=True) == [0, 0, 850000, 0, 0]


def test_e4_two_currencies_are_two_rows_with_a_total_each(acme: Organization, actor: Actor) -> None:
    buyer = customer(actor).pk
    invoice(actor, "100.00", "2025-01-02", "2025-01-10", customer_id=buyer)
    invoice(
        actor, "5000", "2025-01-02", "2025-03-01", customer_id=buyer, currency="JPY",
        exchange_rate=Decimal("0.0066"),
    )  # fmt: skip
    found = report(acme, "2025-01-20")
    assert [(s.currency, s.amounts) for s in found.sections] == [
        ("USD", [0, 10000, 0, 0, 0]),
        ("JPY", [5000, 0, 0, 0, 0]),
    ]
    assert [len(s.rows) for s in found.sections] == [1, 1]


def test_e4_one_currency_can_be_asked_for(acme: Organization, actor: Actor) -> None:
    invoice(actor, "100.00", "2025-01-02", "2025-01-10")
    invoice(
        actor, "5000", "2025-01-02", "2025-03-01", currency="JPY", exchange_rate=Decimal("0.0066")
    )
    found = report(acme, "2025-01-20", currency="JPY")
    assert [(s.currency, s.total_due) for s in found.sections] == [("JPY", 5000)]


def test_e5_unapplied_credits_are_hidden_or_negative_current_and_never_netted(
    acme: Organization, actor: Actor
) -> None:
    late = invoice(actor, "100.00", "2025-01-02", "2025-01-10")
    record_payment(
        actor=actor, at=AT, amount=Decimal("30.00"), currency="USD", method="cash",
        payment_date=day("2025-01-15"), customer_id=late.customer_id, allocations=[],
    )  # fmt: skip
    hidden, shown = report(acme, "2025-01-20"), report(acme, "2025-01-20", include_credits=True)
    assert hidden.sections[0].amounts == [0, 10000, 0, 0, 0]
    assert hidden.sections[0].unapplied_credits == 0
    assert shown.sections[0].amounts == [-3000, 10000, 0, 0, 0]
    assert shown.sections[0].unapplied_credits == -3000
    assert shown.sections[0].total_due == 7000
    assert totals(acme, "2025-01-14", include_credits=True) == [0, 10000, 0, 0, 0]


def test_e5_a_customer_with_nothing_but_credit_is_shown_with_it_alone(
    acme: Organization, actor: Actor
) -> None:
    buyer = customer(actor).pk
    record_payment(
        actor=actor, at=AT, amount=Decimal("30.00"), currency="USD", method="cash",
        payment_date=day("2025-01-15"), customer_id=buyer,
    )  # fmt: skip
    assert report(acme, "2025-01-20").sections[0].rows == []
    (row,) = report(acme, "2025-01-20", include_credits=True).sections[0].rows
    assert (row.amounts, row.unapplied_credits) == ([-3000, 0, 0, 0, 0], -3000)


def test_e9_the_dashboard_shows_what_the_report_shows(acme: Organization, actor: Actor) -> None:
    buyer = customer(actor).pk
    for due in ("2025-01-20", "2025-01-19", "2024-12-20", "2024-11-20", "2024-10-21"):
        row = invoice(actor, "10.01", "2024-10-01", due, customer_id=buyer)
        pay(actor, row, "1.00", payment_date=day("2025-01-15"))
    parted = invoice(actor, "100.00", "2024-10-01", "2025-03-31", customer_id=buyer)
    set_instalments(
        actor=actor, at=AT, invoice_id=parted.pk, due_dates=[day("2024-12-01"), day("2025-03-31")]
    )
    # Money that is booked for tomorrow, and an invoice of next month, are not today's.
    pay(actor, parted, "10.00", payment_date=day("2025-01-21"))
    invoice(actor, "55.00", "2025-02-01", "2025-03-01", customer_id=buyer)
    on = day("2025-01-20")
    section = report(acme, "2025-01-20").sections[0]
    dashboard = figures(acme.pk, on).currencies[0]
    assert ageing(acme.pk, on)["USD"].amounts == section.amounts == [5901, 901, 5901, 901, 901]
    assert dashboard.outstanding.minor == section.total_due
    assert dashboard.overdue.minor == section.total_due - section.amounts[0]


def test_c13_instalments_age_by_their_own_due_dates(acme: Organization, actor: Actor) -> None:
    parted = invoice(actor, "100.00", "2025-01-01", "2025-03-31")
    dates = [day("2025-01-31"), day("2025-02-28"), day("2025-03-31")]
    set_instalments(actor=actor, at=AT, invoice_id=parted.pk, due_dates=dates)
    assert totals(acme, "2025-01-31") == [10000, 0, 0, 0, 0]
    assert totals(acme, "2025-03-01") == [3334, 6666, 0, 0, 0]
    assert totals(acme, "2025-04-02") == [0, 3334, 3333, 3333, 0]
    pay(actor, parted, "40.00", payment_date=day("2025-03-01"))
    assert totals(acme, "2025-02-28") == [6667, 3333, 0, 0, 0]
    assert totals(acme, "2025-03-01") == [3334, 2666, 0, 0, 0]
    parts = open_parts_on(acme.pk, day("2025-03-01"), customer_id=parted.customer_id)
    assert [(part.due_date.isoformat(), part.amount) for part in parts] == [
        ("2025-02-28", 2666),
        ("2025-03-31", 3334),
    ]


def test_b18_today_is_the_organizations_own(acme: Organization, actor: Actor) -> None:
    invoice(actor, "100.00", "2025-01-01", "2025-01-31")
    before_midnight = datetime.datetime(2025, 1, 31, 22, 59, tzinfo=datetime.UTC)
    midnight = datetime.datetime(2025, 1, 31, 23, 0, tzinfo=datetime.UTC)
    assert totals(acme, str(today(acme, before_midnight))) == [10000, 0, 0, 0, 0]
    assert totals(acme, str(today(acme, midnight))) == [0, 10000, 0, 0, 0]


def test_a_void_invoice_was_open_until_it_was_voided(acme: Organization, actor: Actor) -> None:
    wrong = invoice(actor, "100.00", "2025-01-02", "2025-01-10")
    later = datetime.datetime(2025, 2, 3, 12, tzinfo=datetime.UTC)
    void_invoice(actor=actor, at=later, invoice_id=wrong.pk)
    assert totals(acme, "2025-02-02") == [0, 10000, 0, 0, 0]
    assert totals(acme, "2025-02-03") == [0, 0, 0, 0, 0]


def test_voiding_an_invoice_of_next_month_leaves_no_credit_behind(
    acme: Organization, actor: Actor
) -> None:
    early = invoice(actor, "100.00", "2025-02-01", "2025-03-01")
    void_invoice(actor=actor, at=AT, invoice_id=early.pk)
    for on in ("2025-01-20", "2025-02-01"):
        assert totals(acme, on, include_credits=True) == [0, 0, 0, 0, 0]


def test_periods_are_anybodys_choice(acme: Organization, actor: Actor) -> None:
    for due in ("2025-01-20", "2025-01-05", "2025-01-04", "2024-11-21", "2024-11-20"):
        invoice(actor, "1.00", "2024-11-01", due)
    assert totals(acme, "2025-01-20", periods=(15, 60)) == [100, 100, 200, 100]
    assert bucket_keys((15, 60)) == ["current", "1_15_days", "16_60_days", "over_60_days"]
    assert bucket_titles((15, 60)) == ["Not yet due", "1–15 days", "16–60 days", "Over 60 days"]


def test_the_default_periods_have_the_documents_keys() -> None:
    assert bucket_keys((30, 60, 90)) == [
        "current", "1_30_days", "31_60_days", "61_90_days", "over_90_days",
    ]  # fmt: skip


@pytest.mark.parametrize("periods", [[], [0], [30, 30], [60, 30], [-1], [30, 4000], [0, 0, 30]])
def test_periods_that_make_no_sense_are_refused(periods: list[int]) -> None:
    with pytest.raises(InvalidValue):
        read_periods(periods)


def test_a_leading_zero_says_not_yet_due() -> None:
    assert read_periods([0, 30, 60, 90]) == read_periods([30, 60, 90]) == (30, 60, 90)


def test_one_customer_can_be_asked_for(acme: Organization, actor: Actor) -> None:
    wanted = customer(actor, "Wanted")
    invoice(actor, "1.00", "2025-01-02", "2025-01-10", customer_id=wanted.pk)
    invoice(actor, "2.00", "2025-01-02", "2025-01-10")
    found = report(acme, "2025-01-20", customer=wanted)
    assert [row.customer_name for row in found.sections[0].rows] == ["Wanted"]
    assert found.sections[0].total_due == 100


def test_another_tenants_invoices_count_nowhere(
    acme: Organization, actor: Actor, rival: Organization, mallory_actor: Actor
) -> None:
    invoice(mallory_actor, "99.00", "2025-01-02", "2025-01-10")
    assert totals(acme, "2025-01-20") == [0, 0, 0, 0, 0]
    assert totals(rival, "2025-01-20") == [0, 9900, 0, 0, 0]


def test_the_first_day_of_the_calendar_is_a_date_like_any_other(acme: Organization) -> None:
    assert totals(acme, "0001-01-01") == [0, 0, 0, 0, 0]
    assert totals(acme, "9999-12-31") == [0, 0, 0, 0, 0]


def test_the_table_lists_customers_by_name_and_a_total_per_currency(
    acme: Organization, actor: Actor
) -> None:
    for name in ("zeta", "Alpha"):
        buyer = customer(actor, name).pk
        invoice(actor, "1.00", "2025-01-02", "2025-01-10", customer_id=buyer)
    table = ageing_table(report(acme, "2025-01-20"), acme)
    assert b"".join(csv_chunks(table)).decode() == (
        "customer_name,currency,current,1_30_days,31_60_days,61_90_days,over_90_days,total_due\r\n"
        "Alpha,USD,0.00,1.00,0.00,0.00,0.00,1.00\r\n"
        "zeta,USD,0.00,1.00,0.00,0.00,0.00,1.00\r\n"
    )
    assert [(row["currency"], row["total_due"]) for row in table.totals] == [("USD", 200)]
