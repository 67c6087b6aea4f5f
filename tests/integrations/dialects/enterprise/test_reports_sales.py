"""/v1/reports/sales, /v1/reports/tax and /v1/reports/payments."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.operations.credit_notes import create_credit_note
from billing.operations.refunds import refund_payment
from core.ids import uuid7
from integrations.dialects.enterprise.ids import wire_id
from tests import builders
from tests.billing.documents.pdfs import text
from tests.billing.money import pay
from tests.billing.reports.figures import day
from tests.instants import AT
from tests.v1 import V1, Answer, key_for

pytestmark = pytest.mark.django_db

JANUARY = "start_date=2025-01-01&end_date=2025-01-31"
NOUNS = ("sales", "tax", "payments")


@pytest.fixture
def sold(actor: Actor) -> dict[str, Any]:
    """Two invoices in dollars, one of them paid in part and credited in part, one in yen."""
    gst = builders.tax_profile(actor, "10", name="GST (10%)", type="GST")
    payer = builders.customer(actor, "=Globex")
    hosting = builders.product(actor, "1200.00", sku="HOST", tax_profile_id=gst.pk)
    common: dict[str, Any] = {"customer_id": payer.pk, "issue_date": day(1, 9)}
    one = builders.issued_invoice(
        actor, lines=[{"product_id": hosting.pk, "quantity": Decimal("2.5")}], **common
    )
    builders.issued_invoice(actor, lines=[builders.line("100.00", tax_profile_id=gst.pk)], **common)
    builders.issued_invoice(
        actor,
        lines=[builders.line("1000", tax_profile_id=gst.pk)],
        currency="JPY",
        exchange_rate=Decimal("0.0064"),
        **common,
    )
    payment = pay(actor, one, "1650.00", payment_date=day(1, 10), gateway="stripe", method="card")
    refund_payment(
        actor=actor, at=AT, payment_id=payment.pk, amount=Decimal(150), refund_date=day(1, 12)
    )
    create_credit_note(
        actor=actor,
        at=AT,
        invoice_id=one.pk,
        lines=[{"invoice_line_id": one.lines.get().pk, "quantity": Decimal("0.5")}],
        issue_date=day(1, 20),
    )
    return {"gst": gst, "payer": payer, "hosting": hosting}


def rows_of(answer: Answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_e8_sales_by_month_with_the_other_currency_below(v1: V1, sold: Any) -> None:
    shown = v1.get(f"/reports/sales?{JANUARY}").json
    assert shown["group_by"] == "month"
    assert shown["currency"] == "USD"
    (row,) = shown["data"]
    assert row == {
        "period": "2025-01-01",
        "period_end": "2025-01-31",
        "invoices_count": 2,
        "total_invoiced": Decimal("3410.00"),
        "total_paid": Decimal("1500.00"),
        "total_credited": Decimal("660.00"),
        "total_written_off": Decimal("0.00"),
        "total_outstanding": Decimal("1250.00"),
        "total_tax": Decimal("310.00"),
        "credit_notes_count": 1,
        "total_credit_notes": Decimal("660.00"),
        "net_sales": Decimal("2500.00"),
        "total_received": Decimal("1500.00"),
    }
    (other,) = shown["other_currencies"]
    assert (other["currency"], other["summary"]["total_invoiced"]) == ("JPY", 1100)


def test_one_currency_alone_takes_the_first_place(v1: V1, sold: Any) -> None:
    shown = v1.get(f"/reports/sales?{JANUARY}&currency=JPY").json
    assert (shown["currency"], shown["other_currencies"]) == ("JPY", [])
    assert shown["summary"]["total_invoiced"] == 1100


def test_sales_by_customer_and_by_product(v1: V1, sold: Any) -> None:
    (row,) = v1.get(f"/reports/sales?{JANUARY}&group_by=customer").json["data"]
    assert row["customer_id"] == wire_id("customer", sold["payer"].uuid)
    assert row["total_invoiced"] == Decimal("3410.00")
    shown = v1.get(f"/reports/sales?{JANUARY}&group_by=product").json
    assert shown["data"][0] == {
        "product_id": wire_id("product", sold["hosting"].uuid),
        "product_name": "Annual Web Hosting",
        "sku": "HOST",
        "quantity": 2,
        "invoices_count": 1,
        "net_invoiced": Decimal("3000.00"),
        "net_credited": Decimal("600.00"),
        "net_sales": Decimal("2400.00"),
    }
    assert shown["data"][1]["product_id"] is None
    assert shown["summary"]["net_sales"] == Decimal("2500.00")


def test_e7_tax_with_the_books_of_all_currencies(v1: V1, sold: Any) -> None:
    shown = v1.get(f"/reports/tax?{JANUARY}").json
    (row,) = shown["tax_profiles"]
    assert row["tax_profile_id"] == wire_id("tax profile", sold["gst"].uuid)
    assert (row["name"], row["type"], row["rate"]) == ("GST (10%)", "GST", 10)
    assert (row["total_sales"], row["total_tax_collected"]) == (2500, 250)
    assert (row["invoice_count"], row["credit_note_count"]) == (2, 1)
    assert shown["summary"]["net_sales"] == 2500
    (yen,) = shown["other_currencies"]
    assert yen["tax_profiles"][0]["total_tax_collected"] == 100
    assert yen["tax_profiles"][0]["accounting_tax_collected"] == Decimal("0.64")
    assert shown["books"] == [{"currency": "USD", "total_tax_collected": Decimal("250.64")}]


def test_c9_tax_on_the_cash_basis(v1: V1, sold: Any) -> None:
    shown = v1.get(f"/reports/tax?{JANUARY}&basis=cash").json
    assert shown["basis"] == "cash"
    # 1,500.00 of the 2,640.00 that are left of the invoice after its credit note: 136.36.
    assert shown["summary"]["total_tax_collected"] == Decimal("136.36")


def test_payments_by_method_with_refunds(v1: V1, sold: Any) -> None:
    (row,) = v1.get(f"/reports/payments?{JANUARY}&group_by=method").json["data"]
    assert row["payment_method"] == "card"
    assert (row["count"], row["amount"], row["refunded"], row["net"]) == (1, 1650, 150, 1500)
    (row,) = v1.get(f"/reports/payments?{JANUARY}&group_by=gateway").json["data"]
    assert row["gateway"] == "stripe"
    days = v1.get(f"/reports/payments?{JANUARY}&group_by=day").json["data"]
    assert len(days) == 31
    assert (days[11]["period"], days[11]["net"]) == ("2025-01-12", -150)


@pytest.mark.parametrize("noun", NOUNS)
def test_csv_and_pdf_by_parameter_and_by_accept(v1: V1, sold: Any, noun: str) -> None:
    sheet = v1.get(f"/reports/{noun}?{JANUARY}&format=csv")
    assert sheet.headers["Content-Type"].startswith("text/csv")
    assert rows_of(sheet)[0]["currency"] == "USD"
    assert v1.get(f"/reports/{noun}?{JANUARY}", Accept="text/csv").content == sheet.content
    paper = v1.get(f"/reports/{noun}?{JANUARY}&format=pdf")
    assert paper.headers["Content-Type"] == "application/pdf"
    assert "Acme GmbH" in text(paper.content)


def test_csv_has_ids_and_no_formula(v1: V1, sold: Any) -> None:
    (row, _yen) = rows_of(v1.get(f"/reports/sales?{JANUARY}&group_by=customer&format=csv"))
    assert row["customer_id"] == wire_id("customer", sold["payer"].uuid)
    assert row["customer_name"] == "'=Globex"
    assert row["total_outstanding"] == "1250.00"
    tax = rows_of(v1.get(f"/reports/tax?{JANUARY}&format=csv"))
    assert [(each["currency"], each["total_tax_collected"]) for each in tax] == [
        ("USD", "250.00"),
        ("JPY", "100"),
    ]
    (paid,) = rows_of(v1.get(f"/reports/payments?{JANUARY}&group_by=method&format=csv"))
    assert (paid["payment_method"], paid["net"]) == ("card", "1500.00")


@pytest.mark.parametrize("noun", NOUNS)
def test_by_default_it_is_the_year_so_far(v1: V1, noun: str) -> None:
    shown = v1.get(f"/reports/{noun}").json
    assert (shown["start_date"], shown["end_date"]) == ("2025-01-01", "2025-01-15")


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize(
    ("query", "param", "code"),
    [
        ("start_date=2025-02-01&end_date=2025-01-31", "end_date", "end_before_start"),
        ("start_date=2010-01-01&end_date=2025-01-31", "start_date", "range_too_long"),
        ("start_date=yesterday", "start_date", "invalid_parameter"),
        ("end_date=2025-02-30", "end_date", "invalid_parameter"),
        ("currency=XYZ", "currency", "invalid_parameter"),
        ("format=xml", "format", "invalid_parameter"),
        ("group=day", "group", "unknown_parameter"),
        ("customer_id=cus_nobody", "customer_id", "invalid_parameter"),
    ],
)
def test_a_wrong_parameter_is_named(v1: V1, noun: str, query: str, param: str, code: str) -> None:
    answer = v1.get(f"/reports/{noun}?{query}")
    assert answer.status == 400
    assert (answer.error["param"], answer.error["code"]) == (param, code)


@pytest.mark.parametrize(
    ("noun", "query"),
    [("sales", "group_by=hour"), ("payments", "group_by=product"), ("tax", "basis=accruals")],
)
def test_an_unknown_grouping_is_named(v1: V1, noun: str, query: str) -> None:
    answer = v1.get(f"/reports/{noun}?{query}")
    assert (answer.status, answer.error["param"]) == (400, query.partition("=")[0])


@pytest.mark.parametrize("noun", NOUNS)
def test_another_organizations_customer_is_as_unknown_as_nobody(
    v1: V1, mallory_actor: Actor, noun: str
) -> None:
    theirs = wire_id("customer", builders.customer(mallory_actor).uuid)
    nobody = wire_id("customer", uuid7())
    answers = [v1.get(f"/reports/{noun}?customer_id={each}") for each in (theirs, nobody)]
    assert [(each.status, each.error["code"]) for each in answers] == [
        (422, "unknown_reference")
    ] * 2


@pytest.mark.parametrize("noun", NOUNS)
def test_it_needs_the_scope(acme: Organization, clock: Any, noun: str) -> None:
    poor = V1(key_for(acme, "invoices:read", "payments:read"))
    assert poor.get(f"/reports/{noun}").status == 403


def test_nothing_of_another_organization(rival_v1: V1, sold: Any) -> None:
    for noun in ("sales", "payments"):
        shown = rival_v1.get(f"/reports/{noun}?{JANUARY}").json
        assert (shown["currency"], shown["other_currencies"]) == ("EUR", [])
    assert rival_v1.get(f"/reports/tax?{JANUARY}").json["tax_profiles"] == []
