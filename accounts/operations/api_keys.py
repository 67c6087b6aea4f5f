"""Making, rotating and revoking the credentials of programs."""

import dataclasses
import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import key_formats
from accounts.actors import Actor, system_actor
from accounts.models import ApiKey, App, Organization
from accounts.operations.apps import ensure_app
from accounts.operations.checks import check_fields
from accounts.queries import api_keys as queries
from accounts.scopes import SCOPES
from core import events
from core.errors import DomainError, InvalidValue, Kind, NotFound

MAX_OVERLAP = datetime.timedelta(days=7)


class UnknownScope(DomainError):
    code = "unknown_scope"
    message = "'{scope}' is not a scope."
    default_param = "scopes"


class KeyTooBroad(DomainError):
    kind, code = Kind.FORBIDDEN, "key_too_broad"
    message = "You cannot give a key what you do not have: {excess}."
    default_param = "scopes"


class ExpiryInPast(DomainError):
    code = "expiry_in_past"
    message = "expires_at must lie in the future."
    default_param = "expires_at"


class KeyNotUsable(DomainError):
    kind, code = Kind.CONFLICT, "api_key_not_usable"
    message = "The key '{name}' is revoked or expired."


@transaction.atomic
def create_api_key(
    *,
    actor: Actor | None,
    at: datetime.datetime,
    organization_id: int,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime.datetime | None = None,
    dialect: str = "enterprise",
    user_id: int | None = None,
    is_installation_wide: bool = False,
    app_name: str = "",
) -> tuple[ApiKey, str]:
    """A new key and its secret, which is shown here once and stored only as a digest.

    A key for a live organization is a live key, one for a sandbox a test key. Without
    an actor the installation itself makes it. An actor needs `settings:write` and gives
    at most the scopes and the life it has itself. A key pair belongs to the application of
    that name (the key's own unless given), which is made unless it is there. A key that is
    installation-wide is a live directory key, and only an operator makes or replaces it.
    Raises Forbidden, NotFound, UnknownScope, KeyTooBroad, ExpiryInPast, InvalidValue,
    InvalidFields.
    """
    organization = _organization(actor, organization_id)
    if is_installation_wide:
        _check_wide(actor, organization, dialect)
    granted = _checked_scopes(actor, scopes)
    if expires_at is None:
        expires_at = _own_expiry(actor)
    _check_expiry(actor, at, expires_at)
    app = _app(_actor(actor, organization), at, dialect, app_name or name)
    key, secret = _new_key(
        organization=organization,
        at=at,
        app=app,
        name=name,
        scopes=granted,
        expires_at=expires_at,
        dialect=dialect,
        created_by_id=user_id or (actor.user_id if actor else None),
        is_installation_wide=is_installation_wide,
    )
    _emit("api_key.created", key, _actor(actor, organization), at, sequence=1)
    return key, secret


@transaction.atomic
def revoke_api_key(
    *, actor: Actor | None, at: datetime.datetime, organization_id: int, api_key_id: int | uuid.UUID
) -> ApiKey:
    """End a key now, for good. Revoking a revoked key changes nothing. Raises NotFound."""
    organization = _organization(actor, organization_id)
    key = _locked(organization.pk, api_key_id)
    if key.revoked_at is None:
        key.revoked_at = key.updated_at = at
        key.save(update_fields=["revoked_at", "updated_at"])
        _emit("api_key.revoked", key, _actor(actor, organization), at)
    return key


@transaction.atomic
def rotate_api_key(
    *,
    actor: Actor | None,
    at: datetime.datetime,
    organization_id: int,
    api_key_id: int | uuid.UUID,
    overlap: datetime.timedelta = datetime.timedelta(0),
) -> tuple[ApiKey, str]:
    """Replace a key by one of the same name, scopes and expiry; returns it with its secret.

    The old one works for `overlap` longer (up to 7 days; none ends it now). Raises
    NotFound, KeyNotUsable, KeyTooBroad, InvalidValue.
    """
    organization = _organization(actor, organization_id)
    if not datetime.timedelta(0) <= overlap <= MAX_OVERLAP:
        raise InvalidValue("The overlap is between 0 and 7 days.", param="overlap")
    old = _locked(organization.pk, api_key_id)
    if not queries.is_usable(old, at):
        raise KeyNotUsable(name=old.name)
    if old.is_installation_wide:
        _check_wide(actor, organization, old.dialect)
    granted = _checked_scopes(actor, old.scopes)
    _check_expiry(actor, at, old.expires_at)
    key, secret = _new_key(
        organization=organization,
        at=at,
        app=old.app or _app(_actor(actor, organization), at, old.dialect, old.name),
        name=old.name,
        scopes=granted,
        expires_at=old.expires_at,
        dialect=old.dialect,
        created_by_id=actor.user_id if actor else old.created_by_id,
        is_installation_wide=old.is_installation_wide,
    )
    ends_at = at + overlap
    if overlap == datetime.timedelta(0):
        old.revoked_at = at
    elif old.expires_at is None or old.expires_at > ends_at:
        old.expires_at = ends_at
    old.replaced_by, old.updated_at = key, at
    old.save(update_fields=["revoked_at", "expires_at", "replaced_by", "updated_at"])
    who = _actor(actor, organization)
    _emit("api_key.created", key, who, at, sequence=1)
    _emit("api_key.rotated", old, who, at)
    return key, secret


def list_api_keys(*, actor: Actor) -> QuerySet[ApiKey]:
    """Every key of the actor's organization, newest first. Needs `settings:write`."""
    actor.require("settings:write")
    return queries.list_api_keys(actor.organization_id)


def api_key_snapshot(key: ApiKey) -> dict[str, Any]:
    """The key as events show it: never the secret, nor its digest."""
    return {
        "uuid": str(key.uuid),
        "name": key.name,
        "dialect": key.dialect,
        "prefix": key.prefix,
        "client_key": key.client_key,
        "scopes": list(key.scopes),
        "is_installation_wide": key.is_installation_wide,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    }


def _new_key(
    *,
    organization: Organization,
    at: datetime.datetime,
    app: App | None,
    name: str,
    scopes: list[str],
    expires_at: datetime.datetime | None,
    dialect: str,
    created_by_id: int | None,
    is_installation_wide: bool,
) -> tuple[ApiKey, str]:
    if dialect not in key_formats.DIALECTS:
        raise InvalidValue(f"'{dialect}' is not a dialect with keys.", param="dialect")
    secret = key_formats.make_secret(dialect, livemode=organization.livemode)
    key = ApiKey(
        organization=organization,
        created_by_id=created_by_id,
        name=name.strip() if isinstance(name, str) else name,
        dialect=dialect,
        prefix=key_formats.display_prefix(secret),
        digest=key_formats.digest_of(secret),
        client_key=key_formats.make_client_key() if dialect in key_formats.PAIRED else "",
        app=app,
        scopes=scopes,
        is_installation_wide=is_installation_wide,
        expires_at=expires_at,
        created_at=at,
        updated_at=at,
    )
    check_fields(key, exclude={"scopes", "created_by", "organization", "app"})
    key.save(force_insert=True)
    return key, secret


def _app(actor: Actor, at: datetime.datetime, dialect: str, name: str) -> App | None:
    if dialect not in key_formats.PAIRED:
        return None
    return ensure_app(actor=actor, at=at, name=name.strip() if isinstance(name, str) else name)


def _organization(actor: Actor | None, organization_id: int) -> Organization:
    """The organization, if the actor manages it: their own, or the sandbox of it."""
    rows = Organization.objects.filter(pk=organization_id)
    if actor is not None:
        actor.require("settings:write")
        own = Q(pk=actor.organization_id)
        if actor.livemode:
            own |= Q(sandbox_of=actor.organization_id)
        rows = rows.filter(own)
    organization = rows.first()
    if organization is None:
        raise NotFound(noun="organization", id=organization_id)
    return organization


def _locked(organization_id: int, api_key_id: int | uuid.UUID) -> ApiKey:
    pk = queries.get_api_key(organization_id, api_key_id).pk
    return ApiKey.objects.of(organization_id).select_for_update().get(pk=pk)


def _checked_scopes(actor: Actor | None, scopes: Iterable[str]) -> list[str]:
    wanted = set(scopes)
    if not wanted:
        raise InvalidValue("A key needs at least one scope.", param="scopes")
    for scope in sorted(wanted, key=str):
        if scope not in SCOPES:
            raise UnknownScope(scope=scope)
    excess = [scope for scope in sorted(wanted) if actor is not None and not actor.may(scope)]
    if excess:
        raise KeyTooBroad(excess=", ".join(excess))
    return [scope for scope in SCOPES if scope in wanted]


def _check_wide(actor: Actor | None, organization: Organization, dialect: str) -> None:
    if actor is not None and actor.kind != "system":
        raise KeyTooBroad(param="is_installation_wide", excess="the whole installation")
    if dialect != "directory" or not organization.livemode:
        raise InvalidValue(
            "Only a live key of the directory can be installation-wide.",
            param="is_installation_wide",
        )


def _own_expiry(actor: Actor | None) -> datetime.datetime | None:
    """When the key that makes this key ends: what it makes ends then too."""
    if actor is None or actor.kind != "api_key":
        return None
    own = ApiKey.objects.of(actor.organization_id).filter(pk=actor.credential_id or 0).first()
    return own.expires_at if own else None


def _check_expiry(
    actor: Actor | None, at: datetime.datetime, expires_at: datetime.datetime | None
) -> None:
    if expires_at is not None and expires_at <= at:
        raise ExpiryInPast()
    limit = _own_expiry(actor)
    if limit is not None and (expires_at is None or expires_at > limit):
        raise KeyTooBroad(param="expires_at", excess=f"a life beyond {limit:%Y-%m-%d %H:%M} UTC")


def _actor(actor: Actor | None, organization: Organization) -> Actor:
    if actor is None:
        return system_actor(organization.pk, livemode=organization.livemode)
    # The event belongs to the key's organization, also when a sandbox key is made from live.
    return dataclasses.replace(
        actor, organization_id=organization.pk, livemode=organization.livemode
    )


def _emit(
    type: str, key: ApiKey, actor: Actor, at: datetime.datetime, sequence: int | None = None
) -> None:
    events.emit(
        type, subject=key, data=api_key_snapshot(key), actor=actor, at=at, sequence=sequence
    )
