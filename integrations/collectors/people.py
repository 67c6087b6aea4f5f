"""Users of the collector: made by the customer, asked for their consent, let in for minutes."""

import datetime
import secrets
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.key_formats import digest_of
from core import events
from core.errors import DomainError, InvalidFields, Kind, NotFound
from core.models import as_uuid
from integrations.collectors.accounts import SCOPE
from integrations.collectors.inbox import erase_with
from integrations.models import CollectorUser, CollectorUserToken

LOCALES = ("fr", "en")
CODE_LIFE = datetime.timedelta(minutes=30)
CODE_TRIES = 5
# A code is not mailed to the same user more often than this.
CODE_PAUSE = datetime.timedelta(seconds=30)
_TOKEN_BYTES = 64


class LocaleNotSupported(DomainError):
    code = "locale_not_supported"
    message = 'Locale "{locale}" not supported. Available locales are: {locales}.'
    default_param = "locale"


class RemoteIdHasSpaces(DomainError):
    code = "remote_id_has_spaces"
    message = 'Remote ID "{remote_id}" cannot contain spaces.'
    default_param = "remote_id"


class TermsNotAccepted(DomainError):
    kind, code = Kind.FORBIDDEN, "terms_not_accepted"
    message = "Terms of Use not accepted"


class WrongVerificationCode(DomainError):
    code = "wrong_verification_code"
    message = "Incorrect verification code"
    default_param = "verification_code"


def needs_consent(user: CollectorUser) -> bool:
    """Whether the user has yet to accept the terms, where the installation wants that."""
    return settings.COLLECTOR_TERMS and user.terms_accepted_at is None


@transaction.atomic
def invite(
    *, actor: Actor, at: datetime.datetime, remote_id: str, locale: str, has_email: bool
) -> tuple[CollectorUser, str, str]:
    """The user of that id, made if there is none; with a token, and a code to be mailed.

    The token is shown here once. The code is empty where nothing is to be mailed: the terms
    are accepted, or a code went out a moment ago. Raises Forbidden, LocaleNotSupported,
    RemoteIdHasSpaces, InvalidFields (no e-mail address, though the terms are not accepted).
    """
    actor.require(SCOPE)
    _check_locale(locale)
    # Nobody is invited as the organization itself, which has none.
    if not remote_id or any(character.isspace() for character in remote_id):
        raise RemoteIdHasSpaces(remote_id=remote_id)
    rows = CollectorUser.objects.of(actor.organization_id)
    user = rows.select_for_update().filter(remote_id=remote_id).first()
    if (user is None or needs_consent(user)) and settings.COLLECTOR_TERMS and not has_email:
        raise InvalidFields([("email", "required", "email is required")])
    if user is None:
        user = CollectorUser(
            organization_id=actor.organization_id, remote_id=remote_id, created_at=at
        )
    is_new, user.locale, user.updated_at = user.pk is None, locale, at
    code = _new_code(user, at)
    user.save()
    if is_new:
        _note("collector_user.created", user, actor, at, sequence=1)
    return user, _new_token(user, at), code


@transaction.atomic
def change_locale(
    *, actor: Actor, at: datetime.datetime, user: CollectorUser, locale: str
) -> CollectorUser:
    """Speak another language with the user. Raises Forbidden, LocaleNotSupported, NotFound."""
    actor.require(SCOPE)
    _check_locale(locale)
    found = CollectorUser.objects.of(actor.organization_id).select_for_update().filter(pk=user.pk)
    changed = found.first()
    if changed is None:
        raise NotFound(noun="user", id=user.uuid)
    changed.locale, changed.updated_at = locale, at
    changed.save(update_fields=["locale", "updated_at"])
    return changed


@transaction.atomic
def accept_terms(*, user_id: int, at: datetime.datetime, actor: Actor, code: str) -> bool:
    """Whether the code is right; the terms are accepted then. A wrong one counts as a try."""
    rows = CollectorUser.objects.of(actor.organization_id).select_for_update()
    user = rows.filter(pk=user_id).first()
    if user is None:
        raise NotFound(noun="user", id=user_id)
    if not needs_consent(user):
        return True
    is_alive = user.code_sent_at is not None and at - user.code_sent_at <= CODE_LIFE
    if not user.code_digest or not is_alive or user.code_tries >= CODE_TRIES:
        return False
    user.code_tries += 1
    if not check_password(code.strip(), user.code_digest):
        user.save(update_fields=["code_tries"])
        return False
    user.terms_accepted_at, user.code_digest, user.updated_at = at, "", at
    user.save()
    _note("collector_user.terms_accepted", user, actor, at)
    return True


@transaction.atomic
def forget_code(user: CollectorUser) -> None:
    """The code could not be mailed: the next request may send one at once."""
    rows = CollectorUser.objects.of(user.organization_id).filter(pk=user.pk)
    rows.update(code_digest="", code_sent_at=None)


@transaction.atomic
def remove_user(*, actor: Actor, at: datetime.datetime, user: CollectorUser) -> None:
    """Erase the user with every credential, document, token and pending delivery.

    A run that is under way finds its credential gone and throws away what it has.
    """
    actor.require(SCOPE)
    locked = CollectorUser.objects.of(actor.organization_id).select_for_update()
    found = locked.filter(pk=user.pk).first()
    if found is None:
        raise NotFound(noun="user", id=user.uuid)
    _note("collector_user.removed", found, actor, at)
    erase_with(list(found.credentials.values_list("pk", flat=True)))
    found.delete()


def list_users(organization_id: int) -> QuerySet[CollectorUser]:
    """Those of the customer; the organization itself is none of them."""
    return CollectorUser.objects.of(organization_id).exclude(remote_id="").order_by("pk")


def get_user(organization_id: int, identifier: Any = None, *, remote_id: str = "") -> CollectorUser:
    """By our id or by the customer's own. Raises NotFound."""
    rows = list_users(organization_id)
    found = as_uuid(identifier) if identifier else None
    if identifier:
        rows = rows.filter(uuid=found) if found else rows.none()
    user = rows.filter(remote_id=remote_id).first() if remote_id else rows.first()
    if user is None or not (identifier or remote_id):
        raise NotFound(noun="user", id=identifier or remote_id)
    return user


def token_owner(token: str, at: datetime.datetime) -> CollectorUserToken | None:
    """The token with its user and organization, while it lives."""
    rows = CollectorUserToken.objects.select_related("user", "organization")
    return rows.filter(digest=digest_of(token), expires_at__gt=at).first()


def customer_of_token(token: str) -> int | None:
    """Whose user's token that is, or was: the organization's row id."""
    rows = CollectorUserToken.objects.filter(digest=digest_of(token))
    return rows.values_list("organization_id", flat=True).first()


@transaction.atomic
def end_tokens(organization_id: int) -> int:
    """End every user's token of the organization; how many there were."""
    return CollectorUserToken.objects.of(organization_id).delete()[0]


def _check_locale(locale: str) -> None:
    if locale not in LOCALES:
        raise LocaleNotSupported(locale=locale[:20], locales=", ".join(LOCALES))


def _new_code(user: CollectorUser, at: datetime.datetime) -> str:
    """A code for the mail, in digits; it voids the one before."""
    if not needs_consent(user):
        return ""
    if user.code_sent_at is not None and at - user.code_sent_at < CODE_PAUSE:
        return ""
    code = f"{secrets.randbelow(1_000_000):06d}"
    user.code_digest, user.code_sent_at, user.code_tries = make_password(code), at, 0
    return code


def _new_token(user: CollectorUser, at: datetime.datetime) -> str:
    token = secrets.token_hex(_TOKEN_BYTES)
    CollectorUserToken.objects.create(
        organization_id=user.organization_id,
        user=user,
        digest=digest_of(token),
        created_at=at,
        expires_at=at + datetime.timedelta(minutes=settings.COLLECTOR_TOKEN_MINUTES),
    )
    return token


def _note(
    type: str, user: CollectorUser, actor: Actor, at: datetime.datetime, sequence: int | None = None
) -> None:
    # Events outlive the user, so they say nothing by which a person could be known.
    snapshot = {"object": "collector_user", "uuid": str(user.uuid), "locale": user.locale}
    events.emit(type, subject=user, data=snapshot, actor=actor, at=at, sequence=sequence)


def actor_of(token: CollectorUserToken, request_id: str) -> Actor:
    """The user as an actor: what they reach is narrowed to their own by whoever asks."""
    return Actor(
        organization_id=token.organization_id,
        kind="collector_user",
        label=f"collector user {uuid.UUID(str(token.user.uuid))}",
        scopes=frozenset({SCOPE}),
        livemode=token.organization.livemode,
        credential_id=token.pk,
        request_id=request_id,
    )
