"""The tax report on the accrual basis: E7, A22."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from billing.operations.credit_notes import create_credit_note, void_credit_note
from billing.operations.issuing import void_invoice
from billing.operations.tax_profiles import update_tax_profile
from billing.reports.tax import TaxRow, TaxSection, accrual_report
from tests import builders
from tests.billing.reports.figures import FIRST_QUARTER, JANUARY, Span, day, scope
from tests.instants import AT

pytestmark = pytest.mark.usefixtures("books_add_up")


def report(actor: Actor, span: Span = JANUARY, **fields: Any) -> TaxSection:
    return accrual_report(scope(actor, span, **fields)).sections[0]


def figures(rows: list[TaxRow]) -> dict[str, tuple[int, int]]:
    return {row.name: (row.sums.base, row.sums.tax) for row in rows}


def taxed(profile: Any, price: str, **fields: Any) -> dict[str, Any]:
    return builders.line(price, tax_profile_id=profile.pk, **fields)


def test_e7_invoices_less_credit_notes_without_drafts_and_void_ones(actor: Actor) -> None:
    vat = builders.tax_profile(actor, "19")
    payer = builders.customer(actor).pk
    kept: dict[str, Any] = {"customer_id": payer, "lines": [taxed(vat, "100.00", quantity="3")]}
    one = builders.issued_invoice(actor, issue_date=day(1, 10), **kept)
    builders.issued_invoice(actor, issue_date=day(2, 10), **kept)
    void = builders.issued_invoice(actor, issue_date=day(1, 11), **kept)
    void_invoice(actor=actor, at=AT, invoice_id=void.pk)
    builders.draft_invoice(actor, issue_date=day(1, 12), **kept)
    lines = [{"invoice_line_id": one.lines.get().pk, "quantity": Decimal(1)}]
    create_credit_note(actor=actor, at=AT, invoice_id=one.pk, lines=lines, issue_date=day(2, 20))
    january = report(actor)
    assert figures(january.rows) == {"VAT 19 %": (30000, 5700)}
    assert (january.rows[0].invoices_count, january.rows[0].credit_notes_count) == (1, 0)
    february = report(actor, Span(day(2, 1), day(2, 28)))
    assert figures(february.rows) == {"VAT 19 %": (20000, 3800)}
    assert (february.rows[0].invoices_count, february.rows[0].credit_notes_count) == (1, 1)
    quarter = report(actor, FIRST_QUARTER)
    assert (quarter.total_sales, quarter.total_tax, quarter.net_sales) == (50000, 9500, 50000)


def test_a_period_can_owe_less_than_nothing(actor: Actor) -> None:
    vat = builders.tax_profile(actor, "19")
    invoice = builders.issued_invoice(actor, lines=[taxed(vat, "100.00")], issue_date=day(1, 10))
    note = create_credit_note(actor=actor, at=AT, invoice_id=invoice.pk, issue_date=day(2, 1))
    february = Span(day(2, 1), day(2, 28))
    assert figures(report(actor, february).rows) == {"VAT 19 %": (-10000, -1900)}
    void_credit_note(actor=actor, at=AT, credit_note_id=note.pk, on=day(2, 2))
    assert report(actor, february).rows == []


def test_a3_mixed_rates_after_a_discount(actor: Actor) -> None:
    high = builders.tax_profile(actor, "19")
    low = builders.tax_profile(actor, "7")
    builders.issued_invoice(
        actor,
        lines=[taxed(high, "100.00"), taxed(low, "50.00")],
        discount_type="percent",
        discount_value=Decimal(10),
    )
    section = report(actor)
    assert figures(section.rows) == {"VAT 19 %": (9000, 1710), "VAT 7 %": (4500, 315)}
    assert (section.total_sales, section.total_tax) == (13500, 2025)


def test_a22_one_subtotal_on_the_document_and_two_profiles_in_the_report(actor: Actor) -> None:
    goods = builders.tax_profile(actor, "21", name="VAT goods")
    services = builders.tax_profile(actor, "21", name="VAT services")
    invoice = builders.issued_invoice(
        actor, lines=[taxed(goods, "50.00"), taxed(services, "30.00")]
    )
    (group,) = invoice.taxes.all()
    assert (group.base_amount, group.tax_amount) == (8000, 1680)
    section = report(actor)
    assert figures(section.rows) == {"VAT goods": (5000, 1050), "VAT services": (3000, 630)}
    assert [row.invoices_count for row in section.rows] == [1, 1]


def test_a22_the_parts_of_a_subtotal_lose_no_cent(actor: Actor) -> None:
    one = builders.tax_profile(actor, "5", name="Federal")
    two = builders.tax_profile(actor, "5", name="Provincial")
    lines = [taxed(one, "0.29"), taxed(two, "0.29"), taxed(two, "0.30", quantity="3")]
    invoice = builders.issued_invoice(
        actor, lines=lines, discount_type="fixed", discount_value=Decimal("0.11")
    )
    section = report(actor)
    assert len(section.rows) == 2
    assert section.total_tax == invoice.tax_total == 7
    assert section.total_sales == 137
    create_credit_note(
        actor=actor,
        at=AT,
        invoice_id=invoice.pk,
        lines=[{"invoice_line_id": invoice.lines.all()[1].pk, "quantity": Decimal(1)}],
        issue_date=day(2, 1),
    )
    february = report(actor, Span(day(2, 1), day(2, 28)))
    assert [row.name for row in february.rows] == ["Provincial"]
    create_credit_note(actor=actor, at=AT, invoice_id=invoice.pk, issue_date=day(3, 1))
    whole = report(actor, FIRST_QUARTER)
    assert (whole.total_tax, whole.total_sales) == (0, 0)


def test_a22_profiles_that_agreed_once_stay_apart_after_one_is_changed(actor: Actor) -> None:
    goods = builders.tax_profile(actor, "21", name="VAT goods")
    services = builders.tax_profile(actor, "21", name="VAT services")
    builders.issued_invoice(actor, lines=[taxed(goods, "50.00"), taxed(services, "30.00")])
    update_tax_profile(actor=actor, at=AT, tax_profile_id=services.pk, rate=Decimal(9))
    rows = report(actor).rows
    assert [(row.name, row.key.rate, row.sums.tax) for row in rows] == [
        ("VAT goods", Decimal(21), 1050),
        ("VAT services", Decimal(21), 630),
    ]


def test_two_taxes_on_one_line_count_its_net_once_in_net_sales(actor: Actor) -> None:
    gst = builders.tax_profile(actor, "5", name="GST", type="GST")
    qst = builders.tax_profile(actor, "9.975", name="QST", type="QST")
    line = builders.line("140.00", tax_profile_ids=[gst.pk, qst.pk])
    builders.issued_invoice(actor, lines=[line])
    section = report(actor)
    assert figures(section.rows) == {"GST": (14000, 700), "QST": (14000, 1397)}
    assert [row.type for row in section.rows] == ["GST", "QST"]
    assert (section.total_sales, section.net_sales) == (28000, 14000)


def test_a9_a_compound_tax_is_charged_on_the_tax_before_it(actor: Actor) -> None:
    a = builders.tax_profile(actor, "5", name="A")
    b = builders.tax_profile(actor, "8", name="B", is_compound=True)
    line = builders.line("100.00", tax_profile_ids=[a.pk, b.pk])
    builders.issued_invoice(actor, lines=[line])
    assert figures(report(actor).rows) == {"A": (10000, 500), "B": (10500, 840)}


def test_a10_a_fixed_tax_in_the_base_of_the_next(actor: Actor) -> None:
    eco = builders.tax_profile(
        actor,
        "0",
        name="Eco",
        kind="fixed",
        fixed_amount=Decimal("0.30"),
        currency="USD",
        is_in_tax_base=True,
    )
    vat = builders.tax_profile(actor, "6", name="VAT")
    line = builders.line("1.90", "2", tax_profile_ids=[eco.pk, vat.pk])
    builders.issued_invoice(actor, lines=[line])
    assert figures(report(actor).rows) == {"Eco": (380, 60), "VAT": (440, 26)}


def test_a12_a_tax_inside_the_price(actor: Actor) -> None:
    vat = builders.tax_profile(actor, "19", is_inclusive=True)
    builders.issued_invoice(actor, lines=[taxed(vat, "340.00"), taxed(vat, "13.90")])
    assert figures(report(actor).rows) == {"VAT 19 %": (29739, 5651)}


def test_exempt_customers_stand_in_a_row_with_the_reason(actor: Actor) -> None:
    vat = builders.tax_profile(actor, "19")
    hosting = builders.product(actor, "1200.00", tax_profile_id=vat.pk)
    exempt = builders.customer(actor, is_tax_exempt=True)
    builders.issued_invoice(
        actor,
        customer_id=exempt.pk,
        lines=[{"product_id": hosting.pk, "quantity": Decimal(1)}],
    )
    (row,) = report(actor).rows
    assert (row.profile, row.name, row.key.category) == (None, "Tax exempt", "E")
    assert (row.sums.base, row.sums.tax) == (120000, 0)
    assert row.reasons


def test_f4_tax_in_a_foreign_currency_is_also_shown_in_the_books_currency(actor: Actor) -> None:
    vat = builders.tax_profile(actor, "19")
    builders.issued_invoice(
        actor,
        lines=[taxed(vat, "100.00")],
        currency="EUR",
        exchange_rate=Decimal("1.0837"),
    )
    builders.issued_invoice(actor, lines=[taxed(vat, "10.00")])
    usd, eur = accrual_report(scope(actor)).sections
    assert (usd.currency, usd.total_tax, usd.accounting()) == ("USD", 190, {"USD": 190})
    assert (eur.currency, eur.total_tax, eur.accounting()) == ("EUR", 1900, {"USD": 2059})


def test_one_customer_and_one_currency(actor: Actor) -> None:
    vat = builders.tax_profile(actor, "10")
    wanted = builders.customer(actor, "Wanted")
    builders.issued_invoice(actor, lines=[taxed(vat, "10.00")], customer_id=wanted.pk)
    builders.issued_invoice(actor, lines=[taxed(vat, "20.00")])
    builders.issued_invoice(actor, lines=[taxed(vat, "40.00")], currency="EUR")
    assert report(actor, customer_id=wanted.pk).total_tax == 100
    alone = accrual_report(scope(actor, currency="EUR", is_alone=True)).sections
    assert [(section.currency, section.total_tax) for section in alone] == [("EUR", 400)]


def test_nothing_of_another_organization(actor: Actor, mallory_actor: Actor) -> None:
    vat = builders.tax_profile(mallory_actor, "10")
    builders.issued_invoice(mallory_actor, lines=[taxed(vat, "10.00")], currency="USD")
    assert report(actor).rows == []
