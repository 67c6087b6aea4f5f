"""The public page: the same figures as the PDF, nothing for strangers, no change by looking."""

import datetime
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import BankAccount, Membership, Organization, Role, User
from billing.documents import invoice_pdf
from billing.documents.building import invoice_view
from billing.models import Invoice
from billing.operations.issuing import void_invoice
from billing.operations.payments import record_payment
from billing.queries.invoices import get_invoice
from core.models import Event
from tests.builders import customer, draft_invoice, issued_invoice, line, tax_profile
from tests.instants import AT, TODAY

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}"


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def invoice(actor: Actor) -> Invoice:
    tax = tax_profile(actor, "10")
    lines = [line("150.00", "40", name="Consulting", tax_profile_ids=[tax.pk])]
    return issued_invoice(actor, lines=lines)


def address(invoice: Invoice, tail: str = "") -> str:
    return f"/i/{invoice.public_token}{tail}"


def proof_on(page: str) -> str:
    found = re.search(r'data-proof="([^"]*)"', page)
    assert found is not None
    return found.group(1)


def state(invoice: Invoice) -> tuple[Any, ...]:
    fresh = Invoice.objects.of(invoice.organization_id).get(pk=invoice.pk)
    return fresh.viewed_at, fresh.version, fresh.updated_at, Event.objects.count()


def viewed_events() -> int:
    return Event.objects.filter(type="invoice.viewed").count()


def post_proof(client: Client, invoice: Invoice, proof: str, **extra: Any) -> int:
    answer = client.post(address(invoice, "/viewed"), {"proof": proof}, **extra)
    return answer.status_code


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """later(seconds): the page's clock moves on."""

    def move(seconds: float) -> None:
        now = timezone.now() + datetime.timedelta(seconds=seconds)
        monkeypatch.setattr(timezone, "now", lambda: now)

    return move


def test_the_page_shows_the_figures_of_the_pdf(client: Client, invoice: Invoice) -> None:
    page = client.get(address(invoice)).content.decode()
    view = invoice_view(invoice, public_url="x")
    shown = [row.amount for row in view.totals] + [cell for row in view.rows for cell in row.cells]
    assert view.headline.amount == "$6,600.00"
    assert [text for text in shown if text not in page] == []
    for text in ("Invoice", str(invoice.number), "Globex Corporation", "Acme GmbH", "Consulting"):
        assert text in page


def test_the_pdf_is_the_one_that_is_mailed(client: Client, invoice: Invoice) -> None:
    answer = client.get(address(invoice, "/pdf"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="Invoice_{invoice.number}.pdf"'
    fresh = get_invoice(invoice.organization_id, invoice.pk)
    assert answer.content == invoice_pdf(fresh, public_url=f"http://testserver{address(invoice)}")


@pytest.mark.parametrize("tail", ["", "/pdf", "/theme.css"])
def test_headers_keep_the_link_private(client: Client, invoice: Invoice, tail: str) -> None:
    answer = client.get(address(invoice, tail))
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer.cookies == {}


def test_nothing_on_the_page_needs_a_looser_policy(client: Client, invoice: Invoice) -> None:
    page = client.get(address(invoice)).content.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)|\sstyle=|<style|\son\w+=|javascript:", page) == []


def test_text_of_users_stays_text(client: Client, actor: Actor) -> None:
    buyer = customer(actor, name=EVIL, address_line1=EVIL, contact_name=EVIL)
    lines = [line("1.00", name=EVIL, description=EVIL)]
    invoice = issued_invoice(
        actor, customer_id=buyer.pk, lines=lines, notes=EVIL, terms=EVIL, footer=EVIL
    )
    page = client.get(address(invoice)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 6
    assert "{{7*7}}" in page


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("tail", ["", "/pdf", "/theme.css"])
def test_b17_looking_changes_nothing(
    client: Client, invoice: Invoice, method: str, tail: str
) -> None:
    before = state(invoice)
    assert getattr(client, method)(address(invoice, tail)).status_code == 200
    assert state(invoice) == before


@pytest.mark.parametrize("tail", ["", "/pdf", "/theme.css"])
def test_only_looking_is_offered(client: Client, invoice: Invoice, tail: str) -> None:
    assert client.post(address(invoice, tail)).status_code == 405
    assert client.delete(address(invoice, tail)).status_code == 405
    assert client.get(address(invoice, "/viewed")).status_code == 405


def test_b17_a_page_that_stayed_open_counts_once(
    client: Client, invoice: Invoice, later: Any
) -> None:
    proof = proof_on(client.get(address(invoice)).content.decode())
    later(1.6)
    assert post_proof(client, invoice, proof) == 204
    assert post_proof(client, invoice, proof) == 204
    assert viewed_events() == 1
    event = Event.objects.get(type="invoice.viewed")
    assert (event.actor_kind, event.organization_id) == ("customer", invoice.organization_id)
    assert state(invoice)[0] is not None


def test_b17_the_beacon_needs_no_cookie_and_no_form_token(invoice: Invoice, later: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    proof = proof_on(strict.get(address(invoice)).content.decode())
    later(2)
    assert post_proof(strict, invoice, proof) == 204
    assert viewed_events() == 1


@pytest.mark.parametrize("seconds", [0, 0.5, 24 * 3600 + 60])
def test_b17_a_proof_too_young_or_too_old_does_not_count(
    client: Client, invoice: Invoice, later: Any, seconds: float
) -> None:
    proof = proof_on(client.get(address(invoice)).content.decode())
    later(seconds)
    assert post_proof(client, invoice, proof) == 204
    assert viewed_events() == 0


def test_b17_a_proof_of_another_link_does_not_count(
    client: Client, actor: Actor, invoice: Invoice, later: Any
) -> None:
    proof = proof_on(client.get(address(invoice)).content.decode())
    other = issued_invoice(actor)
    later(2)
    assert post_proof(client, other, proof) == 204
    assert viewed_events() == 0


@pytest.mark.parametrize("proof", ["", "x", "eyJ0IjoxfQ:forged", "\x00", "é" * 5000])
def test_b17_no_proof_does_not_count(client: Client, invoice: Invoice, proof: str) -> None:
    assert post_proof(client, invoice, proof) == 204
    assert viewed_events() == 0


@pytest.mark.parametrize(
    "header",
    [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}],
)
def test_b17_a_prefetch_gets_no_proof(
    client: Client, invoice: Invoice, header: dict[str, str]
) -> None:
    assert proof_on(client.get(address(invoice), headers=header).content.decode()) == ""


def test_b17_colleagues_do_not_count(
    client: Client, invoice: Invoice, bob: User, later: Any
) -> None:
    proof = proof_on(client.get(address(invoice)).content.decode())
    client.force_login(bob)
    assert proof_on(client.get(address(invoice)).content.decode()) == ""
    later(2)
    assert post_proof(client, invoice, proof) == 204
    assert viewed_events() == 0


def test_b17_a_customer_with_a_login_counts(
    client: Client, acme: Organization, invoice: Invoice, mallory: User, later: Any
) -> None:
    Membership.objects.create(
        organization=acme, user=mallory, role=Role.CUSTOMER, created_at=AT, updated_at=AT
    )
    client.force_login(mallory)
    proof = proof_on(client.get(address(invoice)).content.decode())
    later(2)
    assert post_proof(client, invoice, proof) == 204
    assert viewed_events() == 1


@pytest.mark.parametrize("tail", ["", "/pdf", "/theme.css"])
def test_k5_unknown_expired_and_draft_look_the_same(
    client: Client, actor: Actor, invoice: Invoice, tail: str
) -> None:
    draft = draft_invoice(actor)
    rows = Invoice.objects.of(actor.organization_id).filter(pk=invoice.pk)
    rows.update(public_link_expires_at=timezone.now() - datetime.timedelta(seconds=1))
    answers = [
        client.get(f"/i/{token}{tail}")
        for token in ("0" * 22, draft.public_token, invoice.public_token, "é\x00", "a" * 500)
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert len({answer.content for answer in answers}) == 1
    assert "This link does not open" in answers[0].content.decode()
    assert answers[0]["Cache-Control"] == "no-store"


def test_k5_a_void_invoice_is_gone_without_its_data(
    client: Client, actor: Actor, invoice: Invoice
) -> None:
    void_invoice(actor=actor, at=AT, invoice_id=invoice.pk, reason="mistake")
    for tail in ("", "/pdf", "/theme.css"):
        answer = client.get(address(invoice, tail))
        page = answer.content.decode()
        assert answer.status_code == 410
        for secret in (str(invoice.number), "Globex", "Acme", "6,600.00", "mistake"):
            assert secret not in page


def test_the_closed_page_speaks_the_readers_language(client: Client, db: None) -> None:
    page = client.get("/i/nothing", headers={"Accept-Language": "de"}).content.decode()
    assert '<html lang="de"' in page
    assert "Dieser Link öffnet nichts" in page


def test_k5_guessing_is_slowed_down(client: Client, invoice: Invoice) -> None:
    misses = [client.get(f"/i/{n:022}").status_code for n in range(60)]
    assert set(misses) == {404}
    assert client.get("/i/" + "9" * 22).status_code == 429
    slowed = client.get(address(invoice))
    assert (slowed.status_code, slowed["Retry-After"]) == (429, "60")
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.get(address(invoice)).status_code == 200


def test_hits_are_never_slowed_down(client: Client, invoice: Invoice) -> None:
    assert {client.get(address(invoice, "/theme.css")).status_code for _ in range(70)} == {200}


def test_how_to_pay_shows_the_account_and_a_code(client: Client, actor: Actor) -> None:
    BankAccount.objects.create(
        organization_id=actor.organization_id, name="Acme GmbH", iban="DE89370400440532013000",
        currency="EUR", is_default=True, created_at=AT, updated_at=AT,
    )  # fmt: skip
    buyer = customer(actor, currency="EUR")
    invoice = issued_invoice(actor, "119.00", customer_id=buyer.pk, currency="EUR")
    page = client.get(address(invoice)).content.decode()
    assert "DE89 3704 0044 0532 0130 00" in page
    assert 'data-copy="DE89370400440532013000"' in page
    assert 'src="data:image/svg+xml' in page
    assert "Scan to pay" in page


def test_a_paid_invoice_says_thank_you_and_asks_for_nothing(
    client: Client, actor: Actor, invoice: Invoice
) -> None:
    record_payment(
        actor=actor, at=AT, amount=Decimal("6600.00"), currency="USD", method="card",
        payment_date=TODAY, invoice_id=invoice.pk,
    )  # fmt: skip
    page = client.get(address(invoice)).content.decode()
    assert "Paid in full" in page
    assert "How to pay" not in page


def test_a_late_invoice_says_so(client: Client, actor: Actor) -> None:
    days = {"issue_date": datetime.date(2024, 12, 1), "due_date": datetime.date(2024, 12, 31)}
    late = issued_invoice(actor, **days)
    assert "Overdue" in client.get(address(late)).content.decode()


def test_the_accent_comes_as_a_style_sheet(
    client: Client, actor: Actor, acme: Organization
) -> None:
    Organization.objects.filter(pk=acme.pk).update(accent_color="#ffdd00")
    sheet = client.get(address(issued_invoice(actor), "/theme.css"))
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    content = sheet.content.decode()
    assert "--accent:#ffdd00;" in content
    assert "--on-accent:#171c26;" in content


def test_a_sandbox_page_is_marked_as_a_test(client: Client, sandbox_actor: Actor) -> None:
    page = client.get(address(issued_invoice(sandbox_actor))).content.decode()
    assert "Test document: not a request for payment" in page


def test_the_page_costs_a_fixed_number_of_queries(
    client: Client, actor: Actor, django_assert_num_queries: Any
) -> None:
    few = issued_invoice(actor)
    many = issued_invoice(actor, lines=[line("1.00") for _ in range(40)])
    for invoice in (few, many):
        with django_assert_num_queries(5):
            client.get(address(invoice))
