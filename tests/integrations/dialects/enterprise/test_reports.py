"""/v1/reports/aging, /v1/reports/cash-flow and statements of account."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.operations.payments import record_payment
from core.ids import uuid7
from integrations.dialects.enterprise.ids import wire_id
from tests.billing.documents.pdfs import text
from tests.billing.money import pay
from tests.builders import customer, issued_invoice
from tests.instants import AT
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture
def owing(actor: Actor) -> dict[str, str]:
    """The document's own ageing figures for two customers; their ids by name."""
    ids = {}
    figures: dict[str, list[tuple[str, str]]] = {
        "ACME Corporation": [("10000.00", "2025-01-20"), ("5000.00", "2025-01-19")],
        "Globex": [
            ("5000.00", "2025-02-15"),
            ("3500.00", "2024-12-21"),
            ("3200.00", "2024-12-20"),
            ("1100.00", "2024-11-20"),
            ("500.00", "2024-10-21"),
        ],
    }
    for name, rows in figures.items():
        buyer = customer(actor, name)
        ids[name] = wire_id("customer", buyer.uuid)
        for total, due in rows:
            issued_invoice(
                actor, total, customer_id=buyer.pk,
                issue_date=day("2024-10-01"), due_date=day(due),
            )  # fmt: skip
    return ids


def test_aging_has_the_documents_exact_shape(v1: V1, owing: dict[str, str]) -> None:
    answer = v1.get("/reports/aging?as_of_date=2025-01-20")
    assert answer.status == 200
    assert answer.json == {
        "object": "aging_report",
        "as_of_date": "2025-01-20",
        "currency": "USD",
        "aging_periods": [0, 30, 60, 90],
        "summary": {
            "current": Decimal("15000.00"),
            "1_30_days": Decimal("8500.00"),
            "31_60_days": Decimal("3200.00"),
            "61_90_days": Decimal("1100.00"),
            "over_90_days": Decimal("500.00"),
            "total_due": Decimal("28300.00"),
        },
        "customers": [
            {
                "customer_id": owing["ACME Corporation"],
                "customer_name": "ACME Corporation",
                "current": Decimal("10000.00"),
                "1_30_days": Decimal("5000.00"),
                "31_60_days": 0,
                "61_90_days": 0,
                "over_90_days": 0,
                "total_due": Decimal("15000.00"),
            },
            {
                "customer_id": owing["Globex"],
                "customer_name": "Globex",
                "current": Decimal("5000.00"),
                "1_30_days": Decimal("3500.00"),
                "31_60_days": Decimal("3200.00"),
                "61_90_days": Decimal("1100.00"),
                "over_90_days": Decimal("500.00"),
                "total_due": Decimal("13300.00"),
            },
        ],
        "other_currencies": [],
    }


@pytest.mark.usefixtures("owing")
def test_custom_periods_make_their_own_keys(v1: V1) -> None:
    answer = v1.get("/reports/aging?as_of_date=2025-01-20&aging_periods=15,60").json
    assert answer["aging_periods"] == [0, 15, 60]
    assert answer["summary"] == {
        "current": Decimal("15000.00"),
        "1_15_days": Decimal("5000.00"),
        "16_60_days": Decimal("6700.00"),
        "over_60_days": Decimal("1600.00"),
        "total_due": Decimal("28300.00"),
    }


def test_aging_is_of_today_and_everybody_unless_asked_otherwise(
    v1: V1, owing: dict[str, str], clock: Any
) -> None:
    assert v1.get("/reports/aging").json["as_of_date"] == "2025-01-15"
    narrowed = v1.get(f"/reports/aging?as_of_date=2025-01-20&customer_id={owing['Globex']}").json
    assert [row["customer_name"] for row in narrowed["customers"]] == ["Globex"]
    assert narrowed["summary"]["total_due"] == Decimal("13300.00")


def test_e4_every_other_currency_follows_in_the_same_shape(v1: V1, actor: Actor) -> None:
    buyer = customer(actor).pk
    for total, fields in (
        ("10.00", {}),
        ("5000", {"currency": "JPY", "exchange_rate": Decimal("0.0066")}),
    ):
        issued_invoice(actor, total, customer_id=buyer, due_date=day("2025-01-15"), **fields)
    both = v1.get("/reports/aging?as_of_date=2025-01-16").json
    (yen,) = both["other_currencies"]
    assert (both["currency"], both["summary"]["total_due"]) == ("USD", Decimal("10.00"))
    assert (yen["currency"], yen["summary"]["1_30_days"]) == ("JPY", 5000)
    assert set(yen) == set(both) - {"other_currencies"}
    alone = v1.get("/reports/aging?as_of_date=2025-01-16&currency=JPY").json
    assert (alone["currency"], alone["other_currencies"]) == ("JPY", [])


def test_e5_credits_are_shown_only_on_request(v1: V1, actor: Actor) -> None:
    record_payment(
        actor=actor, at=AT, amount=Decimal(30), currency="USD", method="cash",
        payment_date=day("2025-01-15"), customer_id=customer(actor).pk,
    )  # fmt: skip
    assert v1.get("/reports/aging?as_of_date=2025-01-16").json["customers"] == []
    shown = v1.get("/reports/aging?as_of_date=2025-01-16&include_credits=true").json
    assert shown["summary"] == {
        "current": Decimal("-30.00"),
        "1_30_days": 0,
        "31_60_days": 0,
        "61_90_days": 0,
        "over_90_days": 0,
        "total_due": Decimal("-30.00"),
        "unapplied_credits": Decimal("-30.00"),
    }


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("as_of_date=yesterday", "as_of_date"),
        ("aging_periods=60,30", "aging_periods"),
        ("aging_periods=", "aging_periods"),
        ("aging_periods=30,x", "aging_periods"),
        ("aging_periods=99999999999999999999", "aging_periods"),
        ("currency=XXQ", "currency"),
        ("format=xls", "format"),
        ("include_credits=1", "include_credits"),
        ("until=2025-01-01", "until"),
    ],
)
def test_a_wrong_parameter_is_named(v1: V1, query: str, param: str) -> None:
    answer = v1.get(f"/reports/aging?{query}")
    assert (answer.status, answer.error["param"]) == (400, param)


def test_another_tenants_customer_is_as_unknown_as_nobodys(v1: V1, mallory_actor: Actor) -> None:
    theirs = wire_id("customer", customer(mallory_actor).uuid)
    nobody = wire_id("customer", uuid7())
    answers = [v1.get(f"/reports/aging?customer_id={key}") for key in (theirs, nobody)]
    assert {(answer.status, answer.error["code"]) for answer in answers} == {
        (422, "unknown_reference")
    }
    assert v1.get(f"/customers/{theirs}/statement").status == 404


@pytest.mark.parametrize("path", ["/reports/aging", "/reports/cash-flow"])
def test_reports_need_their_scope(acme: Organization, path: str) -> None:
    assert V1(key_for(acme, "reports:read")).get(path).status == 200
    assert V1(key_for(acme, "invoices:read")).get(path).status == 403


def test_csv_has_ids_and_exact_digits(v1: V1, owing: dict[str, str]) -> None:
    answer = v1.get("/reports/aging?as_of_date=2025-01-20&format=csv")
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="aging_2025-01-20.csv"'
    assert answer.content.decode().splitlines() == [
        "customer_id,customer_name,currency,current,1_30_days,31_60_days,61_90_days,"
        "over_90_days,total_due",
        f"{owing['ACME Corporation']},ACME Corporation,USD,10000.00,5000.00,0.00,0.00,0.00,"
        "15000.00",
        f"{owing['Globex']},Globex,USD,5000.00,3500.00,3200.00,1100.00,500.00,13300.00",
    ]


def test_x4_a_customers_name_is_never_a_formula(v1: V1, actor: Actor) -> None:
    buyer = customer(actor, "=HYPERLINK(1)")
    issued_invoice(actor, "1.00", customer_id=buyer.pk, due_date=day("2025-01-15"))
    answer = v1.get("/reports/aging?as_of_date=2025-01-16&format=csv")
    assert ",'=HYPERLINK(1)," in answer.content.decode()


@pytest.mark.usefixtures("owing")
def test_pdf_shows_the_same_figures(v1: V1) -> None:
    answer = v1.get("/reports/aging?as_of_date=2025-01-20&format=pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    words = text(answer.content)
    assert "28,300.00" in words
    assert "ACME Corporation" in words


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/csv", "text/csv"),
        ("application/pdf", "application/pdf"),
        ("text/csv;q=0.5, application/json", "application/json"),
        ("*/*", "application/json"),
        ("image/png", "application/json"),
    ],
)
def test_accept_chooses_the_format(v1: V1, accept: str, media_type: str) -> None:
    answer = v1.get("/reports/aging?as_of_date=2025-01-20", Accept=accept)
    assert answer.headers["Content-Type"] == media_type
    assert "Accept" in answer.headers["Vary"]


def test_format_wins_over_accept(v1: V1) -> None:
    answer = v1.get("/reports/cash-flow?format=json", Accept="text/csv")
    assert answer.headers["Content-Type"] == "application/json"


def test_cash_flow_by_month(v1: V1, actor: Actor) -> None:
    pay(actor, issued_invoice(actor, "10.00"), "10.00", payment_date=day("2025-01-20"))
    answer = v1.get("/reports/cash-flow?start_date=2025-01-10&end_date=2025-02-28").json
    flow = {
        "payments": Decimal("10.00"),
        "refunds": 0,
        "other_in": 0,
        "other_out": 0,
        "net_cash_flow": Decimal("10.00"),
    }
    nothing = dict.fromkeys(flow, 0)
    ten = Decimal("10.00")
    assert answer == {
        "object": "cash_flow_report",
        "start_date": "2025-01-10",
        "end_date": "2025-02-28",
        "currency": "USD",
        "group_by": "month",
        "data": [
            {
                "period": "2025-01-10", "period_end": "2025-01-31",
                "opening_balance": 0, **flow, "closing_balance": ten,
            },
            {
                "period": "2025-02-01", "period_end": "2025-02-28",
                "opening_balance": ten, **nothing, "closing_balance": ten,
            },
        ],
        "summary": {"opening_balance": 0, **flow, "closing_balance": ten},
        "other_currencies": [],
    }  # fmt: skip


def test_cash_flow_by_account_and_by_method(v1: V1, actor: Actor) -> None:
    pay(actor, issued_invoice(actor, "10.00"), "10.00", payment_date=day("2025-01-20"))
    span = "start_date=2025-01-01&end_date=2025-01-31"
    accounts = v1.get(f"/reports/cash-flow?{span}&group_by=account").json["data"]
    assert [(row["account"], row["name"], row["closing_balance"]) for row in accounts] == [
        ("1000", "Cash", 0),
        ("1010", "Bank", Decimal("10.00")),
    ]
    (method,) = v1.get(f"/reports/cash-flow?{span}&group_by=method").json["data"]
    assert (method["method"], method["net_cash_flow"]) == ("bank_transfer", Decimal("10.00"))
    assert method["opening_balance"] is None


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("start_date=2025-02-01&end_date=2025-01-01", "end_before_start"),
        ("start_date=1990-01-01&end_date=2025-01-01", "range_too_long"),
        ("group_by=decade", "invalid_parameter"),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(v1: V1, query: str, code: str) -> None:
    answer = v1.get(f"/reports/cash-flow?{query}")
    assert (answer.status, answer.error["code"]) == (400, code)


def test_e6_a_statement_of_account(v1: V1, actor: Actor) -> None:
    buyer = customer(actor)
    issued_invoice(
        actor, "40.00", customer_id=buyer.pk, issue_date=day("2024-12-01"),
        due_date=day("2024-12-31"),
    )  # fmt: skip
    invoice = issued_invoice(
        actor, "100.00", customer_id=buyer.pk, issue_date=day("2025-01-02"),
        due_date=day("2025-01-10"),
    )  # fmt: skip
    payment = pay(actor, invoice, "60.00", payment_date=day("2025-01-15"), reference="Wire 7")
    key = wire_id("customer", buyer.uuid)
    answer = v1.get(f"/customers/{key}/statement?start_date=2025-01-01&end_date=2025-01-20").json
    assert answer["opening_balance"] == Decimal("40.00")
    assert answer["lines"] == [
        {
            "date": "2025-01-02",
            "type": "invoice",
            "description": "Invoice",
            "id": wire_id("invoice", invoice.uuid),
            "number": invoice.number,
            "reference": None,
            "due_date": "2025-01-10",
            "amount": Decimal("100.00"),
            "balance": Decimal("140.00"),
        },
        {
            "date": "2025-01-15",
            "type": "payment",
            "description": "Payment",
            "id": wire_id("payment", payment.uuid),
            "number": payment.number,
            "reference": "Wire 7",
            "due_date": None,
            "amount": Decimal("-60.00"),
            "balance": Decimal("80.00"),
        },
    ]
    assert answer["summary"] == {
        "invoiced": Decimal("100.00"),
        "paid": Decimal("60.00"),
        "credited": 0,
        "refunded": 0,
        "written_off": 0,
        "adjusted": 0,
    }
    assert answer["closing_balance"] == Decimal("80.00")
    assert [(item["amount_due"], item["days_overdue"]) for item in answer["open_items"]] == [
        (Decimal("40.00"), 20),
        (Decimal("40.00"), 10),
    ]
    assert (answer["unapplied_credits"], answer["other_currencies"]) == (0, [])


@pytest.mark.parametrize("word", ["csv", "pdf"])
def test_a_statement_as_a_file(v1: V1, actor: Actor, word: str) -> None:
    buyer = customer(actor)
    invoice = issued_invoice(actor, "100.00", customer_id=buyer.pk)
    key = wire_id("customer", buyer.uuid)
    query = f"start_date=2025-01-01&end_date=2025-01-31&format={word}"
    answer = v1.get(f"/customers/{key}/statement?{query}")
    assert answer.status == 200
    words = text(answer.content) if word == "pdf" else answer.content.decode()
    assert (invoice.number or "?") in words
    assert "100.00" in words


def test_a_statement_needs_both_scopes(acme: Organization, actor: Actor) -> None:
    path = f"/customers/{wire_id('customer', customer(actor).uuid)}/statement"
    assert V1(key_for(acme, "customers:read", "reports:read")).get(path).status == 200
    assert V1(key_for(acme, "customers:read")).get(path).status == 403
    assert V1(key_for(acme, "reports:read")).get(path).status == 403
