"""Refresh tokens rotate; one that comes back kills its family, unless an answer was lost."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import AccessToken, Application, Grant, RefreshToken
from core.models import Event
from integrations.retention import clean_up
from tests.instants import AT
from tests.oauth import App, v1

DAY = timedelta(days=1)


def travel(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def test_K3_a_refresh_rotates(app: App) -> None:
    first = app.tokens()
    reply = app.refresh(first["refresh_token"])

    assert reply.status == 200
    assert set(reply.json) == set(first)
    assert reply.json["refresh_token"] != first["refresh_token"]
    assert reply.json["access_token"] != first["access_token"]
    assert v1(reply.json).get("/invoices").status == 200


def test_K3_a_replayed_refresh_token_ends_its_family(app: App) -> None:
    with travel(AT):
        first = app.tokens()
        second = app.refresh(first["refresh_token"]).json
    with travel(AT + timedelta(seconds=11)):
        replayed = app.refresh(first["refresh_token"])

        assert (replayed.status, replayed.json["error"]) == (400, "invalid_grant")
        assert app.refresh(second["refresh_token"]).json["error"] == "invalid_grant"
        assert v1(second).get("/invoices").status == 401
        assert v1(first).get("/invoices").status == 401
    assert Event.objects.filter(type="grant.revoked").count() == 1


def test_an_answer_that_got_lost_is_given_again_for_ten_seconds(app: App) -> None:
    with travel(AT):
        first = app.tokens()
        second = app.refresh(first["refresh_token"]).json
    with travel(AT + timedelta(seconds=10)):
        again = app.refresh(first["refresh_token"])

    assert again.status == 200
    assert again.json == {**second, "expires_in": 3590}
    assert (RefreshToken.objects.count(), Grant.objects.get().revoked_at) == (2, None)


def test_K3_no_answer_is_given_again_once_its_access_token_was_used(app: App) -> None:
    first = app.tokens()
    second = app.refresh(first["refresh_token"]).json
    assert v1(second).get("/invoices").status == 200

    assert app.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
    assert v1(second).get("/invoices").status == 401


def test_K3_no_answer_is_given_again_once_its_refresh_token_was_used(app: App) -> None:
    first = app.tokens()
    third = app.refresh(app.refresh(first["refresh_token"]).json["refresh_token"]).json

    assert app.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
    assert app.refresh(third["refresh_token"]).json["error"] == "invalid_grant"


def test_a_family_dies_alone(app: App) -> None:
    one, other = app.tokens(), app.tokens()
    second = app.refresh(one["refresh_token"]).json
    v1(second).get("/invoices")

    app.refresh(one["refresh_token"])

    assert v1(other).get("/invoices").status == 200
    assert app.refresh(other["refresh_token"]).status == 200


def test_a_refresh_may_narrow_its_access_token_and_ask_for_all_again(app: App) -> None:
    first = app.tokens()
    narrow = app.refresh(first["refresh_token"], scope="invoices:read").json

    assert narrow["scope"] == "invoices:read"
    assert v1(narrow).get("/customers").status == 403
    assert app.refresh(narrow["refresh_token"]).json["scope"] == "invoices:read customers:read"


def test_a_refresh_cannot_widen(app: App) -> None:
    first = app.tokens()

    reply = app.refresh(first["refresh_token"], scope="invoices:read settings:write")

    assert (reply.status, reply.json["error"]) == (400, "invalid_scope")
    assert app.refresh(first["refresh_token"]).status == 200


def test_an_access_token_lives_an_hour(app: App) -> None:
    with travel(AT):
        tokens = app.tokens()
    with travel(AT + timedelta(seconds=3599)):
        assert v1(tokens).get("/invoices").status == 200
    with travel(AT + timedelta(seconds=3600)):
        refused = v1(tokens).get("/invoices")
    assert (refused.status, refused.error["code"]) == (401, "invalid_token")


@pytest.mark.parametrize(
    ("idle", "status"), [(30 * DAY - timedelta(seconds=1), 200), (30 * DAY, 400)]
)
def test_K3_a_refresh_token_idles_thirty_days(app: App, idle: timedelta, status: int) -> None:
    with travel(AT):
        tokens = app.tokens()
    with travel(AT + idle):
        assert app.refresh(tokens["refresh_token"]).status == status


def test_K3_after_180_days_a_person_is_asked_again(app: App) -> None:
    with travel(AT):
        tokens = app.tokens()
    for days in range(25, 180, 25):
        with travel(AT + days * DAY):
            tokens = app.refresh(tokens["refresh_token"]).json
    with travel(AT + 180 * DAY - timedelta(seconds=60)):
        last = app.refresh(tokens["refresh_token"]).json
        assert last["expires_in"] == 60
    with travel(AT + 180 * DAY):
        assert app.refresh(last["refresh_token"]).json["error"] == "invalid_grant"
        assert v1(last).get("/invoices").status == 401


def test_scopes_taken_from_the_application_are_gone_at_the_next_refresh(app: App) -> None:
    tokens = app.tokens()
    Application.objects.update(scopes=["invoices:read"])

    assert app.refresh(tokens["refresh_token"]).json["scope"] == "invoices:read"


def test_revoking_a_refresh_token_ends_its_family(app: App) -> None:
    tokens = app.tokens()

    reply = app.revoke(tokens["refresh_token"])

    assert (reply.status, reply.json) == (200, {})
    assert v1(tokens).get("/invoices").status == 401
    assert app.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_revoking_an_access_token_ends_that_one(app: App) -> None:
    tokens = app.tokens()

    assert app.revoke(tokens["access_token"]).status == 200
    assert v1(tokens).get("/invoices").status == 401
    assert app.refresh(tokens["refresh_token"]).status == 200


def test_revoking_what_nobody_knows_succeeds(app: App) -> None:
    assert app.revoke("never seen").status == 200


def test_revoking_needs_the_applications_secret(app: App) -> None:
    tokens = app.tokens()
    app.secret = "guessed"

    assert app.revoke(tokens["refresh_token"]).json["error"] == "invalid_client"
    assert v1(tokens).get("/invoices").status == 200


def test_the_daily_clean_up_deletes_what_is_over_and_nothing_else(app: App) -> None:
    with travel(AT):
        old, kept = app.tokens(), app.tokens()
        app.code()  # never redeemed
    with travel(AT + 20 * DAY):
        kept = app.refresh(kept["refresh_token"]).json
    with travel(AT + 31 * DAY):
        clean_up(timezone.now())

        assert (AccessToken.objects.count(), RefreshToken.objects.count()) == (0, 1)
        assert Grant.objects.count() == 1
        assert app.refresh(kept["refresh_token"]).status == 200
        assert app.refresh(old["refresh_token"]).json["error"] == "invalid_grant"


def test_the_clean_up_wipes_what_could_give_an_answer_again(app: App) -> None:
    with travel(AT):
        app.refresh(app.tokens()["refresh_token"])
    assert RefreshToken.objects.exclude(successor_salt="").count() == 1

    clean_up(AT + timedelta(minutes=2))

    assert RefreshToken.objects.exclude(successor_salt="").count() == 0
