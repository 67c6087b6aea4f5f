"""The customer's own documents: all of them, as files and as figures, and nobody else's."""

import datetime
import io
import re
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from billing.documents.printing import invoice_pdf
from billing.models import Customer, Invoice, Quote
from billing.operations.credit_notes import create_credit_note
from billing.operations.issuing import void_invoice
from billing.operations.payments import record_payment
from billing.operations.quote_answers import open_quote
from billing.queries.invoices import get_invoice
from billing.queries.statements import statement_of
from billing.reports.periods import Span
from billing.web.portal.words import WORDS
from core.models import Event
from tests.builders import customer, draft_invoice, draft_quote, issued_invoice
from tests.instants import AT, TODAY

DOCUMENTS = "/portal/acme/documents"


@pytest.fixture
def papers(actor: Actor, buyer: Customer) -> dict[str, Any]:
    """One document of each kind, of the customer's."""
    first = issued_invoice(actor, "100.00", customer_id=buyer.pk)
    paid = issued_invoice(actor, "60.00", customer_id=buyer.pk)
    payment = record_payment(
        actor=actor,
        at=AT,
        amount=Decimal("60.00"),
        currency="USD",
        method="cash",
        payment_date=TODAY,
        invoice_id=paid.pk,
    )
    tenth = [{"invoice_line_id": first.lines.get().pk, "quantity": Decimal("0.1")}]
    note = create_credit_note(actor=actor, at=AT, invoice_id=first.pk, lines=tenth, reason="Gift")
    quote = draft_quote(actor, "500.00", customer_id=buyer.pk)
    return {
        "invoices": first,
        "quotes": open_quote(actor=actor, at=AT, quote_id=quote.pk),
        "credit-notes": note,
        "payments": payment,
        "paid": paid,
    }


def test_every_kind_is_listed_shown_and_downloaded(portal: Client, papers: dict[str, Any]) -> None:
    for kind in ("invoices", "quotes", "credit-notes", "payments"):
        document = papers[kind]
        assert document.number in portal.get(f"{DOCUMENTS}/{kind}").content.decode()
        page = portal.get(f"{DOCUMENTS}/{kind}/{document.uuid}")
        assert page.status_code == 200
        assert document.number in page.content.decode()
        file = portal.get(f"{DOCUMENTS}/{kind}/{document.uuid}/pdf")
        assert file["Content-Type"] == "application/pdf"
        assert file.content.startswith(b"%PDF")
        assert document.number in file["Content-Disposition"]


def test_the_file_is_the_one_that_was_mailed(portal: Client, papers: dict[str, Any]) -> None:
    invoice = papers["invoices"]
    file = portal.get(f"{DOCUMENTS}/invoices/{invoice.uuid}/pdf").content
    url = f"http://testserver/i/{invoice.public_token}"
    assert file == invoice_pdf(get_invoice(invoice.organization_id, invoice.pk), public_url=url)


def test_others_documents_are_not_found(
    actor: Actor, mallory_actor: Actor, portal: Client, papers: dict[str, Any]
) -> None:
    other = customer(actor, name="Initech", email="ap@initech.test")
    elsewhere = customer(mallory_actor, name="Globex there", currency="EUR")
    foreign = [
        ("invoices", issued_invoice(actor, customer_id=other.pk)),
        ("invoices", issued_invoice(mallory_actor, customer_id=elsewhere.pk)),
        ("invoices", draft_invoice(actor, customer_id=papers["invoices"].customer_id)),
        ("quotes", draft_quote(actor, customer_id=other.pk)),
        ("quotes", papers["invoices"]),
    ]
    unknown = portal.get(f"{DOCUMENTS}/invoices/0195a3c0-0000-7000-8000-000000000000")
    assert unknown.status_code == 404
    for kind, document in foreign:
        answer = portal.get(f"{DOCUMENTS}/{kind}/{document.uuid}")
        assert answer.status_code == 404
        assert _without_tokens(answer) == _without_tokens(unknown)
        assert portal.get(f"{DOCUMENTS}/{kind}/{document.uuid}/pdf").status_code == 404
    page = portal.get(f"{DOCUMENTS}/invoices").content.decode()
    assert str(foreign[0][1].number) not in page
    assert portal.get(f"{DOCUMENTS}/drafts").status_code == 404


def _without_tokens(answer: Any) -> str:
    """The page without what a form must have anew each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def test_a_session_of_one_organization_opens_nothing_at_another(
    actor: Actor, mallory_actor: Actor, portal: Client, papers: dict[str, Any]
) -> None:
    customer(mallory_actor, name="Globex there", currency="EUR")
    thief = Client()
    thief.cookies["portal"] = portal.cookies["portal"].value
    assert thief.get("/portal/rival/statement").status_code == 303
    assert "Globex" not in thief.get("/portal/rival").content.decode()
    assert thief.get("/portal/acme/statement").status_code == 200


def test_lists_are_filtered(portal: Client, papers: dict[str, Any]) -> None:
    first, paid = papers["invoices"].number, papers["paid"].number

    def shown(query: str) -> list[bool]:
        page = portal.get(f"{DOCUMENTS}/invoices?{query}").content.decode()
        return [f">{first}</a>" in page, f">{paid}</a>" in page]

    assert shown("") == [True, True]
    assert shown("state=open") == [True, False]
    assert shown("state=paid") == [False, True]
    assert shown("state=overdue") == [False, False]
    assert shown("year=2025") == [True, True]
    assert shown("year=1999&state=nonsense") == [True, True]
    assert shown(f"q={paid}") == [False, True]
    assert shown("q=%00&after=garbage&year=%C2%B2") == [True, True]


def test_a_void_invoice_says_so_and_is_not_paid(
    actor: Actor, buyer: Customer, portal: Client
) -> None:
    invoice = issued_invoice(actor, customer_id=buyer.pk)
    void_invoice(actor=actor, at=AT, invoice_id=invoice.pk, reason="Mistake")
    page = portal.get(f"{DOCUMENTS}/invoices/{invoice.uuid}").content.decode()
    assert "mark-void" in page
    assert "/pay?invoice" not in page
    assert "Nothing is open" in portal.get("/portal/acme").content.decode()


def test_the_overview_adds_up_per_currency(actor: Actor, buyer: Customer, portal: Client) -> None:
    past = {"issue_date": datetime.date(2024, 11, 1), "due_date": datetime.date(2024, 12, 1)}
    issued_invoice(actor, "100.00", customer_id=buyer.pk)
    issued_invoice(actor, "23.45", customer_id=buyer.pk, **past)
    issued_invoice(actor, "7.00", customer_id=buyer.pk, currency="EUR")
    record_payment(
        actor=actor,
        at=AT,
        amount=Decimal("30.00"),
        currency="EUR",
        method="cash",
        payment_date=TODAY,
        customer_id=buyer.pk,
        allocations=[],
        exchange_rate=Decimal("1.1"),
    )
    page = portal.get("/portal/acme").content.decode()
    for text in ("US$123.45", "of which overdue: US$23.45", "€7.00", "€30.00"):
        assert text in page


def test_everything_is_one_archive(portal: Client, papers: dict[str, Any]) -> None:
    assert "Documents: 5" in portal.get("/portal/acme/everything").content.decode()
    answer = portal.get("/portal/acme/everything.zip?year=2025")
    assert answer.streaming
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    names = archive.namelist()
    assert len(names) == 6
    assert f"invoices/Invoice_{papers['invoices'].number}.pdf" in names
    assert archive.read(names[0]).startswith(b"%PDF")
    table = archive.read("documents.csv").decode()
    assert f"payments,{papers['payments'].number},2025-01-15,USD,60.00," in table
    empty = portal.get("/portal/acme/everything.zip?year=1999")
    inside = zipfile.ZipFile(io.BytesIO(b"".join(empty.streaming_content)))
    assert inside.namelist() == ["documents.csv"]


def test_an_archive_has_limits(
    portal: Client, papers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.web.portal.archive.MOST_DOCUMENTS", 3)
    assert portal.get("/portal/acme/everything.zip").status_code == 422
    monkeypatch.setattr("billing.web.portal.archive.MOST_DOCUMENTS", 500)
    answers = []
    for _ in range(11):
        answer = portal.get("/portal/acme/everything.zip")
        answers.append(answer.status_code)
        if answer.streaming:
            assert b"".join(answer.streaming_content)
    assert answers == [200] * 10 + [429]


def test_the_statement_is_the_ledgers(
    actor: Actor, portal: Client, buyer: Customer, papers: dict[str, Any]
) -> None:
    span = Span(datetime.date(2025, 1, 1), datetime.date(2025, 1, 31))
    section = statement_of(buyer.organization, buyer, span).sections[0]
    assert section.closing == 9000
    page = portal.get("/portal/acme/statement?start=2025-01-01&end=2025-01-31")
    text = page.content.decode()
    assert text.count("US$90.00") >= 2
    for line in section.lines:
        assert line.number in text
    later = portal.get("/portal/acme/statement?start=2025-02-01&end=2025-02-10").content.decode()
    # What was owed at the end is what is owed at the start.
    assert later.count("US$90.00") == 2
    assert "Nothing happened" in later
    file = portal.get("/portal/acme/statement.pdf?start=2025-01-01&end=2025-01-31")
    assert file.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    "query", ["start=2025-02-30", "start=x", "start=2025-02-01&end=2025-01-01", "start=1999-01-01"]
)
def test_a_strange_period_is_asked_for_again(portal: Client, query: str) -> None:
    assert portal.get(f"/portal/acme/statement?{query}").status_code == 422
    assert portal.get(f"/portal/acme/statement.pdf?{query}").status_code == 422


def test_a_quote_is_accepted_and_answers_are_final(portal: Client, papers: dict[str, Any]) -> None:
    quote = papers["quotes"]
    base = f"/portal/acme/quotes/{quote.uuid}"
    fresh = Quote.objects.get(pk=quote.pk)
    nameless = portal.post(f"{base}/accept", {"version": fresh.version})
    assert nameless.status_code == 422
    stale = portal.post(f"{base}/accept", {"version": fresh.version + 1, "name": "Homer"})
    assert stale.status_code == 409
    assert Quote.objects.get(pk=quote.pk).status == "open"
    answer = portal.post(f"{base}/accept", {"version": fresh.version, "name": "Homer Simpson"})
    assert answer.status_code == 303
    accepted = Quote.objects.get(pk=quote.pk)
    assert (accepted.status, accepted.accepted_by) == ("accepted", "Homer Simpson")
    event = Event.objects.get(type="quote.accepted")
    assert (event.actor_kind, event.actor_label) == ("portal", "ap@globex.test")
    late = portal.post(f"{base}/decline", {"version": accepted.version})
    assert late.status_code == 409
    assert Quote.objects.get(pk=quote.pk).status == "accepted"


def test_a_quote_of_another_customer_is_not_answered(actor: Actor, portal: Client) -> None:
    other = customer(actor, name="Initech", email="ap@initech.test")
    quote = open_quote(actor=actor, at=AT, quote_id=draft_quote(actor, customer_id=other.pk).pk)
    answer = portal.post(
        f"/portal/acme/quotes/{quote.uuid}/accept", {"version": quote.version, "name": "Homer"}
    )
    assert answer.status_code == 404
    assert Quote.objects.get(pk=quote.pk).status == "open"


def test_the_language_is_the_customers(actor: Actor, enter: Any) -> None:
    buyer = customer(actor, name="Müller", email="m@mueller.test", locale="de_DE")
    issued_invoice(actor, "1234.50", customer_id=buyer.pk)
    page = enter("m@mueller.test").get("/portal/acme")
    text = page.content.decode()
    assert page["Content-Language"] == "de"
    assert '<html lang="de" dir="ltr">' in text
    assert "1.234,50" in text
    assert "Offene Rechnungen" in text


def test_every_language_has_every_word() -> None:
    for words in WORDS.values():
        assert words.keys() == WORDS["en"].keys()
        assert all(text.strip() for text in words.values())


def test_looking_changes_nothing(portal: Client, papers: dict[str, Any]) -> None:
    before = Event.objects.count(), Invoice.objects.values_list("pk", "version", "viewed_at")[0]
    uuid = papers["invoices"].uuid
    pages = ["", "/documents/invoices", f"/documents/invoices/{uuid}", "/pay", "/statement"]
    for path in (*pages, f"/pay?invoice={uuid}", "/details", "/everything"):
        assert portal.get(f"/portal/acme{path}").status_code == 200
    after = Event.objects.count(), Invoice.objects.values_list("pk", "version", "viewed_at")[0]
    assert after == before
