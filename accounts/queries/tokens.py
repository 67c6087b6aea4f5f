"""Whose access token it is, and what it may do at this moment."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Q, QuerySet

from accounts import oauth_formats
from accounts.key_formats import digest_of
from accounts.models import AccessToken, Grant, RefreshToken
from accounts.scopes import ROLE_SCOPES
from core.statements import Given, Statement

# last_used_at is written at most this often, so that a busy token is not a busy row.
_TOUCH_EVERY = datetime.timedelta(minutes=1)
# Run by every API request that comes with a token; the application stays behind its wall.
_BY_DIGEST = Statement(
    lambda: AccessToken.objects.select_related("organization", "membership__user").filter(
        digest=Given("digest", CharField())
    )
)


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that works, with the scopes that it has left."""

    token: AccessToken
    scopes: frozenset[str]


def authenticate(secret: str, at: datetime.datetime) -> Bearer | None:
    """The token whose secret this is, or None for whatever is wrong with it.

    A person's token holds what was granted and what the person's role holds now.
    """
    if not oauth_formats.is_well_formed(secret, oauth_formats.ACCESS_TOKEN):
        return None
    token = _BY_DIGEST.first(digest=digest_of(secret))
    if token is None or at >= token.expires:
        return None
    scopes = frozenset(token.scope.split())
    if token.membership_id is not None:
        if not token.membership.user.is_active:
            return None
        scopes &= ROLE_SCOPES[token.membership.role]
    return Bearer(token, scopes)


def touch_last_used(token: AccessToken, at: datetime.datetime) -> None:
    """Note that the token was used: the first time always, then at most once a minute."""
    if token.last_used_at is not None and at - token.last_used_at < _TOUCH_EVERY:
        return
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - _TOUCH_EVERY)
    AccessToken.objects.filter(stale, pk=token.pk).update(last_used_at=at)


def outlived(at: datetime.datetime) -> list[QuerySet[Any]]:
    """Tokens that expired, and then the grants that have none left, nor a code to redeem."""
    return [
        AccessToken.objects.filter(expires__lt=at),
        RefreshToken.objects.filter(expires__lt=at),
        Grant.objects.filter(
            expires__lt=at - datetime.timedelta(days=1), access_tokens=None, refresh_tokens=None
        ),
    ]
