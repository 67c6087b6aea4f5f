"""POST /login: a person's password for an hour, and for nothing more than the collector."""

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from accounts.models import Membership, Organization, User
from accounts.operations.users import set_password
from tests.contract.collector.conftest import Collector
from tests.instants import AT
from tests.v1 import Answer

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _known_password(acme: Organization, alice: User) -> None:
    cache.clear()
    set_password(at=AT, user_id=alice.pk, password=PASSWORD)


def login(email: str = "alice@acme.test", password: str = PASSWORD) -> Answer:
    return Collector().post("/login", {"email": email, "password": password})


def session() -> Collector:
    answer = login()
    assert (answer.status, answer.json["type"]) == (200, "customer")
    return Collector(answer.json["bearer"])


def test_it_does_what_the_customers_bearer_does(acme: Organization) -> None:
    person = session()
    assert person.get("/customer").json["name"] == "default"
    assert person.user()["remote_id"] == "A1B2C3D4"


def test_it_replaces_no_bearer() -> None:
    assert session().post("/customer/bearer").status == 403


@pytest.mark.parametrize(
    ("email", "password"),
    [("alice@acme.test", "wrong"), ("nobody@acme.test", PASSWORD), ("alice@acme.test", "\ud83d")],
)
def test_wrong_credentials(email: str, password: str) -> None:
    answer = login(email, password.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    assert (answer.status, answer.json["message"]) == (401, "Invalid credentials")


def test_ten_failures_are_enough() -> None:
    seen = [login(password="wrong").status for _ in range(11)]
    assert seen == [401] * 10 + [429]
    assert login().status == 429


def test_it_ends_after_an_hour() -> None:
    with time_machine.travel(AT, tick=False) as now:
        person = session()
        now.shift(3_599)
        assert person.get("/customer").status == 200
        now.shift(2)
        assert person.get("/customer").status == 401


def test_it_ends_with_the_password(alice: User) -> None:
    person = session()
    set_password(at=AT, user_id=alice.pk, password="another horse battery")
    assert person.get("/customer").status == 401


def test_it_ends_with_the_membership(acme: Organization, alice: User) -> None:
    person = session()
    Membership.objects.of(acme.pk).filter(user=alice).delete()
    assert person.get("/customer").status == 401


def test_a_second_factor_is_not_gone_around(alice: User) -> None:
    Authenticator.objects.create(user=alice, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert login().status == 403


def test_a_role_without_the_collector(bob: User) -> None:
    set_password(at=AT, user_id=bob.pk, password=PASSWORD)
    assert login(bob.email).status == 403


def test_a_forged_one_is_nobodys() -> None:
    bearer = session().secret
    for forged in ("c_sess_", "c_sess_x", bearer[:-1], f"{bearer}x", bearer.swapcase()):
        assert Collector(forged).get("/customer").status == 401


def test_other_methods_and_bodies() -> None:
    assert Collector().get("/login").status == 405
    missing = Collector().post("/login", {"email": "a@b.test"})
    assert missing.json["message"] == 'The field "password" is missing.'
    assert Collector().call("POST", "/login", raw=b"{").status == 400
