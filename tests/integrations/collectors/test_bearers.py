"""The bearer of the first start: printed once, warned of until it is replaced."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import ApiKey, Organization, User
from core.errors import NotFound
from integrations.collectors import bearers
from integrations.models import CollectorUserToken
from invoiceapp.first_start import announce_bearer
from tests.browsers import signed_in
from tests.contract.collector.conftest import Collector, bearer_for

pytestmark = pytest.mark.django_db
WARNING = b"The collector's bearer stands in the server's log."


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    """The bearer of the line that was printed."""
    line = capsys.readouterr().out
    start, end = 'Default customer created. Bearer is "', '". Keep it safe, it will not be'
    assert line.startswith(start) and line.endswith(f"{end} displayed again.\n")
    return line[len(start) :].partition('"')[0]


def test_it_is_printed_at_the_first_start_alone(
    acme: Organization, capsys: pytest.CaptureFixture[str]
) -> None:
    announce_bearer()
    bearer = printed(capsys)
    assert Collector(bearer).get("/customer").json["name"] == "default"
    announce_bearer()
    assert capsys.readouterr().out == ""
    assert ApiKey.objects.filter(dialect="collector").count() == 1


def test_without_an_organization_there_is_nobody_to_call(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    announce_bearer()
    assert capsys.readouterr().out == ""


def test_the_dashboard_warns_until_it_is_replaced(
    acme: Organization, alice: User, bob: User, capsys: pytest.CaptureFixture[str]
) -> None:
    staff = signed_in(alice)
    assert WARNING not in staff.get("/").content
    announce_bearer()
    bearer = Collector(printed(capsys))
    assert WARNING in staff.get("/").content
    assert WARNING not in signed_in(bob).get("/").content
    assert bearer.post("/customer/bearer").status == 200
    assert WARNING not in staff.get("/").content


def test_staff_replace_it_and_every_token_ends(
    acme: Organization, alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    announce_bearer()
    bearer = Collector(printed(capsys))
    bearer.user()
    key, staff = ApiKey.objects.get(dialect="collector"), signed_in(alice)
    shown = staff.get("/settings/collecting")
    assert b"printed on the console" in shown.content
    answer = staff.post(f"/settings/collecting/bearers/{key.uuid}/rotate")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    fresh = answer.context["shown"][1]
    assert bearer.get("/customer").status == 401
    assert Collector(fresh).get("/customer").status == 200
    assert not CollectorUserToken.objects.exists()
    assert fresh.encode() not in staff.get("/settings/collecting").content


def test_only_a_bearer_is_replaced_there(acme: Organization, alice: User, actor: Actor) -> None:
    bearer_for(acme)
    other = ApiKey.objects.create(
        organization=acme,
        name="Other",
        prefix="sk_live_x",
        digest="d" * 64,
        created_at=timezone.now(),
        updated_at=timezone.now(),
    )
    path = f"/settings/collecting/bearers/{other.uuid}/rotate"
    assert signed_in(alice).post(path).status_code == 404
    with pytest.raises(NotFound):
        bearers.replace_bearer(actor=actor, at=timezone.now(), api_key_id=other.pk)
    other.refresh_from_db()
    assert other.revoked_at is None


def test_strangers_are_sent_to_sign_in() -> None:
    assert Client().get("/settings/collecting").status_code == 302
