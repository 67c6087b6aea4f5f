"""Mail to people who were asked onto a team: a link to set their password, or where to sign in."""

import datetime
from collections.abc import Sequence

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from accounts.actors import system_actor
from accounts.models import Membership, Role
from core.models import Event
from integrations.mail.outgoing import queue_message
from integrations.models import Message


def invite(events: Sequence[Event], at: datetime.datetime) -> None:
    """A colleague asked somebody in. Programs that add people tell them in their own way."""
    for event in events:
        if event.organization_id is None or event.actor_kind != "user":
            continue
        rows = Membership.objects.of(event.organization_id).select_related("user", "organization")
        member = rows.filter(pk=event.subject_id, user__is_active=True).first()
        if member is None or member.role == Role.CUSTOMER:
            continue
        name = member.organization.display_name
        queue_message(
            actor=system_actor(event.organization_id, livemode=event.livemode, label="team"),
            at=at,
            kind=Message.Kind.ALERT,
            subject_id=event.pk,
            to=[member.user.email],
            subject=f"{event.actor_label} invites you to {name}"[:300],
            body=_words(member, name, event.actor_label),
            attach_pdf=False,
        )


def _words(member: Membership, name: str, by: str) -> str:
    role = member.get_role_display().lower()
    greeting = f"{by} has added you to the team of {name}, as {role}."
    if member.user.has_usable_password():
        return f"{greeting}\n\nSign in as always:\n{settings.BASE_URL}/"
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    return (
        f"{greeting}\n\nChoose a password here, then sign in as {member.user.email}:\n"
        f"{_link(member)}\n\n"
        f"The link works once, for {days} days. After that, ask for another, or choose"
        " “Forgot your password?” on the sign-in page."
    )


def _link(member: Membership) -> str:
    """The one that a forgotten password gets too: setting a password uses it up."""
    uid = user_pk_to_url_str(member.user)
    key = default_token_generator.make_token(member.user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})
    return f"{settings.BASE_URL}{path}"
