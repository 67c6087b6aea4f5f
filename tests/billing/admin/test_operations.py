"""What an operator types goes through the operations, and their refusals come back."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, BankAccount, Membership, Organization, Role, User
from accounts.operations.users import create_user
from accounts.queries.api_keys import authenticate
from billing.models import Customer, Product, TaxProfile
from core.models import Event
from integrations.demo.building import Demo
from integrations.models import WebhookEndpoint
from tests.billing.admin.conftest import AT, filled

# The story takes seconds to tell: one process tells it.
pytestmark = pytest.mark.xdist_group("admin operations")


def test_an_organization_is_made_with_its_sandbox_and_owner(admin: Client, operator: User) -> None:
    page = admin.get("/admin/accounts/organization/add/")
    data = filled(page, name="Borealis", slug="borealis", owner=operator.pk, currency="EUR")
    response = admin.post("/admin/accounts/organization/add/", data)
    assert response.status_code == 302, response.context["errors"]
    live = Organization.objects.get(slug="borealis")
    assert (live.sandbox.slug, live.sandbox.currency) == ("borealis-sandbox", "EUR")
    assert Membership.objects.of(live.pk).get().user == operator
    event = Event.objects.get(type="organization.created", organization_id=live.pk)
    assert event.actor_label == "op@installation.test (operator)"


def test_a_refusal_comes_back_in_the_form_with_what_was_typed(admin: Client, told: Demo) -> None:
    count = Organization.objects.count()
    page = admin.get("/admin/accounts/organization/add/")
    data = filled(page, name="Copycat", slug="borealis", timezone="Mars/Olympus")
    response = admin.post("/admin/accounts/organization/add/", data)
    assert response.status_code == 200
    form = response.context["adminform"].form
    assert form.errors["timezone"] == ["'Mars/Olympus' is not a time zone such as Europe/Berlin."]
    assert form["name"].value() == "Copycat"
    assert Organization.objects.count() == count


def test_settings_changed_by_an_operator_reach_the_sandbox_and_the_log(
    admin: Client, told: Demo
) -> None:
    address = f"/admin/accounts/organization/{told.organization.pk}/change/"
    data = filled(admin.get(address), payment_terms_days=21, rate_limit_per_minute=77)
    assert admin.post(address, data).status_code == 302
    live = Organization.objects.select_related("sandbox").get(pk=told.organization.pk)
    for row in (live, live.sandbox):
        assert (row.payment_terms_days, row.rate_limit_per_minute) == (21, 77)
    event = Event.objects.filter(type="organization.updated").latest("pk")
    assert event.actor_label == "op@installation.test (operator)"
    sandbox = f"/admin/accounts/organization/{live.sandbox.pk}/change/"
    assert admin.get(sandbox).status_code == 200
    assert admin.post(sandbox, data).status_code == 403


def test_a_person_is_made_and_given_a_password(admin: Client) -> None:
    page = admin.get("/admin/accounts/user/add/")
    data = filled(page, email="New.Person@acme.test", name="New Person", new_password="short")
    refused = admin.post("/admin/accounts/user/add/", data)
    assert refused.status_code == 200
    assert not User.objects.filter(email="new.person@acme.test").exists()
    data["new_password"] = "long and unusual enough"
    assert admin.post("/admin/accounts/user/add/", data).status_code == 302
    user = User.objects.get(email="new.person@acme.test")
    assert user.check_password("long and unusual enough")
    address = f"/admin/accounts/user/{user.pk}/change/"
    changes = filled(admin.get(address), name="Renamed", new_password="")
    assert admin.post(address, changes).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.check_password("long and unusual enough")) == ("Renamed", True)


def test_an_operator_who_is_no_superuser_makes_none(told: Demo, db: None) -> None:
    clerk = create_user(at=AT, email="clerk@installation.test", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    boss = create_user(at=AT, email="boss@installation.test", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(clerk)
    page = client.get("/admin/accounts/user/add/")
    data = filled(page, email="evil@acme.test", is_superuser="on", is_staff="on")
    client.post("/admin/accounts/user/add/", data)
    made = User.objects.get(email="evil@acme.test")
    assert (made.is_staff, made.is_superuser) == (False, False)
    answer = client.post(f"/admin/accounts/user/{boss.pk}/change/", {"new_password": "x" * 20})
    assert answer.status_code == 403
    boss.refresh_from_db()
    assert not boss.has_usable_password()


def test_a_key_is_on_the_screen_once_and_nowhere_else(admin: Client, told: Demo) -> None:
    page = admin.get("/admin/accounts/apikey/add/")
    data = filled(
        page,
        organization=told.organization.pk,
        name="Shop",
        dialect="enterprise",
        scopes=["invoices:read", "payments:write"],
    )
    response = admin.post("/admin/accounts/apikey/add/", data)
    assert "no-store" in response["Cache-Control"]
    secret = response.context["secret"]
    assert f'<code id="secret">{secret}</code>' in response.content.decode()
    key = authenticate(secret, timezone.now())
    assert key is not None
    assert (key.name, key.scopes) == ("Shop", ["invoices:read", "payments:write"])
    kept = str(dict(admin.session)) + str(admin.cookies)
    assert secret not in kept
    listing = admin.get("/admin/accounts/apikey/").content.decode()
    assert secret[:12] in listing
    assert secret not in listing


def test_a_key_is_replaced_and_revoked(admin: Client, told: Demo) -> None:
    old = ApiKey.objects.of(told.organization.pk).get(name="K0")
    rows = {"_selected_action": [old.pk]}
    page = admin.post("/admin/accounts/apikey/", {"action": "rotate", **rows})
    fresh = authenticate(page.context["secret"], timezone.now())
    assert fresh is not None
    old.refresh_from_db()
    assert (old.replaced_by, fresh.scopes) == (fresh, old.scopes)
    admin.post("/admin/accounts/apikey/", {"action": "revoke", "_selected_action": [fresh.pk]})
    assert authenticate(page.context["secret"], timezone.now()) is None
    # A dead key has no successor: the refusal is a message, not a broken page.
    again = admin.post("/admin/accounts/apikey/", {"action": "rotate", **rows}, follow=True)
    assert "The key &#x27;K0&#x27; is revoked or expired." in again.content.decode()


def test_keys_are_not_edited(admin: Client, told: Demo) -> None:
    key = ApiKey.objects.of(told.organization.pk).get(name="K1")
    answer = admin.post(f"/admin/accounts/apikey/{key.pk}/change/", {"scopes": ["settings:write"]})
    assert answer.status_code == 403
    key.refresh_from_db()
    assert key.scopes == ["invoices:read"]


def test_a_customer_is_written_by_its_operation(admin: Client, told: Demo) -> None:
    page = admin.get("/admin/billing/customer/add/")
    data = filled(
        page,
        organization=told.organization.pk,
        name="  Nordwind\u202e Segel  ",
        email="x@nordwind.test",
        currency="EUR",
        country="de",
    )
    response = admin.post("/admin/billing/customer/add/", data)
    assert response.status_code == 302, response.context["errors"]
    customer = Customer.objects.of(told.organization.pk).get(email="x@nordwind.test")
    assert (customer.name, customer.country) == ("Nordwind Segel", "DE")
    assert Event.objects.get(type="customer.created", subject_id=customer.pk).sequence == 1
    address = f"/admin/billing/customer/{customer.pk}/change/"
    assert admin.post(address, filled(admin.get(address), city="Kiel")).status_code == 302
    customer.refresh_from_db()
    assert customer.city == "Kiel"
    gone = admin.post(f"/admin/billing/customer/{customer.pk}/delete/", {"post": "yes"})
    assert gone.status_code == 302
    assert not Customer.objects.of(told.organization.pk).filter(pk=customer.pk).exists()


def test_a_customer_with_documents_stays(admin: Client, told: Demo) -> None:
    admin.post(f"/admin/billing/customer/{told.customer.pk}/delete/", {"post": "yes"})
    admin.post(
        "/admin/billing/customer/",
        {"action": "delete_selected", "_selected_action": [told.customer.pk], "post": "yes"},
    )
    assert Customer.objects.of(told.organization.pk).filter(pk=told.customer.pk).exists()


def test_another_organizations_tax_is_refused_for_a_product(admin: Client, told: Demo) -> None:
    foreign = TaxProfile.objects.of(told.organization.sandbox.pk).earliest("pk")
    address = f"/admin/billing/product/{told.product.pk}/change/"
    data = filled(admin.get(address), tax_profile=foreign.pk, unit_price="1300.5")
    response = admin.post(address, data)
    assert response.status_code == 200
    product = Product.objects.of(told.organization.pk).get(pk=told.product.pk)
    assert product.tax_profile == told.tax_profile
    data["tax_profile"] = told.tax_profile.pk
    assert admin.post(address, data).status_code == 302
    product.refresh_from_db()
    assert f"{product.unit_price:f}" == "1300.5"


def test_the_last_owner_stays_and_the_page_says_why(admin: Client, told: Demo) -> None:
    boss = Membership.objects.of(told.organization.pk).get(role=Role.OWNER)
    address = f"/admin/accounts/membership/{boss.pk}/change/"
    response = admin.post(address, filled(admin.get(address), role=Role.VIEWER))
    assert "keeps at least one owner" in response.content.decode()
    gone = f"/admin/accounts/membership/{boss.pk}/delete/"
    assert (
        "keeps at least one owner"
        in admin.post(gone, {"post": "yes"}, follow=True).content.decode()
    )
    boss.refresh_from_db()
    assert boss.role == Role.OWNER


def test_a_wrong_iban_is_refused_in_the_form(admin: Client, told: Demo) -> None:
    account = BankAccount.objects.of(told.organization.pk).get(currency="EUR")
    address = f"/admin/accounts/bankaccount/{account.pk}/change/"
    response = admin.post(address, filled(admin.get(address), iban="NL91ABNA0417164301"))
    assert response.context["adminform"].form.errors["iban"] == ["This is not a valid IBAN."]
    account.refresh_from_db()
    assert account.iban == "NL91ABNA0417164300"


@pytest.mark.parametrize(("action", "is_active"), [("switch_off", False), ("switch_on", True)])
def test_endpoints_are_switched(admin: Client, told: Demo, action: str, is_active: bool) -> None:
    endpoint = WebhookEndpoint.objects.of(told.organization.pk).earliest("pk")
    data = {"action": action, "_selected_action": [endpoint.pk]}
    admin.post("/admin/integrations/webhookendpoint/", data)
    endpoint.refresh_from_db()
    assert endpoint.is_active is is_active


def test_a_rate_is_set_for_its_day(admin: Client, told: Demo) -> None:
    page = admin.get("/admin/billing/exchangerate/add/")
    data = filled(
        page,
        organization=told.organization.pk,
        currency="CHF",
        base_currency="USD",
        valid_from=str(datetime.date(2026, 3, 1)),
        rate="1.234567890123",
    )
    response = admin.post("/admin/billing/exchangerate/add/", data)
    assert response.status_code == 302, response.context["errors"]
    assert "1.234567890123" in admin.get("/admin/billing/exchangerate/?q=CHF").content.decode()
