"""Mail texts in the browser: shown, previewed, saved, refused beside the field, taken back."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from integrations.models import EmailTemplate
from tests.browsers import signed_in
from tests.builders import issued_invoice
from tests.instants import AT

PAGE = "/settings/email-templates/invoice/en"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def test_every_kind_and_language_is_listed(staff: Client) -> None:
    text = staff.get("/settings/email-templates").content.decode()
    assert text.count('href="/settings/email-templates/') == 20
    assert text.count("standard</span>") == 20


def test_the_page_shows_the_products_words_and_the_newest_invoice(
    staff: Client, actor: Actor
) -> None:
    invoice = issued_invoice(actor, "1234.50")
    text = staff.get(PAGE).content.decode()
    assert "Invoice {invoice_number} from {company_name}" in text
    assert f"Invoice {invoice.number} from Acme GmbH" in text
    assert f"with the figures of {invoice.number}" in text


def test_without_a_document_a_sample_stands_in(staff: Client) -> None:
    text = staff.get("/settings/email-templates/quote/de").content.decode()
    assert "with sample figures" in text
    assert "Angebot Q-1042 von Acme GmbH" in text


def test_a_preview_saves_nothing(staff: Client) -> None:
    page = staff.post(PAGE, {"subject": "Ours: {invoice_number}", "message": "", "show": "1"})
    assert page.status_code == 200
    assert "Ours: INV-1042" in page.content.decode()
    assert not EmailTemplate.objects.exists()


def test_saving_and_going_back(staff: Client) -> None:
    staff.post(PAGE, {"subject": "Ours: {invoice_number}", "message": ""})
    assert EmailTemplate.objects.get().subject == "Ours: {invoice_number}"
    assert "Ours: INV-1042" in staff.get(PAGE).content.decode()
    staff.post(f"{PAGE}/reset")
    assert not EmailTemplate.objects.exists()


@pytest.mark.parametrize("button", [{}, {"show": "1"}])
def test_an_unknown_placeholder_is_refused_beside_its_field(
    staff: Client, button: dict[str, str]
) -> None:
    page = staff.post(PAGE, {"subject": "x", "message": "{amount}", **button})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["message"]
    assert "is no placeholder here" in page.content.decode()
    assert not EmailTemplate.objects.exists()


def test_what_is_typed_is_shown_as_text(staff: Client) -> None:
    page = staff.post(PAGE, {"subject": "<b>x</b>", "message": "<script>1</script>", "show": "1"})
    text = page.content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert "<script>1" not in text


@pytest.mark.parametrize("address", ["/settings/email-templates", PAGE])
def test_viewers_and_nobody_stay_out(
    actor: Actor, bob_actor: Actor, bob: User, address: str
) -> None:
    assert signed_in(bob).get(address).status_code == 403
    assert Client().get(address).status_code == 302
    assert signed_in(bob).post(f"{PAGE}/reset").status_code == 403


def test_other_kinds_are_not_there(staff: Client) -> None:
    assert staff.get("/settings/email-templates/alert/en").status_code == 404
    assert staff.get("/settings/email-templates/invoice/it").status_code == 404
