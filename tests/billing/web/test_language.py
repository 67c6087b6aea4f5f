"""The pages in the language that the person chose."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from billing.web.language import refusal, say_sentence
from core.errors import InvalidValue

pytestmark = pytest.mark.django_db


def test_a_choice_is_kept_with_the_person(staff: Client, alice: User) -> None:
    answer = staff.post(reverse("billing:language"), {"language": "de", "next": "/invoices"})
    assert answer.headers["Location"] == "/invoices"
    assert answer.cookies["django_language"].value == "de"
    alice.refresh_from_db()
    assert alice.locale == "de"
    page = staff.get(reverse("billing:invoices")).content.decode()
    assert '<html lang="de"' in page


def test_a_language_that_is_not_offered_changes_nothing(staff: Client, alice: User) -> None:
    staff.post(reverse("billing:language"), {"language": "xx"})
    alice.refresh_from_db()
    assert alice.locale == "en"


def test_an_address_elsewhere_is_not_followed(staff: Client) -> None:
    answer = staff.post(
        reverse("billing:language"), {"language": "fr", "next": "https://evil.test/"}
    )
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("sentence", "german"),
    [
        ("At most 100 lines.", "Höchstens 100 Positionen."),
        ("This is not a valid IBAN.", "Das ist keine gültige IBAN."),
        ("As of Jan 3, 2025", "Stand Jan 3, 2025"),
        (
            "EUR: 3 open items on Jan 3, 2025, of which 1 overdue.",
            "EUR: 3 offene Posten am Jan 3, 2025, davon 1 überfällig.",
        ),
        ("The server answers 502.", "Der Server antwortet mit 502."),
        ("Nobody has said this before", "Nobody has said this before"),
        ("", ""),
    ],
)
def test_a_finished_sentence_is_said_in_the_readers_language(sentence: str, german: str) -> None:
    with translation.override("de"):
        assert say_sentence(sentence) == german
    with translation.override("en"):
        assert say_sentence(sentence) == sentence


def test_a_refusal_is_translated_where_people_read_it_and_nowhere_else() -> None:
    error = InvalidValue("At most 8 steps.", param="steps")
    with translation.override("fr"):
        assert refusal(error) == "Au plus 8 étapes."
        assert str(error) == "At most 8 steps."
