"""/v1/account: settings, logo, bank accounts, number series and the register."""

import base64
import io
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from accounts.models import BankAccount, Organization
from billing.models import NumberRegister
from tests.billing.operations.test_attachments import huge_png, picture
from tests.integrations.dialects.enterprise.conftest import line
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db
Body = dict[str, Any]
IBAN = "DE89370400440532013000"


@pytest.fixture(autouse=True)
def _empty_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_any_valid_credential_reads_its_own_account(acme: Organization, clock: object) -> None:
    shown = V1(key_for(acme, "products:read")).get("/account").json
    assert (shown["object"], shown["name"], shown["livemode"]) == ("account", "Acme", True)
    assert (shown["company_name"], shown["vat_id"]) == ("Acme GmbH", "DE123456789")
    assert shown["address"]["city"] == "Berlin"
    assert (shown["currency"], shown["timezone"], shown["payment_terms"]) == (
        "USD",
        "Europe/Berlin",
        30,
    )
    assert (shown["number_assignment"], shown["rounding"]) == ("on_create", "group")
    assert shown["rate_limit"] == {"requests": 1000, "per_seconds": 60}
    assert (shown["plan"], shown["logo_url"], shown["test_clock"]) == ("professional", None, None)


def test_each_sees_only_itself_Z1(v1: V1, rival_v1: V1, sandbox: Organization) -> None:
    assert rival_v1.get("/account").json["name"] == "Rival"
    shown = V1(key_for(sandbox)).get("/account").json
    assert (shown["name"], shown["livemode"]) == ("Acme", False)


def test_settings_change_and_the_sandbox_follows(v1: V1, sandbox: Organization) -> None:
    body = {
        "name": "Acme Inc.",
        "company_name": "Acme Incorporated",
        "address": {"street": "1 Main St", "city": "Springfield", "country": "US"},
        "contact_person": {"name": "Ann", "email": "ann@acme.test"},
        "currency": "CHF",
        "timezone": "America/New_York",
        "locale": "de-CH",
        "payment_terms": 14,
        "number_assignment": "on_issue",
        "rounding": "line",
        "cash_rounding": "0.05",
        "write_off_tolerance": 0.5,
        "template_id": "tmpl_compact",
        "accent_color": "#AA0033",
        "legal_text": "HRB 1\nBerlin",
    }
    shown = v1.call("PATCH", "/account", body).json
    assert shown["address"]["postal_code"] == "10115"
    for name in set(body) - {"address", "contact_person", "locale", "cash_rounding"}:
        given = body[name]
        assert shown[name] == (Decimal("0.50") if name == "write_off_tolerance" else given), name
    assert (shown["locale"], shown["cash_rounding"]) == ("de_CH", Decimal("0.05"))
    assert shown["contact_person"] == {"name": "Ann", "email": "ann@acme.test", "phone": ""}
    assert V1(key_for(sandbox)).get("/account").json["template_id"] == "tmpl_compact"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"plan": "enterprise"}, "plan"),
        ({"rate_limit": 5}, "rate_limit"),
        ({"slug": "x"}, "slug"),
        ({"name": ""}, "name"),
        ({"currency": "XXX"}, "currency"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"locale": "english"}, "locale"),
        ({"rounding": "never"}, "rounding"),
        ({"template_id": "tmpl_mine"}, "template_id"),
        ({"accent_color": "red"}, "accent_color"),
        ({"payment_terms": -1}, "payment_terms"),
        ({"cash_rounding": 0.001}, "cash_rounding"),
        ({"cash_rounding": -1}, "cash_rounding"),
        ({"email": "a@b.co, c@d.co"}, "email"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"address": {"country": "Germany"}}, "address.country"),
        ({"address": {"zip": "1"}}, "address.zip"),
        ({"test_clock": "2025-01-15T00:00:00Z"}, "test_clock"),
        ({"livemode": False}, "livemode"),
        ({"settings_version": 1}, "settings_version"),
    ],
)
def test_settings_that_are_refused_Z4(v1: V1, acme: Organization, body: Body, param: str) -> None:
    answer = v1.put("/account", body)
    assert (answer.status, answer.error["param"]) == (422, param)
    before = acme.settings_version
    acme.refresh_from_db()
    assert acme.settings_version == before


def test_open_books_keep_their_currency(v1: V1, issued: Body) -> None:
    shown = v1.put("/account", {"currency": "EUR"}).json
    assert (shown["currency"], shown["accounting_currency"]) == ("EUR", "USD")
    answer = v1.put("/account", {"accounting_currency": "EUR"})
    assert (answer.status, answer.error["code"]) == (409, "books_currency_fixed")


def test_a_sandbox_changes_nothing(sandbox: Organization, clock: object) -> None:
    answer = V1(key_for(sandbox)).put("/account", {"name": "Pretend"})
    assert (answer.status, answer.error["code"]) == (409, "sandbox_follows_live")


def logo(content: bytes) -> Body:
    return {"content_base64": base64.b64encode(content).decode()}


def test_a_logo_is_drawn_anew(v1: V1, acme: Organization) -> None:
    hidden = picture() + b"<?php system($_GET[0]); ?>"
    assert v1.put("/account/logo", logo(hidden)).json["logo_url"] == "/v1/account/logo"
    answer = v1.get("/account/logo")
    assert answer.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (8, 8)
    assert b"php" not in answer.content
    acme.refresh_from_db()
    assert acme.logo.name is not None
    assert acme.logo.name.startswith(f"logos/{acme.pk}/")
    assert v1.delete("/account/logo").status == 204
    assert v1.get("/account").json["logo_url"] is None
    assert v1.get("/account/logo").status == 404


@pytest.mark.parametrize("content", [b"", b"<svg/>", huge_png(), b"GIF89a", b"x" * 3_000_000])
def test_logos_that_are_refused_P7(v1: V1, content: bytes) -> None:
    answer = v1.put("/account/logo", logo(content))
    assert answer.status in (413, 422)
    assert v1.get("/account").json["logo_url"] is None


def test_the_life_of_a_bank_account(v1: V1) -> None:
    path = "/account/bank-accounts"
    first = v1.made(
        path, {"name": "Acme", "iban": "DE89 3704 0044 0532 0130 00", "currency": "EUR"}
    )
    assert (first["iban"], first["is_default"]) == (IBAN, True)
    second = v1.made(path, {"name": "Acme", "account_number": "1", "currency": "EUR"})
    assert second["is_default"] is False
    assert v1.put(f"{path}/{second['id']}", {"is_default": True}).json["is_default"] is True
    assert v1.get(f"{path}/{first['id']}").json["is_default"] is False
    assert [row["id"] for row in v1.get(path).json["data"]] == [second["id"], first["id"]]
    assert v1.delete(f"{path}/{first['id']}").status == 204
    assert v1.get(f"{path}/{first['id']}").status == 404


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "name"),
        ({"name": "x", "currency": "EUR"}, "iban"),
        ({"name": "x", "currency": "EUR", "iban": "DE00"}, "iban"),
        ({"name": "x", "currency": "EUR", "iban": IBAN, "bic": "NO"}, "bic"),
        ({"name": "x", "iban": IBAN}, "currency"),
    ],
)
def test_bank_accounts_that_are_refused(v1: V1, body: Body, param: str) -> None:
    answer = v1.post("/account/bank-accounts", body)
    assert (answer.status, answer.error["param"]) == (422, param)
    assert BankAccount.objects.count() == 0


def test_another_organizations_bank_account_is_not_found_Z1(v1: V1, rival_v1: V1) -> None:
    made = v1.made("/account/bank-accounts", {"name": "A", "iban": IBAN, "currency": "EUR"})
    path = f"/account/bank-accounts/{made['id']}"
    for method in ("GET", "PUT", "DELETE"):
        assert rival_v1.call(method, path, {}).status == 404
    assert BankAccount.objects.count() == 1


def test_series_are_shown_before_their_first_number(v1: V1) -> None:
    rows = v1.get("/account/number-series").json["data"]
    assert [row["document"] for row in rows] == [
        "invoice",
        "credit_note",
        "quote",
        "payment",
        "refund",
    ]
    assert (rows[0]["pattern"], rows[0]["next"], rows[0]["last_number"]) == (
        "INV-{YYYY}-{n:03}",
        "INV-2025-001",
        0,
    )


def test_a_series_goes_on_where_another_system_stopped_B5(v1: V1, customer: Body) -> None:
    body = {"pattern": "R-{n:06}", "reset": "never", "next_number": 10332}
    shown = v1.put("/account/number-series/invoice", body).json
    assert (shown["next"], shown["period"]) == ("R-010332", "")
    made = v1.made("/invoices", {"customer_id": customer["id"], "line_items": [line()]})
    assert made["number"] == "R-010332"
    answer = v1.put("/account/number-series/invoice", {"next_number": 10332})
    assert (answer.status, answer.error["code"]) == (409, "number_already_used")
    assert v1.get("/account/number-series/invoice").json["next_number"] == 10333


def test_a_change_never_comes_to_a_used_number_again(v1: V1, draft: Body) -> None:
    """INV-2025-001 is taken; counting anew without years would spell it once more."""
    path = "/account/number-series/invoice"
    answer = v1.put(path, {"reset": "never"})
    assert (answer.status, answer.error["code"]) == (409, "number_already_used")
    assert v1.get(path).json["reset"] == "year"
    assert v1.put(path, {"reset": "never", "next_number": 2}).json["next"] == "INV-2025-002"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"pattern": "INV"}, "pattern"),
        ({"pattern": "{n}{n}"}, "pattern"),
        ({"pattern": "INV-{n}"}, "pattern"),
        ({"pattern": "{__class__}-{YYYY}-{n}"}, "pattern"),
        ({"reset": "month"}, "pattern"),
        ({"reset": "weekly"}, "reset"),
        ({"next_number": 0}, "next_number"),
        ({"last_number": 5}, "last_number"),
    ],
)
def test_series_that_are_refused(v1: V1, body: Body, param: str) -> None:
    answer = v1.put("/account/number-series/invoice", body)
    assert (answer.status, answer.error["param"]) == (422, param)
    assert v1.get("/account/number-series/invoice").json["next"] == "INV-2025-001"


def test_an_unknown_series_is_not_found(v1: V1) -> None:
    assert v1.get("/account/number-series/receipt").status == 404
    assert v1.put("/account/number-series/receipt", {}).status == 404
    assert v1.get("/account/number-series/credit-note").json["document"] == "credit_note"


def test_the_register_accounts_for_every_number_B2(v1: V1, customer: Body) -> None:
    body = {"customer_id": customer["id"], "line_items": [line()]}
    made = [v1.made("/invoices", body)["id"] for _ in range(4)]
    v1.post(f"/invoices/{made[0]}/issue")
    v1.delete(f"/invoices/{made[1]}")
    v1.post(f"/invoices/{made[2]}/issue")
    v1.post(f"/invoices/{made[2]}/void", {"reason": "Duplicate"})
    shown = v1.get("/account/numbers?document=invoice&period=2025").json
    assert (shown["first"], shown["last"], shown["missing"]) == (1, 4, [])
    assert [(row["number"], row["fate"]) for row in shown["data"]] == [
        ("INV-2025-001", "issued"),
        ("INV-2025-002", "cancelled"),
        ("INV-2025-003", "void"),
        ("INV-2025-004", "reserved"),
    ]
    assert [row["document_id"] for row in shown["data"]] == [made[0], None, made[2], made[3]]
    assert shown["counts"] == {"reserved": 1, "issued": 1, "void": 1, "cancelled": 1}
    assert v1.get("/account/numbers").json == shown
    NumberRegister.objects.filter(n=2).delete()
    assert v1.get("/account/numbers").json["missing"] == [2]


def test_the_register_comes_in_pages(v1: V1, customer: Body) -> None:
    for _ in range(3):
        v1.made("/invoices", {"customer_id": customer["id"], "line_items": [line()]})
    first = v1.get("/account/numbers?limit=2").json
    assert ([row["n"] for row in first["data"]], first["has_more"]) == ([1, 2], True)
    second = v1.get(f"/account/numbers?limit=2&cursor={first['next_cursor']}").json
    assert ([row["n"] for row in second["data"]], second["has_more"]) == ([3], False)


@pytest.mark.parametrize("query", ["period=25", "period=2025-1", "document=receipt", "series[]=x"])
def test_registers_that_are_refused(v1: V1, query: str) -> None:
    assert v1.get(f"/account/numbers?{query}").status == 400


def test_a_period_without_numbers_is_empty(v1: V1, draft: Body, rival_v1: V1) -> None:
    for caller, query in ((v1, "?period=1999"), (v1, "?document=quote"), (rival_v1, "")):
        shown = caller.get(f"/account/numbers{query}").json
        assert (shown["first"], shown["last"], shown["data"]) == (1, 0, [])


def test_templates_can_be_chosen_from(v1: V1) -> None:
    rows = v1.get("/invoice-templates").json["data"]
    assert [row["id"] for row in rows] == ["tmpl_modern", "tmpl_classic", "tmpl_compact"]
    assert [row["is_default"] for row in rows] == [True, False, False]
    assert v1.get("/invoice-templates/tmpl_classic").json == rows[1]
    assert v1.get("/invoice-templates/tmpl_mine").status == 404
    assert v1.get("/invoice-templates/tmpl_mine/preview").status == 404


@pytest.mark.parametrize("template", ["tmpl_modern", "tmpl_classic", "tmpl_compact"])
def test_a_preview_is_a_pdf_with_ones_own_name_and_writes_nothing_W10(
    v1: V1, template: str
) -> None:
    answer = v1.get(f"/invoice-templates/{template}/preview")
    assert answer.headers["Content-Type"] == "application/pdf"
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "Acme GmbH" in text
    assert "7,128.00" in text
    assert v1.get("/invoices").json["total_count"] == 0
    assert NumberRegister.objects.count() == 0
