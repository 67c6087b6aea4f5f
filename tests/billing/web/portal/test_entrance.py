"""Coming in: one use, a quarter of an hour, the same answer for everybody."""

import datetime
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Organization
from accounts.operations.organizations import update_organization
from billing.models import Customer, PortalLink, PortalSession
from billing.operations.contacts import add_contact
from billing.operations.customers import update_customer
from billing.operations.portal_access import link_token
from core.models import Event
from integrations.models import Message
from tests.builders import customer
from tests.instants import AT

Enter = Callable[..., Client]
SENT = "a link is on its way"


def ask(client: Client, email: str = "ap@globex.test") -> str:
    """The token that is mailed, whoever asked."""
    answer = client.post("/portal/acme/link", {"email": email})
    assert answer.status_code == 200
    assert SENT in answer.content.decode()
    return link_token(PortalLink.objects.order_by("-pk")[0])


def come_in(client: Client, token: str) -> int:
    return client.post(f"/portal/acme/enter/{token}").status_code


def test_the_link_is_mailed_and_signs_in(
    client: Client, buyer: Customer, drain: Callable[..., int], mailoutbox: list[object]
) -> None:
    token = ask(client, "AP@Globex.test")
    assert Message.objects.count() == 0
    drain()
    message = Message.objects.get(kind="portal")
    assert [one.address for one in message.recipients.all()] == ["ap@globex.test"]
    assert token not in message.body + message.subject
    assert PortalLink.objects.get().mailed_at is not None
    assert come_in(client, token) == 303
    page = client.get("/portal/acme")
    assert page.status_code == 200
    assert "Globex Corporation" in page.content.decode()
    assert Event.objects.filter(type="portal.signed_in", actor_label="ap@globex.test").count() == 1


def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    client: Client, buyer: Customer, drain: Callable[..., int]
) -> None:
    known = client.post("/portal/acme/link", {"email": "ap@globex.test"})
    unknown = client.post("/portal/acme/link", {"email": "nobody@nowhere.test"})
    assert unknown.status_code == known.status_code
    assert unknown.content == known.content
    drain()
    assert [m.subject_id for m in Message.objects.all()] == [
        PortalLink.objects.get(email="ap@globex.test").pk
    ]
    stranger = PortalLink.objects.get(email="nobody@nowhere.test")
    assert come_in(client, link_token(stranger)) == 410
    assert PortalSession.objects.count() == 0


def test_looking_at_the_link_uses_nothing_up(client: Client, buyer: Customer) -> None:
    token = ask(client)
    for _ in range(3):
        page = client.get(f"/portal/acme/enter/{token}")
        assert page.status_code == 200
        assert page.cookies.get("portal") is None
    assert come_in(client, token) == 303


def test_a_link_works_once(client: Client, buyer: Customer) -> None:
    token = ask(client)
    assert come_in(client, token) == 303
    assert come_in(Client(), token) == 410
    assert PortalSession.objects.count() == 1


def test_a_link_expires_after_a_quarter_of_an_hour(client: Client, buyer: Customer) -> None:
    token, asked = ask(client), timezone.now()
    with time_machine.travel(asked + datetime.timedelta(minutes=15, seconds=1), tick=False):
        assert come_in(client, token) == 410
    with time_machine.travel(asked + datetime.timedelta(minutes=14, seconds=59), tick=False):
        assert come_in(client, token) == 303


def test_only_hashes_are_kept(client: Client, buyer: Customer) -> None:
    token = ask(client)
    come_in(client, token)
    link, session = PortalLink.objects.get(), PortalSession.objects.get()
    assert token not in (link.digest, str(link.uuid))
    assert client.cookies["portal"].value not in session.digest


def test_the_cookie_is_the_portals_own(client: Client, buyer: Customer) -> None:
    come_in(client, ask(client))
    cookie = client.cookies["portal"]
    assert cookie["path"] == "/portal/acme"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "sessionid" not in client.cookies
    # It opens no page of the staff's, and a link of the portal no other door.
    assert client.get("/invoices").status_code == 302


def test_an_address_gets_five_links_an_hour(client: Client, buyer: Customer) -> None:
    for _ in range(8):
        ask(client)
    assert PortalLink.objects.count() == 5


def test_a_caller_asks_thirty_times_an_hour(client: Client, acme: Organization) -> None:
    answers = [
        client.post("/portal/acme/link", {"email": f"a{n}@b.test"}).status_code for n in range(31)
    ]
    assert answers == [200] * 30 + [429]
    assert PortalLink.objects.count() == 30


def test_guesses_are_slowed_down(client: Client, acme: Organization) -> None:
    answers = {come_in(client, f"{n:064x}") for n in range(60)}
    assert answers == {410}
    assert come_in(client, "0" * 64) == 429


def test_what_is_no_address_is_asked_for_again(client: Client, acme: Organization) -> None:
    for text in ("", "nobody", "a@b.test, c@d.test", "x" * 300):
        answer = client.post("/portal/acme/link", {"email": text})
        assert answer.status_code == 422
    assert PortalLink.objects.count() == 0


def test_a_contact_that_receives_invoices_comes_in_and_goes_with_the_contact(
    actor: Actor, buyer: Customer, enter: Enter
) -> None:
    contact = add_contact(
        actor=actor,
        at=AT,
        customer_id=buyer.pk,
        name="Homer",
        email="homer@globex.test",
        receives_invoices=True,
    )
    client = enter("homer@globex.test")
    assert "Globex Corporation" in client.get("/portal/acme").content.decode()
    contact.delete()
    answer = client.get("/portal/acme")
    assert (answer.status_code, answer["Location"]) == (303, "/portal/acme/customer")
    answer = client.get("/portal/acme/customer")
    assert answer.status_code == 303
    assert PortalSession.objects.get().ended_at is not None


def test_a_changed_address_shuts_the_old_one_out(
    actor: Actor, buyer: Customer, portal: Client
) -> None:
    update_customer(actor=actor, at=AT, customer_id=buyer.pk, email="new@globex.test")
    assert portal.get("/portal/acme/documents/invoices").status_code == 303


def test_one_address_of_two_customers_chooses(
    actor: Actor, buyer: Customer, enter: Enter, client: Client
) -> None:
    other = customer(actor, name="Globex Bonn")
    stranger = customer(actor, name="Initech", email="ap@initech.test")
    browser = enter()
    assert browser.get("/portal/acme")["Location"] == "/portal/acme/customer"
    page = browser.get("/portal/acme/customer").content.decode()
    assert "Globex Bonn" in page
    assert "Initech" not in page
    answer = browser.post("/portal/acme/customer", {"customer": str(stranger.uuid)})
    assert answer.status_code == 404
    assert browser.post("/portal/acme/customer", {"customer": "1"}).status_code == 404
    assert browser.post("/portal/acme/customer", {"customer": str(other.uuid)}).status_code == 303
    assert PortalSession.objects.get().customer == other
    assert "Globex Bonn" in browser.get("/portal/acme").content.decode()


def test_signing_out_ends_the_session(buyer: Customer, portal: Client) -> None:
    secret = portal.cookies["portal"].value
    assert portal.post("/portal/acme/sign-out").status_code == 303
    thief = Client()
    thief.cookies["portal"] = secret
    assert thief.get("/portal/acme/statement").status_code == 303
    assert PortalSession.objects.get().ended_at is not None


@pytest.mark.parametrize(("days", "status"), [(2, 200), (4, 303)])
def test_a_session_that_nobody_uses_ends(
    buyer: Customer, portal: Client, days: int, status: int
) -> None:
    later = timezone.now() + datetime.timedelta(days=days)
    with time_machine.travel(later, tick=False):
        assert portal.get("/portal/acme/statement").status_code == status


def test_a_session_ends_after_thirty_days_however_busy(buyer: Customer, portal: Client) -> None:
    start = timezone.now()
    for day in range(0, 31, 2):
        with time_machine.travel(start + datetime.timedelta(days=day), tick=False):
            status = portal.get("/portal/acme/statement").status_code
            assert status == (200 if day < 30 else 303)


def test_a_switched_off_portal_is_not_there(
    actor: Actor, buyer: Customer, portal: Client, drain: Callable[..., int]
) -> None:
    update_organization(actor=actor, at=AT, portal_enabled=False)
    assert portal.get("/portal/acme").status_code == 404
    assert Client().get("/portal/acme").status_code == 404
    assert Client().get("/portal/nobody").status_code == 404


def test_every_page_is_private(buyer: Customer, portal: Client) -> None:
    for path in ("", "/documents/invoices", "/pay", "/statement", "/details", "/everything"):
        answer = portal.get(f"/portal/acme{path}")
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "unsafe" not in answer["Content-Security-Policy"]
        text = answer.content.decode()
        assert " style=" not in text
        assert "onclick" not in text


def test_a_sandbox_has_a_portal_of_its_own(
    sandbox_actor: Actor, buyer: Customer, portal: Client, enter: Enter
) -> None:
    customer(sandbox_actor, name="Globex Test")
    browser = enter(slug="acme-sandbox")
    page = browser.get("/portal/acme-sandbox").content.decode()
    assert "Globex Test" in page
    assert "Test document" in page
    assert "Globex Test" not in portal.get("/portal/acme").content.decode()


def test_posts_need_the_forms_own_token(buyer: Customer, acme: Organization) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/portal/acme/link", {"email": "ap@globex.test"}).status_code == 403
    assert PortalLink.objects.count() == 0
