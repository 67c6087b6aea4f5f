"""The pages of the sales, tax and payments reports."""

from decimal import Decimal

import pytest
from django.test import Client

from accounts.actors import Actor
from tests import builders
from tests.billing.money import pay
from tests.billing.reports.figures import day

PAGES = ("sales", "tax", "payments")
JANUARY = "start=2025-01-01&end=2025-01-31"


@pytest.fixture
def sold(actor: Actor) -> str:
    """One paid invoice of 119.00 in dollars and one in euros; the customer's uuid."""
    vat = builders.tax_profile(actor, "19")
    payer = builders.customer(actor, "Payer")
    for currency in ("USD", "EUR"):
        invoice = builders.issued_invoice(
            actor,
            lines=[builders.line("100.00", tax_profile_id=vat.pk)],
            customer_id=payer.pk,
            currency=currency,
            exchange_rate=Decimal(1) if currency == "USD" else Decimal("1.1"),
            issue_date=day(1, 9),
        )
        pay(actor, invoice, "119.00", payment_date=day(1, 12), exchange_rate=Decimal("1.1"))
    return str(payer.uuid)


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_each_is_in_the_list_of_reports_and_opens(staff: Client, page: str) -> None:
    assert f'href="/reports/{page}"' in text_of(staff, "/reports")
    assert "2025" in text_of(staff, f"/reports/{page}")


def test_sales_has_a_chart_of_one_currency_and_the_figures_of_both(
    staff: Client, sold: str
) -> None:
    page = text_of(staff, f"/reports/sales?{JANUARY}&group_by=week&currency=")
    assert "Net sales by week, $100.00 in all" in page
    assert "$119.00" in page and "€119.00" in page
    alone = text_of(staff, f"/reports/sales?{JANUARY}&group_by=week&currency=EUR")
    assert "Net sales by week, €100.00 in all" in alone
    assert "$119.00" not in alone


def test_without_a_word_it_is_the_organizations_own_currency(staff: Client, sold: str) -> None:
    page = text_of(staff, "/reports/sales")
    assert "$119.00" in page
    assert "€119.00" not in page


def test_a_customer_leads_to_its_page_and_draws_no_chart(staff: Client, sold: str) -> None:
    page = text_of(staff, f"/reports/sales?{JANUARY}&group_by=customer")
    assert f'href="/customers/{sold}"' in page
    assert "chart-title" not in page


def test_tax_on_both_bases(staff: Client, sold: str) -> None:
    for basis in ("accrual", "cash"):
        page = text_of(staff, f"/reports/tax?{JANUARY}&basis={basis}&currency=")
        assert "VAT 19 %" in page
        assert "$19.00" in page and "€19.00" in page


def test_payments_by_method_in_words(staff: Client, sold: str) -> None:
    assert "Bank transfer" in text_of(staff, f"/reports/payments?{JANUARY}&group_by=method")


@pytest.mark.parametrize("page", PAGES)
def test_files(staff: Client, sold: str, page: str) -> None:
    sheet = staff.get(f"/reports/{page}?{JANUARY}&format=csv")
    assert sheet.headers["Content-Type"] == "text/csv"
    assert b"USD" in sheet.getvalue()
    assert staff.get(f"/reports/{page}?{JANUARY}&format=pdf").content.startswith(b"%PDF")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "query",
    ["start=2025-02-01&end=2025-01-01", "start=x", "group_by=x&basis=x", "currency=XYZ",
     "start=1900-01-01&end=2025-01-01", "start=0001-01-01&end=0001-01-01&group_by=year&basis=cash"],
)  # fmt: skip
def test_whatever_is_asked_it_is_an_answer_or_a_form(staff: Client, page: str, query: str) -> None:
    assert staff.get(f"/reports/{page}?{query}").status_code in (200, 422)


@pytest.mark.parametrize("page", PAGES)
def test_nothing_of_another_organization(stranger: Client, sold: str, page: str) -> None:
    assert "119.00" not in text_of(stranger, f"/reports/{page}?{JANUARY}")
    assert "19.00" not in text_of(stranger, f"/reports/{page}?{JANUARY}")
