"""Asking people onto the team, from the settings to their own password."""

import re
from collections.abc import Callable
from typing import Any

from django.core import mail
from django.test import Client

from accounts.actors import Actor, system_actor
from accounts.models import Membership, Organization, User
from accounts.operations.memberships import invite_member
from core.models import Event
from integrations.models import Message
from tests.instants import AT

Drain = Callable[[], int]


def plain_text(letter: Any) -> str:
    part = letter.message().get_body(("plain",))
    return str(part.get_content())


NEW_PASSWORD = "another long passphrase"


def test_the_last_owner_stays(staff: Client, acme: Organization) -> None:
    member = Membership.objects.of(acme.pk).get()
    staff.post(f"/settings/team/{member.uuid}/role", {"role": "viewer"})
    member.refresh_from_db()
    assert member.role == "owner"
    assert "keeps at least one owner" in staff.get("/settings/team").content.decode()


def test_an_invited_viewer_sets_a_password_by_the_link_and_edits_nothing(
    staff: Client, acme: Organization, drain: Drain
) -> None:
    staff.post("/settings/team", {"email": "carol@acme.test", "role": "viewer"})
    assert Membership.objects.of(acme.pk).get(user__email="carol@acme.test").role == "viewer"
    drain()
    (letter,) = mail.outbox
    assert letter.to == ["carol@acme.test"]
    assert "alice@acme.test" in letter.subject
    # What is kept of the message opens nothing.
    assert "/accounts/password" not in Message.objects.get().body
    found = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", plain_text(letter))
    assert found is not None
    carol = Client()
    form = carol.get(found[1], follow=True)
    assert form.status_code == 200
    passwords = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    carol.post(form.request["PATH_INFO"], passwords)
    assert User.objects.get(email="carol@acme.test").check_password(NEW_PASSWORD)
    carol = Client()
    carol.post("/accounts/login/", {"login": "carol@acme.test", "password": NEW_PASSWORD})
    assert carol.get("/invoices").status_code == 200
    for path in ("/invoices/new", "/customers/new", "/settings", "/settings/team", "/setup"):
        assert carol.get(path).status_code == 403
    assert 'href="/settings"' not in carol.get("/").content.decode()
    # The link is used up.
    assert "password1" not in Client().get(found[1], follow=True).content.decode()


def test_who_has_a_password_is_only_told(staff: Client, mallory: User, drain: Drain) -> None:
    staff.post("/settings/team", {"email": mallory.email, "role": "accountant"})
    drain()
    (letter,) = mail.outbox
    assert "/accounts/password/reset" not in plain_text(letter)
    assert "Your role: Accountant." in Message.objects.get().body


def test_programs_tell_the_people_they_add_themselves(acme: Organization, drain: Drain) -> None:

    invite_member(actor=system_actor(acme.pk), at=AT, email="dave@acme.test", role="viewer")
    drain()
    assert not Message.objects.exists()


def test_an_invitation_is_sent_again_until_it_is_taken(
    staff: Client, actor: Actor, drain: Drain
) -> None:
    member = invite_member(actor=actor, at=AT, email="carol@acme.test", role="viewer")
    page = staff.get("/settings/team").content.decode()
    assert "Invited, no password yet" in page
    staff.post(f"/settings/team/{member.uuid}/invite")
    drain()
    assert [letter.to for letter in mail.outbox] == [["carol@acme.test"]] * 2
    member.user.set_password(NEW_PASSWORD)
    member.user.save()
    staff.post(f"/settings/team/{member.uuid}/invite")
    assert "has a password already" in staff.get("/settings/team").content.decode()
    assert Event.objects.filter(type="member.invited_again").count() == 1


def test_an_invitation_speaks_the_organizations_language_then_the_persons_own(
    staff: Client, acme: Organization, mallory: User, drain: Drain
) -> None:
    Organization.objects.filter(pk=acme.pk).update(locale="de_DE")
    staff.post("/settings/team", {"email": "carol@acme.test", "role": "viewer"})
    drain()
    (letter,) = mail.outbox
    assert letter.subject == f"alice@acme.test lädt Sie zu {acme.display_name} ein"
    assert "Wählen Sie ein Passwort" in plain_text(letter)
    mallory.locale = "fr"
    mallory.save()
    staff.post("/settings/team", {"email": mallory.email, "role": "viewer"})
    drain()
    assert mail.outbox[-1].subject == f"alice@acme.test vous invite chez {acme.display_name}"
    assert f"Connectez-vous comme toujours, avec {mallory.email}." in plain_text(mail.outbox[-1])
