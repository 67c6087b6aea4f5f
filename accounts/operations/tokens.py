"""Codes into tokens, tokens into their successors, and the end of both.

Every function takes the moment, locks the grant first and its tokens after it, and
answers None for whatever the protocol calls an invalid grant: a caller is not told why.
Refusing is a change too (a replayed secret ends its whole grant), so the caller commits.
"""

import datetime
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts import oauth_formats
from accounts.actors import Actor, system_actor
from accounts.key_formats import digest_of
from accounts.models import AccessToken, Application, Grant, Membership, Organization, RefreshToken
from core import events
from core.errors import NotFound

CODE_LIFE = datetime.timedelta(seconds=60)
ACCESS_LIFE = datetime.timedelta(hours=1)
IDLE_LIFE = datetime.timedelta(days=30)
GRANT_LIFE = datetime.timedelta(days=180)
# An answer that got lost may be asked for again this long, if nothing of it was used.
GRACE = datetime.timedelta(seconds=10)
_NOBODY = "OAuth"


@dataclass(frozen=True, slots=True)
class Issued:
    """What a client gets. `expires_in` is whole seconds."""

    access_token: str
    refresh_token: str | None
    scopes: list[str]
    expires_in: int


@transaction.atomic
def allow_application(
    *,
    actor: Actor,
    at: datetime.datetime,
    application: Application,
    membership: Membership,
    scopes: Iterable[str],
    redirect_uri: str,
    code_challenge: str = "",
) -> tuple[Grant, str]:
    """Record a person's consent, and return it with its code: for a minute, for one use.

    The tokens will act where the actor works. Raises Forbidden for a scope that the
    person does not hold, NotFound when the application does not belong there.
    """
    wanted = set(scopes)
    granted = [scope for scope in application.scopes if scope in wanted]
    actor.require(*wanted)
    home = application.organization
    at_home = actor.organization_id == home.pk
    in_sandbox = Organization.objects.filter(pk=actor.organization_id, sandbox_of=home).exists()
    if not granted or wanted - set(granted) or not (at_home or in_sandbox):
        raise NotFound(noun="application", id=application.client_id)
    code = oauth_formats.make(oauth_formats.CODE)
    grant = Grant.objects.create(
        organization_id=actor.organization_id,
        application=application,
        membership=membership,
        application_name=application.name,
        digest=digest_of(code),
        scope=" ".join(granted),
        redirect_uri=redirect_uri,
        code_challenge=code_challenge,
        code_challenge_method="S256" if code_challenge else "",
        expires=at + CODE_LIFE,
        created_at=at,
        updated_at=at,
    )
    _emit("grant.allowed", grant, actor, at, sequence=1)
    return grant, code


def take_code(*, application: Application, code: str, at: datetime.datetime) -> Grant | None:
    """The grant whose code this is, locked, if the code is good.

    A code that was used before ends everything that came of it.
    """
    if not oauth_formats.is_well_formed(code, oauth_formats.CODE):
        return None
    rows = Grant.objects.select_for_update(of=("self",)).select_related("membership__user")
    grant = rows.filter(digest=digest_of(code), application=application).first()
    if grant is None or grant.revoked_at is not None:
        return None
    if grant.used_at is not None:
        end_grant(grant=grant, at=at, reason="code_replayed")
        return None
    return grant if at < grant.expires and _may_act(grant) else None


def redeem(*, application: Application, grant: Grant, at: datetime.datetime) -> Issued:
    """The first tokens of a grant that take_code returned in this transaction."""
    grant.used_at = grant.updated_at = at
    grant.save(update_fields=["used_at", "updated_at"])
    access = oauth_formats.make(oauth_formats.ACCESS_TOKEN)
    refresh = oauth_formats.make(oauth_formats.REFRESH_TOKEN)
    scopes = standing_scopes(application, grant)
    return _issue(application, grant, access, refresh, scopes, at)


def take_refresh_token(
    *, application: Application, text: str, at: datetime.datetime
) -> RefreshToken | None:
    """The refresh token, its grant locked, if it can be exchanged.

    One that was exchanged before ends its whole grant, unless that was within the grace
    and neither of its successors has been used: then the answer was lost.
    """
    if not oauth_formats.is_well_formed(text, oauth_formats.REFRESH_TOKEN):
        return None
    found = RefreshToken.objects.filter(digest=digest_of(text), application=application).first()
    if found is None:
        return None
    grants = Grant.objects.select_for_update(of=("self",)).select_related("membership__user")
    grant = grants.filter(pk=found.grant_id).first()
    # Read anew under the lock: what was found may have been exchanged in the meantime.
    token = RefreshToken.objects.filter(pk=found.pk).first()
    if grant is None or token is None or grant.revoked_at is not None:
        return None
    token.grant = grant
    if token.rotated_at is not None:
        if at - token.rotated_at <= GRACE and _successor(token, text) is not None:
            return token
        end_grant(grant=grant, at=at, reason="refresh_token_replayed")
        return None
    return token if at < token.expires and _may_act(grant) else None


def rotate(
    *,
    application: Application,
    token: RefreshToken,
    text: str,
    scopes: Iterable[str],
    at: datetime.datetime,
) -> Issued:
    """Successors of a refresh token that take_refresh_token returned in this transaction.

    `scopes` narrow the access token alone; the next refresh may ask for all of the grant.
    """
    if token.rotated_at is not None:
        same = _successor(token, text)
        if same is None:
            raise AssertionError("taken within the grace, so it has a successor")
        return _again(token, text, same, at)
    token.rotated_at = token.updated_at = at
    token.successor_salt = secrets.token_hex(32)
    token.save(update_fields=["rotated_at", "successor_salt", "updated_at"])
    # The answer that brought this token has arrived: nobody needs it once more.
    earlier = RefreshToken.objects.filter(grant=token.grant).exclude(pk=token.pk)
    earlier.exclude(successor_salt="").update(successor_salt="")
    access, refresh = _successors(token, text)
    return _issue(application, token.grant, access, refresh, list(scopes), at)


@transaction.atomic
def issue_to_application(
    *, application: Application, scopes: Iterable[str], at: datetime.datetime
) -> Issued:
    """A token with which the application acts for its organization, without a person."""
    wanted = set(scopes)
    granted = [scope for scope in application.scopes if scope in wanted]
    access = oauth_formats.make(oauth_formats.ACCESS_TOKEN)
    AccessToken.objects.create(
        organization_id=application.organization_id,
        application=application,
        digest=digest_of(access),
        label=application.name,
        scope=" ".join(granted),
        expires=at + ACCESS_LIFE,
        created_at=at,
        updated_at=at,
    )
    return Issued(access, None, granted, int(ACCESS_LIFE.total_seconds()))


@transaction.atomic
def revoke_token(*, application: Application, text: str, at: datetime.datetime) -> None:
    """End an access token, or a refresh token with its whole grant. Unknown ones are ended."""
    digest = digest_of(text)
    AccessToken.objects.filter(digest=digest, application=application).delete()
    found = RefreshToken.objects.filter(digest=digest, application=application).first()
    if found is not None:
        grant = Grant.objects.select_for_update().get(pk=found.grant_id)
        end_grant(grant=grant, at=at, reason="revoked_by_application")


@transaction.atomic
def disconnect(*, actor: Actor, at: datetime.datetime, grant_id: uuid.UUID) -> Grant:
    """Take back what was allowed: one's own, or with `settings:write` anybody's.

    Raises NotFound, and just so for another organization's or, without that scope,
    another person's.
    """
    rows = Grant.objects.filter(uuid=grant_id).select_related("membership")
    grant = rows.filter(organization_id__in=_reach(actor)).first()
    is_own = grant is not None and actor.user_id == grant.membership.user_id
    if grant is None or not (is_own or actor.may("settings:write")):
        raise NotFound(noun="connection", id=grant_id)
    grant = Grant.objects.select_for_update().get(pk=grant.pk)
    end_grant(grant=grant, at=at, reason="disconnected", actor=actor)
    return grant


def end_grant(
    *, grant: Grant, at: datetime.datetime, reason: str, actor: Actor | None = None
) -> None:
    """End the locked grant and all its tokens, now. Ending an ended one changes nothing."""
    if grant.revoked_at is not None:
        return
    grant.revoked_at = grant.updated_at = at
    grant.save(update_fields=["revoked_at", "updated_at"])
    AccessToken.objects.filter(grant=grant).delete()
    RefreshToken.objects.filter(grant=grant).delete()
    who = actor or system_actor(
        grant.organization_id, livemode=grant.organization.livemode, label=_NOBODY
    )
    _emit("grant.revoked", grant, who, at, reason=reason)


def forget_answers(at: datetime.datetime) -> None:
    """Wipe what could give an answer again, once its grace is long over."""
    old = RefreshToken.objects.filter(rotated_at__lt=at - 6 * GRACE)
    old.exclude(successor_salt="").update(successor_salt="")


def standing_scopes(application: Application, grant: Grant) -> list[str]:
    """What was granted and what the application may still have."""
    granted = set(grant.scope.split())
    return [scope for scope in application.scopes if scope in granted]


def grant_snapshot(grant: Grant) -> dict[str, Any]:
    """The grant as events show it."""
    return {
        "uuid": str(grant.uuid),
        "application": grant.application_name,
        "person": grant.membership.user.email,
        "scopes": grant.scope.split(),
        "allowed_at": grant.created_at,
        "revoked_at": grant.revoked_at,
    }


def _may_act(grant: Grant) -> bool:
    return bool(grant.membership.user.is_active)


def _issue(
    application: Application,
    grant: Grant,
    access: str,
    refresh: str,
    scopes: list[str],
    at: datetime.datetime,
) -> Issued:
    last_moment = grant.created_at + GRANT_LIFE
    access_ends = min(at + ACCESS_LIFE, last_moment)
    common = {
        "organization_id": grant.organization_id,
        "application": application,
        "grant": grant,
        "created_at": at,
        "updated_at": at,
    }
    AccessToken.objects.create(
        **common,
        membership=grant.membership,
        digest=digest_of(access),
        label=f"{application.name} for {grant.membership.user.email}"[:200],
        scope=" ".join(scopes),
        expires=access_ends,
    )
    RefreshToken.objects.create(
        **common, digest=digest_of(refresh), expires=min(at + IDLE_LIFE, last_moment)
    )
    return Issued(access, refresh, scopes, int((access_ends - at).total_seconds()))


def _successors(token: RefreshToken, text: str) -> tuple[str, str]:
    salt = token.successor_salt
    return (
        oauth_formats.derive(oauth_formats.ACCESS_TOKEN, text, salt),
        oauth_formats.derive(oauth_formats.REFRESH_TOKEN, text, salt),
    )


def _successor(token: RefreshToken, text: str) -> AccessToken | None:
    """The access token that this one was exchanged for, if nothing of the pair was used."""
    if not token.successor_salt:
        return None
    access, refresh = _successors(token, text)
    unused = RefreshToken.objects.filter(digest=digest_of(refresh), rotated_at=None)
    if not unused.exists():
        return None
    return AccessToken.objects.filter(digest=digest_of(access), last_used_at=None).first()


def _again(token: RefreshToken, text: str, made: AccessToken, at: datetime.datetime) -> Issued:
    access, refresh = _successors(token, text)
    left = int((made.expires - at).total_seconds())
    return Issued(access, refresh, made.scope.split(), max(left, 0))


def _reach(actor: Actor) -> list[int]:
    """The actor's organization and its sandbox, where its applications can be connected too."""
    sandboxes = Organization.objects.filter(sandbox_of=actor.organization_id)
    return [actor.organization_id, *sandboxes.values_list("pk", flat=True)]


def _emit(
    type: str,
    grant: Grant,
    actor: Actor,
    at: datetime.datetime,
    sequence: int | None = None,
    reason: str = "",
) -> None:
    data = grant_snapshot(grant)
    if reason:
        data["reason"] = reason
    events.emit(type, subject=grant, data=data, actor=actor, at=at, sequence=sequence)
