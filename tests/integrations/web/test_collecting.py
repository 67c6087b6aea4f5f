"""The staff page on collecting: what can be set, and what is sent again."""

import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from integrations.collectors import callbacks
from integrations.models import CallbackDelivery, CollectorAccount
from tests.billing.admin.collecting import collect_something
from tests.browsers import signed_in
from tests.instants import AT

PAGE = "/settings/collecting"
CALLBACK = "http://127.0.0.1:9/callback"


def test_callback_origins_and_theme_are_set(staff: Client) -> None:
    data = {"callback": CALLBACK, "origins": "https://a.test\r\nhttps://B.test/", "theme": "ocean"}
    assert staff.post(PAGE, data).status_code == 302
    account = CollectorAccount.objects.get()
    assert (account.callback, account.theme) == (CALLBACK, "ocean")
    assert account.origins == ["https://a.test", "https://b.test"]
    assert b"https://a.test\nhttps://b.test" in staff.get(PAGE).content


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"callback": "http://10.0.0.1/"}, "does not call"),
        ({"origins": "https://*.test"}, "is not the origin of a site"),
        ({"theme": "neon"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    staff: Client, data: dict[str, str], sentence: str
) -> None:
    answer = staff.post(PAGE, {"callback": "", "origins": "", "theme": "default", **data})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    account = CollectorAccount.objects.get()
    assert (account.callback, account.origins, account.theme) == ("", [], "default")


def test_a_delivery_that_was_given_up_is_sent_again(staff: Client, actor: Actor) -> None:
    collect_something(actor)
    staff.post(PAGE, {"callback": CALLBACK, "origins": "", "theme": "default"})
    given_up = {"status": "failed", "attempts_made": 75, "error": "refused", "finished_at": AT}
    CallbackDelivery.objects.update(**given_up, next_attempt_at=None)
    chosen = CallbackDelivery.objects.order_by("pk")[1]
    assert b"R-1" in staff.get(PAGE).content
    assert staff.post(f"{PAGE}/deliveries/{chosen.pk}/replay").status_code == 302
    again = CallbackDelivery.objects.get(status="pending")
    assert (again.pk, again.attempts_made, again.finished_at) == (chosen.pk, 0, None)
    assert again.next_attempt_at is not None
    assert callbacks.has_due(again.next_attempt_at)


def test_one_that_is_under_way_is_left_alone(actor: Actor) -> None:
    collect_something(actor)
    CollectorAccount.objects.update(callback=CALLBACK)
    until = AT + datetime.timedelta(seconds=90)
    CallbackDelivery.objects.update(locked_until=until, attempts_made=2)
    chosen = CallbackDelivery.objects.order_by("pk")[0]
    callbacks.deliver_again(actor=actor, at=AT, delivery_id=chosen.pk)
    chosen.refresh_from_db()
    assert (chosen.locked_until, chosen.attempts_made) == (until, 2)


def test_without_a_callback_nothing_is_sent_again(staff: Client, actor: Actor) -> None:
    collect_something(actor)
    chosen = CallbackDelivery.objects.order_by("pk")[0]
    answer = staff.post(f"{PAGE}/deliveries/{chosen.pk}/replay", follow=True)
    assert b"No callback url defined" in answer.content
    chosen.refresh_from_db()
    assert chosen.next_attempt_at is None


def test_another_organizations_delivery_is_not_there(
    actor: Actor, mallory: Any, rival: Any
) -> None:
    collect_something(actor)
    chosen = CallbackDelivery.objects.order_by("pk")[0]
    stranger = signed_in(mallory)
    assert stranger.post(f"{PAGE}/deliveries/{chosen.pk}/replay").status_code == 404
    assert b"R-1" not in stranger.get(PAGE).content


def test_the_test_says_what_the_callback_answered(staff: Client) -> None:
    staff.post(PAGE, {"callback": CALLBACK, "origins": "", "theme": "default"})
    answer = staff.post(f"{PAGE}/test", follow=True)
    assert b"The callback did not take the test" in answer.content


def test_a_new_signing_secret_is_shown_once(staff: Client) -> None:
    shown = staff.post(f"{PAGE}/secret")
    secret = CollectorAccount.objects.get().secret
    assert secret in shown.content.decode()
    assert secret not in staff.get(PAGE).content.decode()
