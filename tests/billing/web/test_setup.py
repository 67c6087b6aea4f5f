"""The first run, from signing in to the first invoice that is sent."""

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import BankAccount, Organization, User
from accounts.operations.organizations import create_organization, update_organization
from billing.country_facts import facts_of, place_tax_number
from billing.models import Customer, Invoice, TaxProfile, Wallet
from billing.queries.setup import setup_steps
from core.models import Event
from tests.browsers import signed_in
from tests.builders import customer
from tests.conftest import PASSWORD
from tests.instants import AT

IBAN = "DE89 3704 0044 0532 0130 00"


@pytest.fixture
def fresh(alice: User) -> Organization:
    """An organization that nobody has told anything yet."""
    return create_organization(at=AT, name="Fresh", slug="fresh", owner=alice)


@pytest.fixture
def newcomer(fresh: Organization, alice: User) -> Client:
    return signed_in(alice)


def business(**changes: str) -> dict[str, str]:
    return {
        "legal_name": "Fresh GmbH",
        "email": "hello@fresh.test",
        "country": "DE",
        "address_line1": "Ackerstr. 1",
        "postal_code": "10115",
        "city": "Berlin",
        "tax_number": "DE136695976",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "locale": "de_DE",
        **changes,
    }


def test_who_has_just_signed_in_is_led_to_the_set_up(fresh: Organization, alice: User) -> None:
    data = {"login": alice.email, "password": PASSWORD}
    assert Client().post("/accounts/login/", data)["Location"] == "/setup"
    assert Client().post("/accounts/login/?next=/", data)["Location"] == "/setup"
    # Who goes to a page of their choice gets there.
    client = Client()
    assert client.post("/accounts/login/?next=/taxes", data)["Location"] == "/taxes"


def test_who_has_begun_comes_to_the_dashboard(newcomer: Client, alice: User) -> None:
    newcomer.post("/setup/organization/skip")
    response = Client().post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert response["Location"] == "/"


def test_from_nothing_to_an_invoice_that_is_sent(newcomer: Client, fresh: Organization) -> None:
    steps = [
        ("organization", business()),
        ("taxes", {"rates": ["S-19", "S-7"]}),
        ("payment", {"name": "Fresh GmbH", "currency": "EUR", "iban": IBAN}),
        ("look", {"accent_color": "#123456", "template": "tmpl_classic"}),
    ]
    following = ["taxes", "payment", "look", "invoice"]
    for (step, data), after in zip(steps, following, strict=True):
        assert newcomer.get(f"/setup/{step}").status_code == 200
        response = newcomer.post(f"/setup/{step}", data)
        assert (response.status_code, response["Location"]) == (302, f"/setup/{after}")
    assert newcomer.get("/setup/invoice").status_code == 200
    page = newcomer.get("/invoices/new?customer=new")
    assert page.context["editor"].newcomer["is_new"].value() is True
    tax = str(TaxProfile.objects.get(name="USt 19 %").uuid)
    line = page.context["editor"].lines[0].key
    posted = {
        "intent": "send",
        "customer": "Globex",
        "new-is_new": "on",
        "new-email": "ap@globex.test",
        "issue_date": "2025-01-15",
        "template": "tmpl_classic",
        "line": line,
        f"{line}-name": "Consulting",
        f"{line}-quantity": "2",
        f"{line}-unit_price": "100",
        f"{line}-tax": tax,
    }
    sent_to = newcomer.post("/invoices/new", posted)["Location"]
    form = newcomer.get(sent_to).context["form"]
    values = {b.html_name: b.value() for b in form if b.value() not in (None, False, "")}
    assert newcomer.post(sent_to, values).status_code == 302
    invoice = Invoice.objects.of(fresh.pk).get()
    assert (invoice.total, invoice.currency, invoice.is_draft) == (23_800, "EUR", False)
    assert invoice.seller["legal_name"] == "Fresh GmbH"
    assert invoice.seller["bank_account"]["iban"] == "DE89370400440532013000"
    assert Event.objects.filter(type="invoice.send_requested").exists()
    fresh.refresh_from_db()
    assert set(setup_steps(fresh).values()) == {"done"}
    assert "To your first invoice" not in newcomer.get("/").content.decode()


def test_the_country_fills_in_the_rest(newcomer: Client) -> None:
    page = newcomer.get("/setup/organization", headers={"Accept-Language": "de-AT,de;q=0.8"})
    form = page.context["form"]
    assert (form["country"].value(), form["currency"].value()) == ("AT", "EUR")
    assert form["timezone"].value() == "Europe/Vienna"
    part = newcomer.get("/setup/country", {**business(country="JP"), "legal_name": "Kept"})
    form = part.context["form"]
    assert (form["currency"].value(), form["timezone"].value()) == ("JPY", "Asia/Tokyo")
    # Without scripts the same by a button, and nothing is saved.
    whole = newcomer.post("/setup/organization", business(country="CH", intent="country"))
    assert whole.status_code == 200
    assert whole.context["form"]["currency"].value() == "CHF"
    assert whole.context["form"]["city"].value() == "Berlin"
    assert not Event.objects.filter(type="organization.updated").exists()


def test_steps_are_skipped_and_taken_up_again(newcomer: Client, fresh: Organization) -> None:
    assert newcomer.post("/setup/organization/skip")["Location"] == "/setup/taxes"
    page = newcomer.get("/setup").content.decode()
    assert "Skipped" in page and 'href="/setup/taxes"' in page
    newcomer.post("/setup/organization", business())
    fresh.refresh_from_db()
    assert setup_steps(fresh)["organization"] == "done"
    newcomer.post("/setup/organization/skip")
    fresh.refresh_from_db()
    assert fresh.setup_steps["organization"] == "done"


def test_the_list_on_the_dashboard_leads_on_until_it_is_hidden(
    newcomer: Client, fresh: Organization
) -> None:
    assert 'href="/setup/payment"' in newcomer.get("/").content.decode()
    newcomer.post("/setup/end")
    assert 'href="/setup/payment"' not in newcomer.get("/").content.decode()
    assert newcomer.get("/setup").status_code == 200


@pytest.mark.parametrize(
    ("step", "data", "field"),
    [
        ("organization", business(tax_number="DE123456789"), "tax_number"),
        ("organization", business(country="XX"), "country"),
        ("organization", business(legal_name=""), "legal_name"),
        ("organization", business(email="nobody"), "email"),
        ("taxes", {"own_name": "VAT"}, "own_rate"),
        ("taxes", {"own_name": "VAT", "own_rate": "101"}, "__all__"),
        ("taxes", {"rates": ["S-3"]}, "rates"),
        ("payment", {"name": "A", "currency": "EUR", "iban": "DE89370400440532013001"}, "iban"),
        ("payment", {"name": "A", "currency": "EUR"}, "iban"),
        ("look", {"accent_color": "red", "template": "tmpl_modern"}, "accent_color"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    newcomer: Client, fresh: Organization, step: str, data: dict[str, str], field: str
) -> None:
    response = newcomer.post(f"/setup/{step}", data)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    fresh.refresh_from_db()
    assert fresh.setup_steps == {}
    assert not TaxProfile.objects.exists() and not BankAccount.objects.exists()


def test_a_wallet_is_a_way_too(newcomer: Client) -> None:
    wallet = {"kind": "wallet", "name": "Savings", "currency": "BTC", "blockchain": "bitcoin"}
    wrong = newcomer.post("/setup/payment", {**wallet, "address": "nowhere"})
    assert wrong.status_code == 422
    assert "address" in wrong.context["wallet_form"].errors
    right = {**wallet, "address": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}
    assert newcomer.post("/setup/payment", right)["Location"] == "/setup/look"
    assert Wallet.objects.get().name == "Savings"


def test_an_unknown_step_is_not_there(newcomer: Client) -> None:
    assert newcomer.get("/setup/dance").status_code == 404
    assert newcomer.post("/setup/dance/skip").status_code == 404


def test_a_viewer_has_no_set_up(viewer: Client) -> None:
    assert viewer.get("/setup/taxes").status_code == 403
    assert viewer.post("/setup/taxes/skip").status_code == 403
    assert viewer.post("/setup/end").status_code == 403
    assert "/setup/" not in viewer.get("/").content.decode()


def test_a_sandbox_is_not_set_up(newcomer: Client, fresh: Organization) -> None:
    newcomer.post("/organizations/sandbox", {"sandbox": "on"})
    assert "/setup/taxes" not in newcomer.get("/").content.decode()
    assert newcomer.post("/setup/organization", business()).status_code == 422
    fresh.refresh_from_db()
    assert fresh.legal_name == ""


def editor_post(client: Client, **changes: str) -> dict[str, str]:
    line = client.get("/invoices/new").context["editor"].lines[0].key
    return {
        "intent": "save",
        "customer": "Globex",
        "new-is_new": "on",
        "issue_date": "2025-01-15",
        "template": "tmpl_modern",
        "line": line,
        f"{line}-name": "Consulting",
        f"{line}-quantity": "1",
        f"{line}-unit_price": "5",
        **changes,
    }


def test_a_refused_invoice_leaves_no_customer_behind(staff: Client, actor: Actor) -> None:
    data = editor_post(staff, due_date="2024-01-01", intent="issue")
    assert staff.post("/invoices/new", data).status_code == 422
    wrong = staff.post("/invoices/new", editor_post(staff, **{"new-email": "nobody"}))
    assert wrong.status_code == 422
    assert "email" in wrong.context["editor"].newcomer.errors
    assert not Customer.objects.exists() and not Invoice.objects.exists()


def test_a_namesake_is_not_added_twice(staff: Client, actor: Actor) -> None:
    customer(actor, "Globex")
    refused = staff.post("/invoices/new", editor_post(staff))
    assert "customer" in refused.context["editor"].head.errors
    data = editor_post(staff)
    del data["new-is_new"]
    assert staff.post("/invoices/new", data).status_code == 302
    assert Customer.objects.count() == 1


def test_sums_appear_before_the_customer_is_there(staff: Client, actor: Actor) -> None:
    assert "5.00" in staff.post("/invoices/totals", editor_post(staff)).content.decode()
    assert not Customer.objects.exists()


def test_what_follows_from_a_country() -> None:
    germany = facts_of("DE")
    assert (germany.currency, germany.timezone, germany.locale) == (
        "EUR",
        "Europe/Berlin",
        "de_DE",
    )
    assert [rate.name for rate in germany.rates][:2] == ["USt 19 %", "USt 7 %"]
    assert [rate.name for rate in facts_of("FR").rates][2] == "TVA 5,5 %"
    assert facts_of("BG").currency == "EUR"
    assert facts_of("US").rates == ()
    assert facts_of("nowhere").currency == ""


def test_a_tax_number_goes_where_it_belongs() -> None:
    assert place_tax_number("DE", "de 136 695 976") == ("DE136695976", "")
    assert place_tax_number("DE", "12/345/67890") == ("", "12/345/67890")
    assert place_tax_number("US", "12-3456789") == ("", "12-3456789")
    assert place_tax_number("GB", "GB123456789") == ("GB123456789", "")
    with pytest.raises(ValueError, match="DE123"):
        place_tax_number("DE", "DE123")


def test_an_organization_with_an_address_is_left_as_it_is(newcomer: Client, actor: Actor) -> None:
    update_organization(actor=actor, at=AT, country="DE", currency="GBP")
    newcomer.post(
        "/organizations/switch",
        {"organization": str(Organization.objects.get(pk=actor.organization_id).uuid)},
    )
    form = newcomer.get("/setup/organization").context["form"]
    assert form["currency"].value() == "GBP"
