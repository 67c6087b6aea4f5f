"""Mail to people who were asked onto a team: a link to set their password, or where to sign in."""

import datetime
from collections.abc import Sequence

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override

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
        with override(_language(member)):
            subject = gettext("{person} invites you to {organization}").format(
                person=event.actor_label, organization=organization.display_name
            )
            body = _words(member, event.actor_label)
        queue_message(
            actor=system_actor(organization.pk, livemode=event.livemode, label="team"),
            at=at,
            kind=Message.Kind.ALERT,
            subject_id=event.pk,
            to=[member.user.email],
            subject=subject[:300],
            body=body,
            attach_pdf=False,
        )


def frame_of(message: Message) -> tuple[str, tuple[str, str] | None]:
    """The language of an alert, and the way in of one that invites.

    The way in is made when the mail goes out: what is kept of the message opens nothing, and
    nobody else who may look at messages can set the password. Other alerts are English.
    """
    rows = Event.objects.filter(organization_id=message.organization_id, type__in=_TYPES)
    event = rows.filter(pk=message.subject_id).first()
    member = _member(event) if event else None
    if member is None:
        return "en", None
    language = _language(member)
    with override(language):
        return language, _button(message, member)


def _button(message: Message, member: Membership) -> tuple[str, str]:
    sent_to = MessageRecipient.objects.filter(message=message, address=member.user.email)
    if member.user.has_usable_password() or not sent_to.exists():
        return gettext("Sign in"), f"{settings.BASE_URL}/"
    uid = user_pk_to_url_str(member.user)
    key = default_token_generator.make_token(member.user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})
    return gettext("Choose a password"), f"{settings.BASE_URL}{path}"


def _language(member: Membership) -> str:
    """Of who is invited. Who never signed in has chosen none: theirs is the organization's."""
    own = member.user.locale if member.user.has_usable_password() else ""
    known = [code for code, _name in settings.LANGUAGES]
    for locale in (own, member.organization.locale):
        language = locale.replace("-", "_").partition("_")[0].lower()
        if language in known:
            return language
    return "en"


def _member(event: Event) -> Membership | None:
    if event.organization_id is None:
        return None
    rows = Membership.objects.of(event.organization_id).select_related("user", "organization")
    return rows.filter(pk=event.subject_id, user__is_active=True).first()


def _words(member: Membership, by: str) -> str:
    """In the language that is active."""
    role = gettext(member.get_role_display())
    greeting = gettext("{person} has added you to the team of {organization}. Your role: {role}.")
    greeting = greeting.format(person=by, organization=member.organization.display_name, role=role)
    email = member.user.email
    if member.user.has_usable_password():
        then = gettext("Sign in as always, with {email}.").format(email=email)
    else:
        then = gettext(
            "Choose a password, then sign in with {email}. The link works once, for {days} days."
            " After that, ask for another, or choose “Forgot your password?” on the sign-in page."
        ).format(email=email, days=settings.PASSWORD_RESET_TIMEOUT // 86_400)
    return f"{greeting}\n\n{then}"
