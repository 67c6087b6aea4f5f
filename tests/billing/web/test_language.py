"""The pages in the language that the person chose."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User

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
