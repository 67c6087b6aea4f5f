"""Writing, changing, sending and throwing away quotes in the browser."""

from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from billing.models import Quote
from billing.operations.quote_answers import open_quote
from tests.billing.web.test_invoice_editor import lines, row
from tests.builders import customer, draft_quote, tax_profile
from tests.instants import AT


def head(**fields: str) -> dict[str, str]:
    return {
        "customer": "Globex Corporation",
        "issue_date": "2025-01-15",
        "template": "tmpl_modern",
        **fields,
    }


def the_quote(actor: Actor) -> Quote:
    return Quote.objects.of(actor.organization_id).get()


def test_a_quote_is_written(staff: Client, actor: Actor) -> None:
    customer(actor)
    response = staff.post("/quotes/new", {**head(), **lines(row(), row("More", "2", "0.50"))})
    quote = the_quote(actor)
    assert response["Location"] == f"/quotes/{quote.uuid}"
    assert (quote.status, quote.total, quote.valid_until.isoformat()) == (
        "draft",
        10100,
        "2025-02-14",
    )


def test_the_sum_follows_what_is_typed(staff: Client, actor: Actor) -> None:
    customer(actor)
    vat = tax_profile(actor, rate="20")
    data = {**head(), **lines(row(price="100.00", tax=str(vat.uuid)))}
    page = staff.post("/quotes/totals", data).content.decode()
    assert "$120.00" in page
    assert not Quote.objects.exists()


def test_an_unknown_customer_is_named_beside_the_field(staff: Client, actor: Actor) -> None:
    response = staff.post("/quotes/new", {**head(customer="Nobody"), **lines(row())})
    assert response.status_code == 422
    assert "Nobody" in response.content.decode()
    assert not Quote.objects.exists()


def test_what_the_domain_refuses_is_named_beside_the_field(staff: Client, actor: Actor) -> None:
    customer(actor)
    data = {**head(valid_until="2025-01-01"), **lines(row())}
    response = staff.post("/quotes/new", data)
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert not Quote.objects.exists()


def test_an_open_quote_is_changed(staff: Client, actor: Actor) -> None:
    quote = draft_quote(actor)
    open_quote(actor=actor, at=AT, quote_id=quote.pk)
    path = f"/quotes/{quote.uuid}/edit"
    page = staff.get(path).content.decode()
    assert 'value="100.00"' in page
    version = str(the_quote(actor).version)
    data: dict[str, Any] = {**head(version=version), **lines(row(price="80.00"))}
    assert staff.post(path, data)["Location"] == f"/quotes/{quote.uuid}"
    assert (the_quote(actor).total, the_quote(actor).status) == (8000, "open")
    again = staff.post(path, data)
    assert again.status_code == 422
    assert the_quote(actor).total == 8000


@pytest.mark.parametrize("action", ["accept", "decline"])
def test_an_answered_quote_stays_as_it_was(staff: Client, actor: Actor, action: str) -> None:
    quote = draft_quote(actor)
    staff.post(f"/quotes/{quote.uuid}/open")
    staff.post(f"/quotes/{quote.uuid}/{action}")
    response = staff.get(f"/quotes/{quote.uuid}/edit")
    assert response["Location"] == f"/quotes/{quote.uuid}"
    assert "cannot be changed" in staff.get(f"/quotes/{quote.uuid}").content.decode()


def test_lines_come_and_go_without_scripts(staff: Client, actor: Actor) -> None:
    more = staff.post("/quotes/new", {**head(intent="add-line"), **lines(row())})
    assert more.content.decode().count('name="line"') == 2
    less = staff.post("/quotes/new", {**head(intent="remove-k0"), **lines(row(), row("Rest"))})
    assert less.content.decode().count('name="line"') == 1
    assert not Quote.objects.exists()


def test_sending_opens_the_quote(staff: Client, actor: Actor) -> None:
    quote = draft_quote(actor)
    path = f"/quotes/{quote.uuid}/send"
    assert "Sending opens the quote" in staff.get(path).content.decode()
    response = staff.post(path, {"to": "buyer@globex.test", "attach_pdf": "on"})
    assert response["Location"] == f"/quotes/{quote.uuid}"
    assert "is on its way to buyer@globex.test" in staff.get("/quotes").content.decode()
    assert the_quote(actor).status == "open"


def test_only_a_draft_is_thrown_away(staff: Client, actor: Actor) -> None:
    quote = draft_quote(actor)
    staff.post(f"/quotes/{quote.uuid}/open")
    staff.post(f"/quotes/{quote.uuid}/delete")
    assert the_quote(actor).status == "open"
    other = draft_quote(actor)
    staff.post(f"/quotes/{other.uuid}/delete")
    assert not Quote.objects.filter(pk=other.pk).exists()
