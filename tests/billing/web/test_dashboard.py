"""The dashboard's figures, its charts and what it asks for attention."""

import datetime

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.operations.api_keys import create_api_key
from billing.models import Instalment, Quote
from billing.operations.payments import mark_paid
from billing.operations.quote_answers import open_quote
from billing.queries.ageing import ageing
from billing.web.charts import bar_chart, stacked_bar
from integrations.models import WebhookEndpoint
from tests.builders import customer, draft_invoice, draft_quote, issued_invoice
from tests.instants import AT, TODAY


def test_the_figures_are_the_books(staff: Client, actor: Actor) -> None:
    late = TODAY - datetime.timedelta(days=20)
    issued_invoice(actor, "700.00", issue_date=late, due_date=late)
    issued_invoice(actor, "50.00")
    paid = issued_invoice(actor, "30.00")
    mark_paid(actor=actor, at=AT, invoice_id=paid.pk, payment_date=TODAY)
    draft_invoice(actor)
    page = staff.get("/").content.decode()
    for figure in ("$750.00", "$700.00", "$30.00", "2 open invoices", "$780.00"):
        assert figure in page
    assert "<strong>1</strong> overdue" in page
    assert "<strong>1</strong> still a draft" in page


def test_currencies_are_never_added(staff: Client, actor: Actor) -> None:
    issued_invoice(actor, "100.00")
    euros = customer(actor, "Initech", currency="EUR")
    issued_invoice(actor, "7.00", customer_id=euros.pk)
    page = staff.get("/?currency=EUR").content.decode()
    assert 'class="tile-figure">€7.00' in page
    assert "$100.00" in page
    assert "107" not in page


def test_an_empty_organization_is_shown_the_way(staff: Client) -> None:
    page = staff.get("/").content.decode()
    assert "To your first invoice" in page
    assert 'href="/customers/new"' in page


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
def test_e2_buckets(actor: Actor, due: str, bucket: int) -> None:
    day = datetime.date.fromisoformat(due)
    issued_invoice(actor, "10.00", issue_date=day, due_date=day)
    found = ageing(actor.organization_id, datetime.date(2025, 1, 20))["USD"]
    assert found.amounts == [1000 if i == bucket else 0 for i in range(5)]
    assert found.total == 1000


def test_c13_instalments_age_by_their_own_due_dates(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00", due_date=datetime.date(2025, 3, 31))
    for position, (due, amount) in enumerate([("2025-01-16", 4000), ("2025-03-31", 6000)], 1):
        Instalment.objects.create(
            organization_id=actor.organization_id,
            invoice=invoice,
            position=position,
            due_date=datetime.date.fromisoformat(due),
            amount=amount,
        )
    found = ageing(actor.organization_id, datetime.date(2025, 1, 20))["USD"]
    assert found.amounts == [6000, 4000, 0, 0, 0]


def test_a_chart_reaches_from_the_lowest_to_the_highest() -> None:
    chart = bar_chart([100, -50, 0], ["a", "b", "c"], ["1", "2", "3"])
    high, low, none = chart.bars
    assert high.y + high.height == chart.zero == low.y
    assert (high.height, low.height, none.height) == (109, 54, 0)


def test_a_chart_of_nothing_divides_by_nothing() -> None:
    assert [bar.height for bar in bar_chart([0, 0], ["a", "b"], ["", ""]).bars] == [0, 0]
    assert stacked_bar([0, 0], ["a", "b"]) == []


def test_parts_of_a_bar_fill_it() -> None:
    parts = stacked_bar([1, 0, 2], ["a", "b", "c"], width=300)
    assert [(part.x, part.width, part.index) for part in parts] == [(0, 100, 0), (100, 200, 2)]


def test_the_theme_is_kept_without_scripts(staff: Client) -> None:
    response = staff.post("/theme", {"theme": "night", "next": "/invoices"})
    assert response["Location"] == "/invoices"
    assert 'data-theme="night"' in staff.get("/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "javascript:alert(1)"])
def test_the_theme_form_leads_nowhere_else(staff: Client, target: str) -> None:
    assert staff.post("/theme", {"theme": "night", "next": target})["Location"] == "/"


def test_a_theme_nobody_made_is_ignored(staff: Client) -> None:
    staff.post("/theme", {"theme": '"><script>'})
    assert "theme" not in staff.cookies


def test_what_ends_soon_needs_attention(staff: Client, viewer: Client, actor: Actor) -> None:
    issued_invoice(actor, "10.00", due_date=TODAY + datetime.timedelta(days=8))
    open_quote(actor=actor, at=AT, quote_id=draft_quote(actor).pk)
    Quote.objects.update(valid_until=TODAY + datetime.timedelta(days=3))
    create_api_key(
        actor=actor,
        at=AT,
        organization_id=actor.organization_id,
        name="Shop",
        scopes=["invoices:read"],
        expires_at=AT + datetime.timedelta(days=5),
    )
    page = staff.get("/").content.decode()
    assert "<strong>1</strong> quote expires within seven days" in page
    assert "<strong>1</strong> API key ends within two weeks" in page
    assert "API key ends" not in viewer.get("/").content.decode()
    assert "Open invoices by the week they are due, $10.00 in all" in page


def test_webhooks_that_were_switched_off_need_attention(staff: Client, actor: Actor) -> None:
    issued_invoice(actor, "10.00")
    WebhookEndpoint.objects.create(
        organization_id=actor.organization_id,
        url="https://example.com/hook",
        is_active=False,
        disabled_at=AT,
        created_at=AT,
        updated_at=AT,
    )
    assert "<strong>1</strong> webhook was switched off" in staff.get("/").content.decode()
