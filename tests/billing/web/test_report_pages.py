"""The pages of ageing, open items, cash flow and statements of account."""

import datetime

import pytest
from django.test import Client

from accounts.actors import Actor
from billing.models import Customer, Invoice
from billing.operations.issuing import mark_uncollectible
from billing.operations.write_offs import write_off
from billing.web import reports
from tests.billing.documents.pdfs import text
from tests.billing.money import pay
from tests.builders import customer, issued_invoice
from tests.instants import AT, TODAY


def day(written: str) -> datetime.date:
    return datetime.date.fromisoformat(written)


@pytest.fixture
def late(actor: Actor) -> Invoice:
    """100.00 of Globex, due on 10 January, of which 40.00 came on the 15th."""
    buyer = customer(actor, "Globex")
    row = issued_invoice(
        actor, "100.00", customer_id=buyer.pk, issue_date=day("2025-01-02"),
        due_date=day("2025-01-10"),
    )  # fmt: skip
    pay(actor, row, "40.00", payment_date=day("2025-01-15"))
    return row


def page_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_of_reports_leads_to_each(staff: Client) -> None:
    page = page_of(staff, "/reports")
    for address in ("/reports/aging", "/reports/cash-flow"):
        assert f'href="{address}"' in page


def test_ageing_as_of_a_date_leads_to_the_open_items(staff: Client, late: Invoice) -> None:
    page = page_of(staff, "/reports/aging?as_of=2025-01-14&periods=30,60,90")
    assert page.count("$100.00") >= 2
    assert f"/customers/{late.customer.uuid}/open-items?as_of=2025-01-14" in page
    assert "$60.00" in page_of(staff, "/reports/aging?as_of=2025-01-15&periods=30")
    items = page_of(staff, f"/customers/{late.customer.uuid}/open-items?as_of=2025-01-15")
    assert f'href="/invoices/{late.uuid}"' in items
    assert "$60.00" in items


def test_ageing_is_of_today_unless_asked_otherwise(staff: Client) -> None:
    assert 'value="30, 60, 90"' in page_of(staff, "/reports/aging")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("as_of=yesterday", "Enter a valid date."),
        ("periods=x", "Write days, such as 30, 60, 90."),
        ("periods=60,30", "The periods must be days that rise, from 1 to 3650."),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field(
    staff: Client, query: str, sentence: str
) -> None:
    response = staff.get(f"/reports/aging?{query}")
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_a_span_that_ends_before_it_starts_is_said_too(staff: Client) -> None:
    response = staff.get("/reports/cash-flow?start=2025-02-01&end=2025-01-01")
    assert response.status_code == 422
    assert "before it starts" in response.content.decode()


def test_cash_flow_by_month(staff: Client, late: Invoice) -> None:
    page = page_of(staff, "/reports/cash-flow?start=2025-01-01&end=2025-02-28&group_by=month")
    assert page.count("$40.00") >= 3


def test_a_statement_leads_to_its_documents(staff: Client, late: Invoice) -> None:
    address = f"/customers/{late.customer.uuid}/statement?start=2025-01-01&end=2025-01-31"
    page = page_of(staff, address)
    assert f'href="/invoices/{late.uuid}"' in page
    assert "Closing balance" in page
    assert "$60.00" in page


def test_files_for_people_have_titles_and_open_in_a_spreadsheet(
    staff: Client, late: Invoice
) -> None:
    response = staff.get("/reports/aging?as_of=2025-01-15&periods=30&format=csv")
    assert response["Content-Disposition"] == 'attachment; filename="aging_2025-01-15.csv"'
    assert response.getvalue().decode() == (  # type: ignore[attr-defined]
        "\ufeffCustomer,Currency,Not yet due,1–30 days,Over 30 days,Total due\r\n"
        "Globex,USD,0.00,60.00,0.00,60.00\r\n"
    )


@pytest.mark.parametrize("page", ["reports/aging", "reports/cash-flow", "statement"])
def test_each_is_a_pdf_too(staff: Client, late: Invoice, page: str) -> None:
    if page == "statement":
        page = f"customers/{late.customer.uuid}/statement"
    response = staff.get(f"/{page}?start=2025-01-01&end=2025-12-31&format=pdf")
    assert response["Content-Type"] == "application/pdf"
    assert "Acme GmbH" in text(response.content)


def test_a_long_report_shows_its_beginning(
    staff: Client, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "MOST_SHOWN", 1)
    for name in ("Alpha", "Beta"):
        buyer: Customer = customer(actor, name)
        issued_invoice(actor, "1.00", customer_id=buyer.pk, due_date=TODAY)
    page = page_of(staff, "/reports/aging?as_of=2025-01-15&periods=30")
    assert "Alpha" in page and "Beta" not in page
    assert "the first 1 rows" in page


def test_another_tenants_customer_is_not_found(staff: Client, mallory_actor: Actor) -> None:
    theirs = customer(mallory_actor).uuid
    for page in ("statement", "open-items"):
        assert staff.get(f"/customers/{theirs}/{page}").status_code == 404


def test_b10_bad_debt_can_be_paid_from_its_page(staff: Client, actor: Actor) -> None:
    lost = issued_invoice(actor, "100.00")
    mark_uncollectible(actor=actor, at=AT, invoice_id=lost.pk)
    write_off(actor=actor, at=AT, invoice_id=lost.pk, on=TODAY, reason="Insolvent")
    assert f"/invoices/{lost.uuid}/pay" in page_of(staff, f"/invoices/{lost.uuid}")
    assert 'value="100.00"' in page_of(staff, f"/invoices/{lost.uuid}/pay")
