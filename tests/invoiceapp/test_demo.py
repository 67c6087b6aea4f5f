"""`manage.py demo`: a believable past, fresh credentials, and the contract's own example."""

import datetime
import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import authenticate as sign_in
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker
from stdnum import iban

from accounts.models import ApiKey, Application, BankAccount, Organization, User
from accounts.queries.api_keys import authenticate
from accounts.scopes import SCOPES
from billing.models import (
    Allocation,
    CreditNote,
    Customer,
    ExchangeRate,
    Invoice,
    NumberRegister,
    Payment,
    Quote,
    RecurringInvoice,
    Refund,
    ReminderPolicy,
    TaxProfile,
)
from billing.numbering import number_report
from billing.queries.invoices import status_word
from core import exactjson
from core.ids import decode_id
from core.models import Event
from integrations.demo.building import FULL, PAST, SMALL, Demo, ensure_demo
from integrations.models import Message, WebhookDelivery
from integrations.relay import relay

AT = datetime.datetime(2026, 6, 17, 14, 0, tzinfo=datetime.UTC)


# One process makes the data, and all tests look at it.
pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.rather_on_postgres]


@pytest.fixture(scope="module")
def full(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Demo]:
    """The whole story, told once for this module and taken back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield ensure_demo(at=AT, size=FULL, sandbox=SMALL)
        transaction.set_rollback(True)


def demo_json() -> dict[str, Any]:
    out = StringIO()
    call_command("demo", "--json", stdout=out)
    printed: dict[str, Any] = json.loads(out.getvalue())
    return printed


def test_the_past_has_every_state(full: Demo, db: None) -> None:
    rows = Invoice.objects.of(full.organization.pk).select_related("customer")
    words = Counter(status_word(invoice, AT.date()) for invoice in rows)
    assert 200 <= rows.count() <= 220
    assert words["paid"] > 100
    for word in ("draft", "sent", "viewed", "partially_paid", "overdue", "void", "uncollectible"):
        assert words[word] >= 2, words
    quotes = Counter(Quote.objects.of(full.organization.pk).values_list("status", flat=True))
    assert set(quotes) == {"draft", "open", "accepted", "declined", "converted"}
    assert sum(quotes.values()) == 24


def test_money_went_every_way(full: Demo, db: None) -> None:
    ours = full.organization.pk
    payments = Payment.objects.of(ours)
    assert {"succeeded", "failed", "pending"} <= set(payments.values_list("status", flat=True))
    assert sum(1 for payment in payments if payment.amount_unapplied) >= 2
    assert CreditNote.objects.of(ours).count() >= 8
    assert Refund.objects.of(ours).count() >= 8
    assert Refund.objects.of(ours).filter(credit_note=None).count() >= 3
    kinds = Allocation.objects.of(ours).values_list("kind", flat=True)
    assert set(kinds) == {"payment", "credit_note", "write_off"}
    assert Invoice.objects.of(ours).filter(instalments__isnull=False).exists()


def test_the_world_is_wide(full: Demo, db: None) -> None:
    ours = full.organization.pk
    customers = Customer.objects.of(ours)
    assert customers.count() == 42
    assert customers.values("country").distinct().count() >= 30
    assert all(email.endswith(".example") for email in customers.values_list("email", flat=True))
    invoices = Invoice.objects.of(ours)
    assert set(invoices.values_list("currency", flat=True)) == {"USD", "EUR", "GBP", "JPY"}
    assert ExchangeRate.objects.of(ours).count() == 3 * 19
    foreign = invoices.filter(currency="EUR")
    assert len({invoice.exchange_rate for invoice in foreign}) > 10
    assert {"S", "AE", "G"} <= set(TaxProfile.objects.of(ours).values_list("category", flat=True))
    assert Counter(BankAccount.objects.of(ours).values_list("is_default", flat=True)) == {True: 4}
    accounts = BankAccount.objects.of(ours).exclude(iban="").values_list("iban", flat=True)
    assert [iban.is_valid(number) for number in accounts] == [True, True]


def test_it_lies_in_the_past_in_the_order_it_happened(full: Demo, db: None) -> None:
    events = Event.objects.filter(organization_id=full.organization.pk).order_by("pk")
    assert events.first().occurred_at == AT - PAST  # type: ignore[union-attr]
    assert max(event.occurred_at for event in events) <= AT
    numbers = [
        invoice.issue_date
        for invoice in Invoice.objects.of(full.organization.pk).order_by("pk")
        if invoice.number
    ]
    assert numbers == sorted(numbers)


def test_nobody_is_told_of_it(full: Demo, db: None) -> None:
    tenants = [full.organization.pk, full.organization.sandbox.pk]
    assert not Event.objects.filter(organization_id__in=tenants, relayed_at=None).exists()
    assert not Message.objects.exists()
    relay()
    assert not WebhookDelivery.objects.exists()


def test_every_figure_adds_up_and_every_number_is_accounted_for(full: Demo, db: None) -> None:
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert "every figure adds up" in out.getvalue()
    for period in ("2025", "2026"):
        rows = NumberRegister.objects.of(full.organization.pk).filter(
            series__document="invoice", period=period
        )
        assert sorted(rows.values_list("n", flat=True)) == list(range(1, rows.count() + 1))
    report = number_report(organization_id=full.organization.pk, document="invoice", period="2025")
    assert report


def test_schedules_run_wait_and_pause(full: Demo, db: None) -> None:
    ours = RecurringInvoice.objects.of(full.organization.pk)
    assert Counter(ours.values_list("status", flat=True)) == {"active": 3, "paused": 1}
    assert sum(ours.values_list("runs_made", flat=True)) == 4
    assert all(each.next_run_at > AT for each in ours.filter(status="active") if each.next_run_at)
    twin = RecurringInvoice.objects.of(full.organization.sandbox.pk).get()
    assert (twin.status, twin.runs_made) == ("active", 0)
    enabled = ReminderPolicy.objects.filter(is_enabled=True).values_list("organization_id")
    assert enabled.count() == 2


def test_the_sandbox_has_a_past_of_its_own(full: Demo, db: None) -> None:
    twin = full.organization.sandbox
    assert 18 <= Invoice.objects.of(twin.pk).count() <= 22
    assert Customer.objects.of(twin.pk).count() == 6


def test_the_same_instant_tells_the_same_story(full: Demo, db: None) -> None:
    def told(organization: Organization) -> list[Any]:
        rows = Invoice.objects.of(organization.pk).order_by("pk")
        return list(rows.values_list("number", "customer__name", "total", "amount_paid", "status"))

    before = told(full.organization.sandbox)
    with transaction.atomic():
        Organization.objects.filter(pk=full.organization.pk).update(slug="moved-away")
        Organization.objects.filter(pk=full.organization.sandbox.pk).update(slug="moved-away-too")
        again = ensure_demo(at=AT, size=SMALL, sandbox=SMALL)
        assert again.is_new
        assert told(again.organization.sandbox) == before
        transaction.set_rollback(True)


def test_a_second_call_changes_nothing_but_the_secrets(full: Demo, db: None) -> None:
    counts = [model.objects.count() for model in (Invoice, Customer, Payment, Organization)]
    first, second = demo_json(), demo_json()
    assert [model.objects.count() for model in (Invoice, Customer, Payment, Organization)] == counts
    for area, name in (
        ("staff", "password"),
        ("enterprise", "api_key"),
        ("enterprise", "test_api_key"),
        ("enterprise", "client_secret"),
        ("backoffice", "api_key"),
        ("wallet", "client_key"),
        ("wallet", "client_secret"),
        ("directory", "api_key"),
        ("collector", "bearer"),
    ):
        assert first[area][name] != second[area][name]
    now = datetime.datetime.now(datetime.UTC)
    for area, name in (("enterprise", "api_key"), ("enterprise", "test_api_key")):
        assert authenticate(first[area][name], now) is None
        assert authenticate(second[area][name], now) is not None
    assert ApiKey.objects.filter(revoked_at=None).count() == 6
    assert first["enterprise"]["client_id"] == second["enterprise"]["client_id"]
    assert Application.objects.of(full.organization.pk).count() == 1


def test_the_printed_application_gets_a_token_that_works(full: Demo, db: None) -> None:
    access = demo_json()["enterprise"]
    body = {"grant_type": "client_credentials", "client_id": access["client_id"]}
    reply = Client().post(
        "/oauth/token",
        json.dumps({**body, "client_secret": access["client_secret"]}),
        content_type="application/json",
    )
    assert reply.status_code == 200, reply.content
    answer = Client().get(
        f"/v1/customers/{access['customer_id']}",
        headers={"Authorization": f"Bearer {reply.json()['access_token']}"},
    )
    assert answer.status_code == 200
    assert access["redirect_uri"].startswith("http://127.0.0.1:")


def test_the_credentials_open_what_they_should(full: Demo, db: None) -> None:
    access = demo_json()
    now = datetime.datetime.now(datetime.UTC)
    live = authenticate(access["enterprise"]["api_key"], now)
    test = authenticate(access["enterprise"]["test_api_key"], now)
    assert live is not None
    assert test is not None
    assert (live.organization, test.organization) == (
        full.organization,
        full.organization.sandbox,
    )
    assert live.scopes == list(SCOPES)
    for dialect, member in (
        ("backoffice", "api_key"),
        ("wallet", "client_secret"),
        ("directory", "api_key"),
        ("collector", "bearer"),
    ):
        key = authenticate(access[dialect][member], now, dialect)
        assert key is not None
        assert key.organization == full.organization
    staff = access["staff"]
    person = sign_in(None, email=staff["email"], password=staff["password"])
    assert person == full.owner
    client = Client()
    client.force_login(User.objects.get(pk=full.owner.pk))
    assert client.get("/admin/").status_code == 200


def test_the_printed_shape_is_the_documented_one(full: Demo, db: None) -> None:
    access = demo_json()
    assert {area: sorted(value) for area, value in access.items() if area != "base_url"} == {
        "staff": ["email", "password"],
        "enterprise": sorted(
            ["api_key", "test_api_key", "client_id", "client_secret", "redirect_uri"]
            + ["customer_id", "product_id", "tax_profile_id"]
        ),
        "backoffice": ["api_key"],
        "wallet": sorted(
            ["client_key", "client_secret", "customer_id", "wallet_id", "product_id", "tax_id"]
        ),
        "directory": ["api_key"],
        "collector": ["bearer"],
    }
    assert access["base_url"] == "http://testserver"
    assert access["wallet"]["wallet_id"] == demo_json()["wallet"]["wallet_id"]
    assert decode_id("cus", access["enterprise"]["customer_id"]) == full.customer.uuid


def test_the_text_names_the_address_the_login_and_each_way_in(full: Demo, db: None) -> None:
    out = StringIO()
    call_command("demo", stdout=out)
    text = out.getvalue()
    for words in ("http://testserver", "mara@juniperslate.example", "sk_live_", "sk_test_"):
        assert words in text
    for prefix in ("ak_", "ck_", "cs_", "ivk_"):
        assert f" {prefix}" in text


def test_the_create_example_of_the_v1_document_adds_up(full: Demo, db: None) -> None:
    access = demo_json()["enterprise"]
    body = {
        "customer_id": access["customer_id"],
        "issue_date": "2025-01-15",
        "due_date": "2025-02-14",
        "currency": "USD",
        "line_items": [
            {
                "description": "Web Development Services",
                "quantity": 40,
                "unit_price": 150,
                "tax_profile_id": access["tax_profile_id"],
            },
            {"product_id": access["product_id"], "quantity": 1},
        ],
        "discount_type": "percent",
        "discount_value": 10,
        "notes": "Payment due within 30 days",
        "terms": "Net 30",
        "template_id": "tmpl_modern",
        "auto_send": False,
    }
    response = Client().post(
        "/v1/invoices",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {access['api_key']}"},
    )
    assert response.status_code == 201, response.content
    answer = exactjson.loads(response.content)
    figures = [answer[name] for name in ("subtotal", "discount_total", "tax_total", "total")]
    assert figures == [Decimal("7200.00"), 720, 648, 7128]
    lines = [(line["tax_amount"], line["total"]) for line in answer["line_items"]]
    assert lines == [(600, 6600), (120, 1320)]
    assert answer["line_items"][1]["description"] == "Annual Web Hosting"
