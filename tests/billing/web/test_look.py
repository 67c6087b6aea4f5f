"""Choosing the look with an invoice beside it that follows."""

import copy
import re

from django.test import Client

from accounts.models import Organization
from billing.documents.sample import sample_picture
from tests.billing.web.test_settings import LOOK, filled, image
from tests.instants import TODAY


def test_the_picture_follows_what_is_typed_and_nothing_is_kept(
    staff: Client, acme: Organization
) -> None:
    data = {**filled(staff, LOOK), "accent_color": "#bb2200", "legal_text": "Capital <1> & more"}
    page = staff.post(f"{LOOK}/preview", data).content.decode()
    assert page.lstrip().startswith('<svg class="paper"')
    assert "#bb2200" in page
    assert "Capital &lt;1&gt; &amp; more" in page
    acme.refresh_from_db()
    assert acme.accent_color == "#1d4ed8"


def test_a_logo_is_seen_before_it_is_saved(staff: Client, acme: Organization) -> None:
    data = {**filled(staff, LOOK), "logo": image()}
    assert "data:image/png;base64," in staff.post(f"{LOOK}/preview", data).content.decode()
    acme.refresh_from_db()
    assert not acme.logo


def test_without_scripts_a_button_previews(staff: Client, acme: Organization) -> None:
    data = {**filled(staff, LOOK), "template": "tmpl_classic", "intent": "preview"}
    response = staff.post(LOOK, data)
    assert response.status_code == 200
    assert "NotoSerif" in response.content.decode()
    acme.refresh_from_db()
    assert acme.template == "tmpl_modern"


def test_what_is_wrong_is_drawn_as_it_was(staff: Client) -> None:
    data = {**filled(staff, LOOK), "accent_color": "javascript:alert(1)", "template": "../../x"}
    page = staff.post(f"{LOOK}/preview", data)
    assert page.status_code == 200
    assert "javascript" not in page.content.decode()


def test_a_logo_is_taken_away(staff: Client, acme: Organization) -> None:
    staff.post(LOOK, {**filled(staff, LOOK), "logo": image()})
    assert "remove_logo" in staff.get(LOOK).content.decode()
    staff.post(LOOK, {**filled(staff, LOOK), "remove_logo": "on"})
    acme.refresh_from_db()
    assert not acme.logo


def test_the_sample_is_a_pdf(staff: Client) -> None:
    response = staff.get(f"{LOOK}/sample")
    assert response.content.startswith(b"%PDF-")
    assert response["Content-Type"] == "application/pdf"


def test_every_sign_is_escaped_and_has_its_place(acme: Organization) -> None:
    strange = copy.copy(acme)
    strange.legal_name = strange.name = '</svg><script>alert(1)</script> "שלום"'
    for template in ("tmpl_modern", "tmpl_classic", "tmpl_compact"):
        picture = sample_picture(strange, template, TODAY)
        assert "<script" not in picture
        assert set(re.findall(r"<(\w+)", picture)) <= {
            "svg",
            "text",
            "rect",
            "line",
            "image",
            "path",
        }
        assert "7,128.00" in picture
    assert sample_picture(acme, "tmpl_modern", TODAY) == sample_picture(acme, "tmpl_modern", TODAY)


def test_a_viewer_sees_no_preview(viewer: Client) -> None:
    assert viewer.post(f"{LOOK}/preview").status_code == 403
