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
from integrations.models import Message, MessageRecipient

_TYPES = ("member.added", "member.invited_again")


def invite(events: Sequence[Event], at: datetime.datetime) -> None:
    """A colleague asked somebody in. Programs that add people tell them in their own way."""
    for event in events:
        member = _member(event) if event.actor_kind == "user" else None
        if member is None or member.role == Role.CUSTOMER:
            continue
        organization = member.organization
        queue_message(
            actor=system_actor(organization.pk, livemode=event.livemode, label="team"),
            at=at,
            kind=Message.Kind.ALERT,
            subject_id=event.pk,
            to=[member.user.email],
            subject=f"{event.actor_label} invites you to {organization.display_name}"[:300],
            body=_words(member, event.actor_label),
            attach_pdf=False,
        )


def button_of(message: Message) -> tuple[str, str] | None:
    """The way in, of a message that invites.

    Made when the mail goes out: what is kept of the message opens nothing, and nobody else
    who may look at messages can set the password.
    """
    rows = Event.objects.filter(organization_id=message.organization_id, type__in=_TYPES)
    event = rows.filter(pk=message.subject_id).first()
    member = _member(event) if event else None
    if member is None:
        return None
    sent_to = MessageRecipient.objects.filter(message=message, address=member.user.email)
    if member.user.has_usable_password() or not sent_to.exists():
        return "Sign in", f"{settings.BASE_URL}/"
    uid = user_pk_to_url_str(member.user)
    key = default_token_generator.make_token(member.user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})
    return "Choose a password", f"{settings.BASE_URL}{path}"


def _member(event: Event) -> Membership | None:
    if event.organization_id is None:
        return None
    rows = Membership.objects.of(event.organization_id).select_related("user", "organization")
    return rows.filter(pk=event.subject_id, user__is_active=True).first()


def _words(member: Membership, by: str) -> str:
    name, role = member.organization.display_name, member.get_role_display().lower()
    greeting = f"{by} has added you to the team of {name}, as {role}."
    if member.user.has_usable_password():
        return f"{greeting}\n\nSign in as always, with {member.user.email}."
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    return (
        f"{greeting}\n\nChoose a password, then sign in with {member.user.email}. The link works"
        f" once, for {days} days. After that, ask for another, or choose “Forgot your"
        " password?” on the sign-in page."
    )
