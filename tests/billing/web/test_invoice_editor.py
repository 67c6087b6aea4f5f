"""Writing an invoice in the browser, with and without scripts."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import Organization, User
from billing.models import Invoice
from billing.operations.customers import update_customer
from billing.operations.invoices import update_invoice
from core.models import Event
from tests.builders import customer, draft_invoice, issued_invoice, line, product, tax_profile
from tests.instants import AT


def head(**fields: str) -> dict[str, str]:
    return {
        "customer": "Globex Corporation",
        "issue_date": "2025-01-15",
        "template": "tmpl_modern",
        **fields,
    }


def lines(*rows: dict[str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {"line": [f"k{i}" for i in range(len(rows))]}
    for i, row in enumerate(rows):
        data |= {f"k{i}-{name}": value for name, value in row.items()}
    return data


def row(
    name: str = "Work", quantity: str = "1", price: str = "100.00", **more: str
) -> dict[str, str]:
    return {"name": name, "quantity": quantity, "unit_price": price, **more}


def the_invoice(actor: Actor) -> Invoice:
    return Invoice.objects.of(actor.organization_id).get()


def test_a_draft_is_written(staff: Client, actor: Actor) -> None:
    customer(actor)
    response = staff.post("/invoices/new", {**head(), **lines(row())})
    invoice = the_invoice(actor)
    assert response["Location"] == f"/invoices/{invoice.uuid}"
    assert (invoice.status, invoice.total, invoice.currency) == ("draft", 10000, "USD")
    assert (invoice.issue_date.isoformat(), invoice.due_date.isoformat()) == (
        "2025-01-15",
        "2025-02-14",
    )


def test_one_button_writes_and_issues(staff: Client, actor: Actor) -> None:
    customer(actor)
    staff.post("/invoices/new", {**head(intent="issue"), **lines(row())})
    assert the_invoice(actor).status == "issued"


def test_a2_the_seed_vector(staff: Client, actor: Actor) -> None:
    customer(actor)
    tax = str(tax_profile(actor, "10").uuid)
    staff.post(
        "/invoices/new",
        {
            **head(discount_type="percent", discount_value="10"),
            **lines(row("A", "40", "150.00", tax=tax), row("B", "1", "1,200.00", tax=tax)),
        },
    )
    invoice = the_invoice(actor)
    assert (invoice.subtotal, invoice.discount_total) == (720000, 72000)
    assert (invoice.tax_total, invoice.total) == (64800, 712800)


def test_a4_the_sum_while_typing_is_the_engines(staff: Client, actor: Actor) -> None:
    customer(actor)
    rates = [str(tax_profile(actor, rate).uuid) for rate in ("19", "7")]
    before = Event.objects.count()
    response = staff.post(
        "/invoices/totals",
        {
            **head(discount_type="fixed", discount_value="10"),
            **lines(row(tax=rates[0]), row("B", "1", "50", tax=rates[1])),
        },
    )
    page = response.content.decode()
    assert "$161.00" in page
    assert "$17.73" in page
    assert "$3.27" in page
    assert not Invoice.objects.exists()
    assert Event.objects.count() == before


def test_a_german_types_german_numbers(staff: Client, actor: Actor, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(locale="de_DE")
    customer(actor)
    staff.post("/invoices/new", {**head(), **lines(row("Arbeit", "1,5", "1.234,50"))})
    invoice = the_invoice(actor)
    assert invoice.lines.get().quantity == Decimal("1.5")
    assert invoice.total == 185175
    page = staff.get(f"/invoices/{invoice.uuid}").content.decode()
    assert "1.851,75\xa0$" in page


def test_a_product_fills_the_line(staff: Client, actor: Actor) -> None:
    tax = tax_profile(actor, "10")
    product(actor, tax_profile_id=tax.pk, description="A year")
    response = staff.post("/invoices/lines/k0", lines(row("annual web hosting", price="")))
    page = response.content.decode()
    assert 'value="1200.00"' in page
    assert "A year" in page
    assert f'value="{tax.uuid}" selected' in page
    assert response["HX-Trigger-After-Settle"] == "lines-changed"


def test_words_that_are_no_product_fill_nothing(staff: Client, actor: Actor) -> None:
    product(actor)
    assert staff.post("/invoices/lines/k0", lines(row("Something"))).status_code == 204


def test_without_scripts_the_catalogue_knows_price_and_tax(staff: Client, actor: Actor) -> None:
    customer(actor)
    product(actor, tax_profile_id=tax_profile(actor, "10").pk)
    staff.post("/invoices/new", {**head(), **lines(row("Annual Web Hosting", "2", ""))})
    invoice = the_invoice(actor)
    assert (invoice.subtotal, invoice.tax_total) == (240000, 24000)


def test_without_scripts_a_button_adds_a_line(staff: Client, actor: Actor) -> None:
    customer(actor)
    data = {**head(intent="add-line"), **lines(row())}
    response = staff.post("/invoices/new", data)
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count('name="line"') == 2
    assert "$100.00" in page
    assert not Invoice.objects.exists()


def test_without_scripts_a_button_removes_a_line(staff: Client, actor: Actor) -> None:
    data = {**head(intent="remove-k0"), **lines(row("Gone"), row("Kept"))}
    page = staff.post("/invoices/new", data).content.decode()
    assert 'value="Kept"' in page
    assert 'value="Gone"' not in page


def test_the_next_line_is_taxed_like_the_last(staff: Client, actor: Actor) -> None:
    tax = str(tax_profile(actor, "19").uuid)
    page = staff.post("/invoices/lines", lines(row(tax=tax))).content.decode()
    assert f'value="{tax}" selected' in page


@pytest.mark.parametrize(
    ("fields", "rows", "sentence"),
    [
        ({"customer": "Nobody"}, [row()], "There is no such customer"),
        ({}, [row(quantity="many")], "This is not a number."),
        ({}, [row(price="-5")], "Quantity"),
        ({}, [row(quantity="0")], "This must not be 0."),
        ({}, [], "There must be at least one line."),
        ({"issue_date": "yesterday"}, [row()], "Enter a valid date."),
        ({"due_date": "2025-01-01"}, [row()], "The due date is before the issue date"),
        ({"discount_type": "percent", "discount_value": "101"}, [row()], "from 0 to 100"),
        ({}, [row(quantity="-1")], "credit note"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    staff: Client,
    actor: Actor,
    fields: dict[str, str],
    rows: list[dict[str, str]],
    sentence: str,
) -> None:
    customer(actor)
    before = Event.objects.count()
    response = staff.post("/invoices/new", {**head(**fields), **lines(*rows)})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Invoice.objects.exists()
    assert Event.objects.count() == before


def test_an_error_stands_at_its_line(staff: Client, actor: Actor) -> None:
    customer(actor)
    data = {**head(), **lines(row("Good"), row("Bad", "0"))}
    page = staff.post("/invoices/new", data).content.decode()
    good, _, bad = page.partition('id="line-k1"')
    assert "This must not be 0." in bad
    assert "This must not be 0." not in good


def test_namesakes_are_told_apart(staff: Client, actor: Actor) -> None:
    customer(actor, email="a@globex.test")
    wanted = customer(actor, email="b@globex.test")
    refused = staff.post("/invoices/new", {**head(), **lines(row())})
    assert "Several customers are called Globex Corporation" in refused.content.decode()
    name = "Globex Corporation <b@globex.test>"
    staff.post("/invoices/new", {**head(customer=name), **lines(row())})
    assert the_invoice(actor).customer == wanted


def test_another_organizations_customer_is_unknown(
    staff: Client, actor: Actor, mallory_actor: Actor
) -> None:
    theirs = customer(mallory_actor, "Secret Client")
    for text in ("Secret Client", str(theirs.uuid)):
        response = staff.post("/invoices/new", {**head(customer=text), **lines(row())})
        assert "There is no such customer" in response.content.decode()
    assert "Secret" not in staff.get("/customers/options?customer=Secret").content.decode()


def test_a_draft_is_edited_as_it_is(staff: Client, actor: Actor) -> None:
    tax = tax_profile(actor, "19")
    draft = draft_invoice(actor, lines=[line("55.55", "3", tax_profile_ids=[tax.pk])])
    page = staff.get(f"/invoices/{draft.uuid}/edit").content.decode()
    for piece in ('value="Globex Corporation"', 'value="55.55"', 'value="3"', "$198.31"):
        assert piece in page
    assert f'value="{tax.uuid}" selected' in page


def test_editing_needs_the_version_that_was_read(staff: Client, actor: Actor) -> None:
    draft = draft_invoice(actor)
    data = {**head(version="1"), **lines(row(price="200"))}
    update_invoice(actor=actor, at=AT, invoice_id=draft.pk, notes="Meanwhile")
    response = staff.post(f"/invoices/{draft.uuid}/edit", data)
    assert response.status_code == 422
    assert "Somebody changed this after you opened it." in response.content.decode()
    draft.refresh_from_db()
    assert (draft.total, draft.notes) == (10000, "Meanwhile")


def test_a_draft_is_changed(staff: Client, actor: Actor) -> None:
    draft = draft_invoice(actor)
    staff.post(
        f"/invoices/{draft.uuid}/edit",
        {**head(version="1", notes="Hello"), **lines(row(price="250"), row("B", "2", "5"))},
    )
    draft.refresh_from_db()
    assert (draft.total, draft.notes, draft.version) == (26000, "Hello", 2)


def test_an_issued_invoice_is_only_amended(staff: Client, actor: Actor) -> None:
    issued = issued_invoice(actor)
    response = staff.get(f"/invoices/{issued.uuid}/edit")
    assert response["Location"] == f"/invoices/{issued.uuid}/amend"


def test_an_exempt_customers_line_is_exempt(staff: Client, actor: Actor) -> None:
    buyer = customer(actor)
    update_customer(actor=actor, at=AT, customer_id=buyer.pk, is_tax_exempt=True)
    staff.post("/invoices/new", {**head(), **lines(row())})
    assert the_invoice(actor).taxes.get().category == "E"


def test_several_taxes_on_a_line_survive_the_editor(
    staff: Client, actor: Actor, acme: Organization
) -> None:
    profiles = [tax_profile(actor, "5", name="GST"), tax_profile(actor, "9.975", name="QST")]
    draft = draft_invoice(actor, lines=[line("140.00", tax_profile_ids=[p.pk for p in profiles])])
    page = staff.get(f"/invoices/{draft.uuid}/edit").content.decode()
    assert "GST + QST" in page
    tax = ",".join(str(profile.uuid) for profile in profiles)
    staff.post(
        f"/invoices/{draft.uuid}/edit", {**head(version="1"), **lines(row(price="140", tax=tax))}
    )
    draft.refresh_from_db()
    assert draft.total == 16097


def test_text_is_shown_as_text(staff: Client, actor: Actor) -> None:
    customer(actor)
    evil = "<script>alert(1)</script>"
    staff.post("/invoices/new", {**head(notes=evil), **lines(row(evil, description=evil))})
    page = staff.get(f"/invoices/{the_invoice(actor).uuid}").content.decode()
    assert evil not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
