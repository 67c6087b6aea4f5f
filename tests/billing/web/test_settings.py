"""Settings, keys and team in the browser."""

import io
import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import ApiKey, Membership, Organization
from accounts.queries.api_keys import authenticate
from core.models import Event
from tests.instants import AT

ORGANIZATION, LOOK, TERMS = "/settings/organization", "/settings/look", "/settings/terms"


def filled(client: Client, path: str) -> dict[str, str]:
    """What the page would post if nobody changed anything."""
    response = client.get(path)
    form = response.context["form"]
    values = {bound.name: bound.value() for bound in form if bound.name != "logo"}
    return {name: str(value) for name, value in values.items() if value not in (None, False, "")}


def image(kind: str = "PNG", size: tuple[int, int] = (40, 20)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "#0b5a57").save(out, kind)
    return SimpleUploadedFile("my logo.jpeg", out.getvalue())


def test_settings_are_saved(staff: Client, acme: Organization) -> None:
    terms = {**filled(staff, TERMS), "payment_terms_days": "14", "cash_rounding": "0.05"}
    assert staff.post(TERMS, terms).status_code == 302
    assert staff.post(LOOK, {**filled(staff, LOOK), "accent_color": "#123456"}).status_code == 302
    acme.refresh_from_db()
    assert (acme.accent_color, acme.payment_terms_days) == ("#123456", 14)
    assert acme.cash_rounding_minor == 5
    assert acme.vat_id == "DE123456789"


def test_saving_what_is_there_changes_nothing(staff: Client) -> None:
    for path in (ORGANIZATION, LOOK, TERMS):
        assert staff.post(path, filled(staff, path)).status_code == 302
    assert not Event.objects.filter(type="organization.updated").exists()


def test_impossible_settings_are_refused(staff: Client, acme: Organization) -> None:
    for path, wrong in (
        (LOOK, {"accent_color": "red"}),
        (ORGANIZATION, {"timezone": "Mars/Olympus"}),
        (TERMS, {"cash_rounding": "0.001"}),
        (ORGANIZATION, {"name": ""}),
        (ORGANIZATION, {"currency": "XXX"}),
    ):
        assert staff.post(path, {**filled(staff, path), **wrong}).status_code == 422
    acme.refresh_from_db()
    assert (acme.accent_color, acme.name) == ("#1d4ed8", "Acme")


def test_a_logo_is_kept_and_shown_to_its_own_people(
    staff: Client, stranger: Client, acme: Organization
) -> None:
    staff.post(LOOK, {**filled(staff, LOOK), "logo": image()})
    acme.refresh_from_db()
    assert acme.logo.name.endswith(".png")
    response = staff.get("/settings/logo")
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert b"".join(response.streaming_content)[:4] == b"\x89PNG"
    assert stranger.get("/settings/logo").status_code == 404


def test_only_pictures_are_logos(staff: Client, acme: Organization) -> None:
    svg = SimpleUploadedFile("x.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>")
    for upload in (svg, image("GIF"), image(size=(4001, 10)), SimpleUploadedFile("x.png", b"")):
        assert staff.post(LOOK, {**filled(staff, LOOK), "logo": upload}).status_code == 422
    acme.refresh_from_db()
    assert not acme.logo


def make_key(client: Client, **more: Any) -> str:
    data = {"name": "Shop", "scopes": ["invoices:read", "invoices:write"], **more}
    page = client.post("/settings/api-keys", data).content.decode()
    found = re.search(r'id="secret">([^<]+)<', page)
    assert found is not None
    return found.group(1)


def test_a_secret_is_shown_once(staff: Client, acme: Organization) -> None:
    secret = make_key(staff)
    assert secret.startswith("sk_live_")
    key = authenticate(secret, AT)
    assert key is not None
    assert (key.organization, key.scopes) == (acme, ["invoices:read", "invoices:write"])
    assert secret not in staff.get("/settings/api-keys").content.decode()


def test_a_page_with_a_secret_is_not_kept(staff: Client) -> None:
    assert staff.get("/settings/api-keys")["Cache-Control"] == "no-store"


def test_a_key_ends_after_its_last_day(staff: Client) -> None:
    make_key(staff, expires_on="2025-01-20")
    ends = ApiKey.objects.get().expires_at
    # Midnight in Berlin.
    assert ends is not None
    assert ends.isoformat() == "2025-01-20T23:00:00+00:00"


def test_a_revoked_key_stops(staff: Client) -> None:
    secret = make_key(staff)
    staff.post(f"/settings/api-keys/{ApiKey.objects.get().uuid}/revoke")
    assert authenticate(secret, AT) is None


def test_a_rotated_key_is_replaced(staff: Client) -> None:
    old = make_key(staff)
    page = staff.post(f"/settings/api-keys/{ApiKey.objects.get().uuid}/rotate").content.decode()
    found = re.search(r'id="secret">([^<]+)<', page)
    assert found is not None
    assert authenticate(old, AT) is None
    assert authenticate(found.group(1), AT) is not None


def test_another_organizations_key_is_not_there(staff: Client, stranger: Client) -> None:
    secret = make_key(staff)
    path = f"/settings/api-keys/{ApiKey.objects.get().uuid}/revoke"
    assert stranger.post(path).status_code == 404
    assert authenticate(secret, AT) is not None


def test_somebody_is_invited(staff: Client, acme: Organization) -> None:
    staff.post("/settings/team", {"email": "carol@acme.test", "role": "accountant"})
    assert Membership.objects.of(acme.pk).get(user__email="carol@acme.test").role == "accountant"


def test_the_last_owner_stays(staff: Client, acme: Organization) -> None:
    member = Membership.objects.of(acme.pk).get()
    staff.post(f"/settings/team/{member.uuid}/role", {"role": "viewer"})
    member.refresh_from_db()
    assert member.role == "owner"
    assert "keeps at least one owner" in staff.get("/settings/team").content.decode()


def test_a_sandbox_says_so_and_keeps_its_settings(staff: Client, acme: Organization) -> None:
    staff.post("/organizations/sandbox", {"sandbox": "on"})
    page = staff.get(ORGANIZATION).content.decode()
    assert "Test mode." in page
    response = staff.post(ORGANIZATION, {**filled(staff, ORGANIZATION), "name": "Other"})
    assert response.status_code == 422
    assert "change them there" in response.content.decode()
    acme.refresh_from_db()
    assert acme.name == "Acme"


def test_keys_made_in_test_mode_are_test_keys(staff: Client) -> None:
    staff.post("/organizations/sandbox", {"sandbox": "on"})
    assert make_key(staff).startswith("sk_test_")


def test_a_key_pair_is_shown_with_both_halves(staff: Client, acme: Organization) -> None:
    data = {"name": "Shop", "dialect": "wallet", "scopes": ["invoices:read"]}
    page = staff.post("/settings/api-keys", data).content.decode()
    key = ApiKey.objects.get()
    assert (key.dialect, key.app and key.app.name) == ("wallet", "Shop")
    assert key.client_key in page
    assert re.search(r"cs_[0-9A-Za-z]{38}", page)
    again = staff.get("/settings/api-keys").content.decode()
    assert key.client_key in again and not re.search(r"cs_[0-9A-Za-z]{38}", again)
