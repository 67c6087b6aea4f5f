"""Registering, changing and removing the programs that use OAuth."""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from accounts import oauth_formats
from accounts.actors import Actor, system_actor
from accounts.key_formats import digest_of, display_prefix
from accounts.models import AccessToken, Application, Grant, Organization
from accounts.operations.checks import check_fields
from accounts.queries import applications as queries
from accounts.scopes import SCOPES
from core import events
from core.errors import DomainError, InvalidValue, Kind, NotFound

MOST_ADDRESSES = 20
LONGEST_ADDRESS = 2_000
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_KEPT = {"client_id", "client_secret", "scopes", "redirect_uris", "organization", "created_by"}


class ApplicationTooBroad(DomainError):
    kind, code = Kind.FORBIDDEN, "application_too_broad"
    message = "You cannot give an application what you do not have: {excess}."
    default_param = "scopes"


class UnsafeRedirectAddress(DomainError):
    code = "unsafe_redirect_address"
    message = "'{address}' cannot be a redirect address: {reason}."
    default_param = "redirect_uris"


class ApplicationCannotStart(DomainError):
    code = "application_cannot_start"
    message = "Give a redirect address, or let the application act for the organization itself."
    default_param = "redirect_uris"


class PublicCannotActAlone(DomainError):
    code = "public_cannot_act_alone"
    message = "A public application has no secret, so it cannot act for the organization itself."
    default_param = "acts_alone"


class PublicHasNoSecret(DomainError):
    kind, code = Kind.CONFLICT, "public_has_no_secret"
    message = "'{name}' is a public application: it has no secret."


@transaction.atomic
def create_application(
    *,
    actor: Actor | None,
    at: datetime.datetime,
    organization_id: int,
    name: str,
    scopes: Iterable[str],
    redirect_uris: Iterable[str] = (),
    is_public: bool = False,
    acts_alone: bool = False,
) -> tuple[Application, str]:
    """A new application and its secret, shown here once; public ones have the secret "".

    An actor needs `settings:write` and gives at most the scopes it has itself; without
    one the installation makes it. Raises Forbidden, NotFound, ApplicationTooBroad,
    UnsafeRedirectAddress, ApplicationCannotStart, PublicCannotActAlone, InvalidValue,
    InvalidFields.
    """
    organization = _organization(actor, organization_id)
    application = Application(
        organization=organization,
        created_by_id=actor.user_id if actor else None,
        created_at=at,
        updated_at=at,
        scopes=_checked_scopes(actor, scopes, ()),
    )
    _describe(application, name, redirect_uris, is_public=is_public, acts_alone=acts_alone)
    secret = "" if is_public else _new_secret(application)
    application.save(force_insert=True)
    who = _who(actor, organization)
    _emit("application.created", application, who, at, sequence=1)
    return application, secret


@transaction.atomic
def update_application(
    *,
    actor: Actor,
    at: datetime.datetime,
    application_id: uuid.UUID,
    name: str,
    scopes: Iterable[str],
    redirect_uris: Iterable[str],
    is_public: bool,
    acts_alone: bool,
) -> tuple[Application, str]:
    """Change everything that can be changed; returns a new secret when it became confidential.

    Scopes taken away are gone from its access tokens at once and from its grants at
    their next refresh. Raises as create_application.
    """
    application = _locked(actor, application_id)
    before = application_snapshot(application)
    previous_scopes = set(application.scopes)
    was_public = application.is_public
    application.scopes = _checked_scopes(actor, scopes, previous_scopes)
    _describe(application, name, redirect_uris, is_public=is_public, acts_alone=acts_alone)
    secret = ""
    if is_public:
        application.client_secret = application.secret_prefix = ""
    elif was_public:
        secret = _new_secret(application)
    application.updated_at = at
    application.save()
    Grant.objects.filter(application=application).update(application_name=application.name)
    _narrow_tokens(application, previous_scopes, may_act_alone=acts_alone)
    after = application_snapshot(application)
    previous = {key: value for key, value in before.items() if after[key] != value}
    if previous:
        _emit("application.updated", application, actor, at, previous=previous)
    return application, secret


@transaction.atomic
def rotate_client_secret(
    *, actor: Actor, at: datetime.datetime, application_id: uuid.UUID
) -> tuple[Application, str]:
    """A new secret, shown here once; the old one ends now. Its tokens live on.

    Raises Forbidden, NotFound, PublicHasNoSecret.
    """
    application = _locked(actor, application_id)
    if application.is_public:
        raise PublicHasNoSecret(name=application.name)
    secret = _new_secret(application)
    application.updated_at = at
    application.save(update_fields=["client_secret", "secret_prefix", "updated_at"])
    _emit("application.secret_rotated", application, actor, at)
    return application, secret


@transaction.atomic
def delete_application(*, actor: Actor, at: datetime.datetime, application_id: uuid.UUID) -> None:
    """Remove it with every grant and token it has. Raises Forbidden, NotFound."""
    application = _locked(actor, application_id)
    _emit("application.deleted", application, actor, at)
    application.delete()


def application_snapshot(application: Application) -> dict[str, Any]:
    """The application as events show it: never its secret, nor the digest."""
    return {
        "uuid": str(application.uuid),
        "name": application.name,
        "client_id": application.client_id,
        "is_public": application.is_public,
        "acts_alone": application.acts_alone,
        "redirect_uris": application.redirect_uris.split(),
        "scopes": list(application.scopes),
    }


def _describe(
    application: Application,
    name: str,
    redirect_uris: Iterable[str],
    *,
    is_public: bool,
    acts_alone: bool,
) -> None:
    application.name = name.strip()
    application.redirect_uris = " ".join(_checked_addresses(redirect_uris))
    application.client_type = (
        Application.CLIENT_PUBLIC if is_public else Application.CLIENT_CONFIDENTIAL
    )
    application.acts_alone = acts_alone
    if is_public and acts_alone:
        raise PublicCannotActAlone()
    if not application.redirect_uris and not acts_alone:
        raise ApplicationCannotStart()
    check_fields(application, exclude=_KEPT)


def _checked_addresses(addresses: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(address.strip() for address in addresses if address.strip()))
    if len(found) > MOST_ADDRESSES:
        raise InvalidValue(f"At most {MOST_ADDRESSES} addresses.", param="redirect_uris")
    for address in found:
        reason = _objection(address)
        if reason:
            raise UnsafeRedirectAddress(address=address[:200], reason=reason)
    return found


def _objection(address: str) -> str:
    """What is wrong with a redirect address, or nothing. Answers carry codes to it."""
    if len(address) > LONGEST_ADDRESS:
        return f"it is longer than {LONGEST_ADDRESS} characters"
    if not address.isascii() or not address.isprintable() or any(c in address for c in ' \\<>"'):
        return "it holds characters that no address has"
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "it is no address"
    if "#" in address:
        return "it has a fragment"
    if not host:
        return "it names no host"
    if "@" in parts.netloc:
        return "it carries a user name"
    if "*" in address:
        return "addresses are compared as they are, without wildcards"
    if parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK):
        return ""
    return "it must start with https:// (http:// only for this machine itself)"


def _checked_scopes(actor: Actor | None, scopes: Iterable[str], had: Iterable[str]) -> list[str]:
    """In the order of the list of scopes. What it had already, it may keep."""
    wanted = set(scopes)
    if not wanted:
        raise InvalidValue("An application needs at least one scope.", param="scopes")
    unknown = sorted(wanted - set(SCOPES))
    if unknown:
        raise InvalidValue(f"'{unknown[0]}' is not a scope.", param="scopes")
    added = wanted - set(had)
    excess = [s for s in SCOPES if s in added and actor is not None and not actor.may(s)]
    if excess:
        raise ApplicationTooBroad(excess=", ".join(excess))
    return [scope for scope in SCOPES if scope in wanted]


def _narrow_tokens(
    application: Application, previous_scopes: set[str], *, may_act_alone: bool
) -> None:
    tokens = AccessToken.objects.filter(application=application)
    if not may_act_alone:
        tokens.filter(membership=None).delete()
    if previous_scopes <= set(application.scopes):
        return
    for token in tokens.select_for_update().order_by("pk"):
        kept = [scope for scope in token.scope.split() if scope in application.scopes]
        tokens.filter(pk=token.pk).update(scope=" ".join(kept))


def _new_secret(application: Application) -> str:
    secret = oauth_formats.make(oauth_formats.CLIENT_SECRET)
    application.client_secret = digest_of(secret)
    application.secret_prefix = display_prefix(secret)
    return secret


def _organization(actor: Actor | None, organization_id: int) -> Organization:
    if actor is not None:
        actor.require("settings:write")
    is_own = actor is None or actor.organization_id == organization_id
    organization = Organization.objects.filter(pk=organization_id).first() if is_own else None
    if organization is None:
        raise NotFound(noun="organization", id=organization_id)
    return organization


def _locked(actor: Actor, application_id: uuid.UUID) -> Application:
    actor.require("settings:write")
    pk = queries.get_application(actor.organization_id, application_id).pk
    return Application.objects.of(actor.organization_id).select_for_update().get(pk=pk)


def _who(actor: Actor | None, organization: Organization) -> Actor:
    return actor or system_actor(organization.pk, livemode=organization.livemode)


def _emit(
    type: str,
    application: Application,
    actor: Actor,
    at: datetime.datetime,
    sequence: int | None = None,
    previous: dict[str, Any] | None = None,
) -> None:
    events.emit(
        type,
        subject=application,
        data=application_snapshot(application),
        previous=previous,
        actor=actor,
        at=at,
        sequence=sequence,
    )
