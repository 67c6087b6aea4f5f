"""K3: one refresh token in 64 hands at once, and one code in 16."""

from collections import Counter

import pytest

from accounts.models import AccessToken, Grant, RefreshToken, User
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user
from tests.crowds import at_once
from tests.instants import AT
from tests.oauth import App, register, v1

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CROWD = 64


@pytest.fixture
def app() -> App:
    alice: User = create_user(at=AT, email="alice@acme.test", password="correct horse battery")
    acme = create_organization(at=AT, name="Acme", slug="acme", owner=alice, currency="USD")
    made = register(acme)
    made.sign_in(alice)
    return made


def test_K3_64_concurrent_refreshes_leave_one_family_alive(app: App) -> None:
    first = app.tokens()

    replies = at_once(*[lambda: app.refresh(first["refresh_token"])] * CROWD)

    assert Counter(reply.status for reply in replies) == {200: CROWD}
    assert len({reply.json["refresh_token"] for reply in replies}) == 1
    assert len({reply.json["access_token"] for reply in replies}) == 1
    assert Grant.objects.filter(revoked_at=None).count() == 1
    assert RefreshToken.objects.filter(rotated_at=None).count() == 1
    assert v1(replies[0].json).get("/invoices").status == 200
    assert app.refresh(replies[0].json["refresh_token"]).status == 200


def test_K3_a_code_in_many_hands_ends_in_nobodys(app: App) -> None:
    code = app.code()

    replies = at_once(*[lambda: app.exchange(code)] * 16)

    assert Counter(reply.status for reply in replies) == {200: 1, 400: 15}
    assert Grant.objects.get().revoked_at is not None
    assert AccessToken.objects.count() == 0
