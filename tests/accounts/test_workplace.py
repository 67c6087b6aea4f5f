"""Which organization a signed-in person works in."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor, system_actor
from accounts.models import Organization, Role, User
from accounts.operations.memberships import invite_member
from accounts.operations.users import create_user
from accounts.web.context import current_organization
from accounts.web.middleware import CurrentOrganizationMiddleware


def passed(user: User | AnonymousUser, **session: object) -> HttpRequest:
    """A request of that person after it went through the middleware."""
    request = RequestFactory().get("/")
    request.user = user
    request.session = SessionStore()
    request.session.update(session)
    CurrentOrganizationMiddleware(lambda _: HttpResponse())(request)
    return request


@pytest.fixture
def second(
    rival: Organization, owner: User, studio: Organization, at: datetime.datetime
) -> Organization:
    invite_member(actor=system_actor(rival.pk), at=at, email=owner.email, role=Role.VIEWER)
    return rival


def test_nothing_is_looked_up_until_it_is_used(owner: User, studio: Organization) -> None:
    with CaptureQueriesContext(connection) as queries:
        request = passed(owner)
    assert len(queries) == 0
    with CaptureQueriesContext(connection) as queries:
        assert request.organization == studio  # type: ignore[attr-defined]
        assert request.membership.role == Role.OWNER  # type: ignore[attr-defined]
        assert request.actor.may("settings:write")  # type: ignore[attr-defined]
        assert current_organization(request)["organization"].name == "Acme Studio"
    assert len(queries) == 1


def test_strangers_have_no_organization(db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        request = passed(AnonymousUser())
        assert not request.organization  # type: ignore[attr-defined]
        assert not request.actor  # type: ignore[attr-defined]
    assert len(queries) == 0


def test_an_address_with_its_own_credential_costs_no_query(client: Client, owner: User) -> None:
    client.force_login(owner)
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/api/unknown").status_code == 404
    assert len(queries) == 0


def test_the_session_chooses_and_the_oldest_membership_is_the_default(
    owner: User, studio: Organization, second: Organization
) -> None:
    assert passed(owner).organization == studio  # type: ignore[attr-defined]
    chosen = passed(owner, organization_id=second.pk)
    assert chosen.organization == second  # type: ignore[attr-defined]
    assert not chosen.actor.may("invoices:write")  # type: ignore[attr-defined]


def test_a_choice_without_membership_counts_for_nothing(
    owner: User, studio: Organization, rival: Organization
) -> None:
    request = passed(owner, organization_id=rival.pk)
    assert request.organization == studio  # type: ignore[attr-defined]
    assert request.actor.organization_id == studio.pk  # type: ignore[attr-defined]


def test_in_the_sandbox_the_actor_is_in_test_mode(owner: User, studio: Organization) -> None:
    request = passed(owner, works_in_sandbox=True)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert (actor.organization_id, actor.livemode) == (studio.sandbox.pk, False)
    assert actor.may("invoices:write")
    assert current_organization(request)["is_sandbox"]


def test_directory_users_have_no_workplace(
    studio: Organization, owner_actor: Actor, at: datetime.datetime
) -> None:
    member = invite_member(actor=owner_actor, at=at, email="c@buyer.test", role=Role.CUSTOMER)
    assert not passed(member.user).organization  # type: ignore[attr-defined]


def test_templates_ask_what_the_person_may(
    owner: User, studio: Organization, second: Organization
) -> None:
    template = engines["django"].from_string(
        "{{ organization|default:'' }}|{% if can.invoices_write %}new{% endif %}"
        "|{{ memberships|length }}"
    )
    assert template.render({}, passed(owner)) == "Acme Studio|new|2"
    assert template.render({}, passed(owner, organization_id=second.pk)) == "Rival||2"
    assert template.render({}, passed(AnonymousUser())) == "||0"


def test_switching_is_kept_in_the_session(
    client: Client, owner: User, studio: Organization, second: Organization
) -> None:
    client.force_login(owner)
    client.post("/organizations/sandbox", {"sandbox": "on"})
    answer = client.post(
        "/organizations/switch", {"organization": str(second.uuid), "next": "/invoices"}
    )
    assert (answer.status_code, answer["Location"]) == (303, "/invoices")
    assert client.session["organization_id"] == second.pk
    assert client.session["works_in_sandbox"] is False
    client.post("/organizations/sandbox", {"sandbox": "on"})
    assert client.session["works_in_sandbox"] is True


@pytest.mark.parametrize("wanted", ["rival", "nonsense", ""])
def test_switching_to_somebody_elses_organization_is_not_found(
    client: Client, owner: User, studio: Organization, rival: Organization, wanted: str
) -> None:
    client.force_login(owner)
    value = str(rival.uuid) if wanted == "rival" else wanted
    assert client.post("/organizations/switch", {"organization": value}).status_code == 404
    assert "organization_id" not in client.session


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "javascript:alert(1)"])
def test_switching_leads_to_our_own_pages_only(
    client: Client, owner: User, studio: Organization, target: str
) -> None:
    client.force_login(owner)
    answer = client.post("/organizations/sandbox", {"sandbox": "on", "next": target})
    assert answer["Location"] == "/"


def test_switching_needs_a_post_by_somebody_signed_in(
    client: Client, studio: Organization, at: datetime.datetime
) -> None:
    create_user(at=at, email="x@acme.test")
    answer = client.post("/organizations/switch", {"organization": str(studio.uuid)})
    assert answer["Location"].startswith("/accounts/login/")
    assert client.get("/organizations/switch").status_code == 405


def test_switching_refuses_another_sites_form(owner: User, studio: Organization) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    answer = browser.post("/organizations/switch", {"organization": str(studio.uuid)})
    assert answer.status_code == 403
    assert "organization_id" not in browser.session
