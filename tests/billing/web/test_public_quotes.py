"""The public page of a quote: read it, say yes or no, and nothing happens by looking."""

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.actors import Actor
from billing.documents import quote_pdf
from billing.models import Quote
from billing.operations.quote_answers import decline_quote, open_quote
from billing.operations.quotes import update_quote
from billing.queries.quotes import get_quote
from core.models import Event
from tests.builders import draft_quote, line, tax_profile
from tests.instants import AT

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}"


@pytest.fixture(autouse=True)
def _at() -> Any:
    cache.clear()
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def draft(actor: Actor) -> Quote:
    tax = tax_profile(actor, "10")
    return draft_quote(
        actor, lines=[line("150.00", "40", name="Consulting", tax_profile_id=tax.pk)]
    )


@pytest.fixture
def quote(actor: Actor, draft: Quote) -> Quote:
    return open_quote(actor=actor, at=AT, quote_id=draft.pk)


def address(quote: Quote, tail: str = "") -> str:
    return f"/q/{quote.public_token}{tail}"


def fresh(quote: Quote) -> Quote:
    return get_quote(quote.organization_id, quote.pk)


def accept(client: Client, quote: Quote, **fields: Any) -> Any:
    return client.post(address(quote, "/accept"), {"name": "Homer", "version": 1, **fields})


def test_the_page_shows_the_figures_of_the_quote(client: Client, quote: Quote) -> None:
    answer = client.get(address(quote))
    page = answer.content.decode()
    assert answer.status_code == 200
    for text in ("QUO-2025-001", "$6,600.00", "Consulting", "Valid until Feb 14, 2025"):
        assert text in page, text
    assert 'name="name"' in page


def test_looking_changes_nothing(client: Client, quote: Quote) -> None:
    before = (Event.objects.count(), fresh(quote).updated_at)
    for tail in ("", "/pdf", "/theme.css"):
        assert client.get(address(quote, tail)).status_code == 200
        assert client.head(address(quote, tail)).status_code == 200
    for tail in ("/accept", "/decline", "/viewed"):
        assert client.get(address(quote, tail)).status_code == 405
    assert (Event.objects.count(), fresh(quote).updated_at) == before


def test_the_pdf_is_the_one_that_was_mailed(client: Client, quote: Quote, settings: Any) -> None:
    answer = client.get(address(quote, "/pdf"))
    url = f"{settings.BASE_URL}{address(quote)}"
    assert answer.content == quote_pdf(fresh(quote), public_url=url)
    assert answer["Content-Disposition"] == 'attachment; filename="Quote_QUO-2025-001.pdf"'


def test_the_customer_says_yes_with_a_name(client: Client, quote: Quote) -> None:
    answer = accept(client, quote, name="  Homer   Simpson ")
    assert (answer.status_code, answer["Location"]) == (302, address(quote))
    found = fresh(quote)
    assert (found.status, found.accepted_by, found.accepted_at) == (
        "accepted",
        "Homer Simpson",
        AT,
    )
    page = client.get(address(quote)).content.decode()
    assert "Accepted by Homer Simpson on Jan 15, 2025" in page
    assert 'name="name"' not in page
    event = Event.objects.get(type="quote.accepted")
    assert (event.actor_kind, event.organization_id) == ("customer", quote.organization_id)


def test_twice_is_answered_once(client: Client, quote: Quote) -> None:
    accept(client, quote)
    again = accept(client, quote, name="Moe")
    assert again.status_code == 409
    assert "can no longer be answered" in again.content.decode()
    assert fresh(quote).accepted_by == "Homer"
    assert Event.objects.filter(type="quote.accepted").count() == 1


def test_the_customer_says_no_and_why(client: Client, quote: Quote) -> None:
    answer = client.post(address(quote, "/decline"), {"reason": "Too dear", "version": "1"})
    assert answer.status_code == 302
    found = fresh(quote)
    assert (found.status, found.decline_reason) == ("declined", "Too dear")
    assert "Declined on Jan 15, 2025" in client.get(address(quote)).content.decode()


@pytest.mark.parametrize("name", ["", "   ", "\u200b"])
def test_a_yes_needs_a_name(client: Client, quote: Quote, name: str) -> None:
    answer = accept(client, quote, name=name)
    assert answer.status_code == 422
    assert "Please give your name" in answer.content.decode()
    assert fresh(quote).status == "open"


@pytest.mark.parametrize("version", ["", "0", "2", "x", "-1", "9" * 30])
def test_an_answer_to_another_version_is_refused(
    client: Client, quote: Quote, version: str
) -> None:
    answer = accept(client, quote, version=version)
    assert answer.status_code == 409
    assert "has changed since you opened it" in answer.content.decode()
    assert fresh(quote).status == "open"


def test_what_changed_meanwhile_is_shown_before_it_is_accepted(
    client: Client, actor: Actor, quote: Quote
) -> None:
    update_quote(actor=actor, at=AT, quote_id=quote.pk, lines=[line("9000.00")])
    page = accept(client, quote).content.decode()
    assert "$9,000.00" in page
    assert 'name="version" value="2"' in page
    assert accept(client, quote, version=2).status_code == 302


def test_after_the_last_day_it_can_be_read_but_not_accepted(
    client: Client, quote: Quote, _at: time_machine.Traveller
) -> None:
    _at.move_to(datetime.datetime(2025, 2, 14, 23, 30, tzinfo=datetime.UTC))
    page = client.get(address(quote)).content.decode()
    assert "This quote was valid until Feb 14, 2025" in page
    assert "Expired" in page
    assert 'name="name"' not in page
    assert accept(client, quote).status_code == 409
    assert fresh(quote).status == "open"


def test_a_form_from_elsewhere_is_refused(quote: Quote) -> None:
    client = Client(enforce_csrf_checks=True)
    assert accept(client, quote).status_code == 403
    assert fresh(quote).status == "open"


def test_the_pages_own_form_is_taken(quote: Quote) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get(address(quote))
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert found is not None
    # Without an origin a browser's own post would be refused: see public_access.
    assert page["Referrer-Policy"] == "same-origin"
    assert accept(client, quote, csrfmiddlewaretoken=found[1]).status_code == 302


@pytest.mark.parametrize("tail", ["", "/pdf", "/theme.css"])
def test_a_draft_and_a_wrong_link_look_the_same(client: Client, draft: Quote, tail: str) -> None:
    hidden = client.get(address(draft, tail))
    wrong = client.get(f"/q/{'x' * 22}{tail}")
    assert hidden.status_code == wrong.status_code == 404
    assert hidden.content == wrong.content
    assert "QUO-2025-001" not in hidden.content.decode()


def test_the_link_of_a_quote_opens_no_invoice(client: Client, quote: Quote) -> None:
    assert client.get(f"/i/{quote.public_token}").status_code == 404
    assert client.get(f"/pay/{quote.public_token}").status_code == 404


def test_headers_keep_it_private(client: Client, quote: Quote) -> None:
    answer = client.get(address(quote))
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Cache-Control"] == "no-store"
    assert "script-src" not in answer["Content-Security-Policy"]


def test_a_view_counts_once_after_a_second(
    client: Client, quote: Quote, _at: time_machine.Traveller
) -> None:
    found = re.search(r'data-proof="([^"]+)"', client.get(address(quote)).content.decode())
    assert found is not None
    client.post(address(quote, "/viewed"), {"proof": found[1]})
    assert fresh(quote).viewed_at is None
    _at.shift(2)
    for _ in range(2):
        assert client.post(address(quote, "/viewed"), {"proof": found[1]}).status_code == 204
    assert fresh(quote).viewed_at is not None
    assert Event.objects.filter(type="quote.viewed").count() == 1


def test_hostile_texts_stay_text(client: Client, actor: Actor) -> None:
    made = draft_quote(actor, lines=[line("1.00", name=EVIL)], notes=EVIL)
    quote = open_quote(actor=actor, at=AT, quote_id=made.pk)
    accept(client, quote, name=EVIL)
    page = client.get(address(quote)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "49" not in fresh(quote).accepted_by


def test_a_declined_quote_says_so_in_the_customers_language(client: Client, actor: Actor) -> None:
    made = draft_quote(actor, locale="de_DE")
    quote = open_quote(actor=actor, at=AT, quote_id=made.pk)
    page = client.get(address(quote))
    assert page["Content-Language"] == "de"
    assert "Angebot annehmen" in page.content.decode()
    decline_quote(actor=actor, at=AT, quote_id=quote.pk)
    assert "Abgelehnt am 15.01.2025" in client.get(address(quote)).content.decode()
