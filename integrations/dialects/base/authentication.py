"""Who calls: a bearer key or an OAuth token, looked up by its digest in one query."""

import datetime
import hmac
from dataclasses import dataclass

from django.http import HttpRequest

from accounts.actors import Actor
from accounts.models import ApiKey, Organization
from accounts.queries import api_keys, tokens
from core.errors import DomainError, Kind
from integrations.dialects.base.ratelimit import address_of


class MissingToken(DomainError):
    kind, code = Kind.UNAUTHENTICATED, "missing_token"
    message = "Send your API key in the header 'Authorization: Bearer …'"


class InvalidToken(DomainError):
    kind, code = Kind.UNAUTHENTICATED, "invalid_token"
    message = "The provided authentication token is invalid or expired"


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated program: its actor and its organization's settings."""

    actor: Actor
    organization: Organization


class BearerKeys:
    """`Authorization: Bearer <secret>` for the keys of one dialect, and for OAuth if it has it."""

    challenge = "Bearer"

    def __init__(self, dialect: str, *, takes_tokens: bool = False) -> None:
        self._dialect = dialect
        self._takes_tokens = takes_tokens

    def __call__(self, request: HttpRequest, at: datetime.datetime) -> Caller:
        """The caller whose key or token it is. Raises MissingToken, InvalidToken."""
        scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not scheme:
            raise MissingToken()
        if scheme.lower() != "bearer":
            raise InvalidToken()
        request_id = getattr(request, "request_id", "")
        key = api_keys.authenticate(secret.strip(), at, self._dialect)
        if key is not None:
            api_keys.touch_last_used(key, at, address_of(request))
            return Caller(_actor(key, request_id), key.organization)
        bearer = tokens.authenticate(secret.strip(), at) if self._takes_tokens else None
        if bearer is None:
            raise InvalidToken()
        tokens.touch_last_used(bearer.token, at)
        return Caller(_actor_of_token(bearer, request_id), bearer.token.organization)


class HeaderKeys:
    """A dialect's key, bare in a header of its own; never in the address, which is logged."""

    def __init__(self, dialect: str, header: str) -> None:
        self._dialect = dialect
        self._field = f"HTTP_{header.upper().replace('-', '_')}"
        self.challenge = header

    def __call__(self, request: HttpRequest, at: datetime.datetime) -> Caller:
        """The caller whose key it is. Raises MissingToken, InvalidToken."""
        secret = request.META.get(self._field, "").strip()
        if not secret:
            raise MissingToken()
        key = api_keys.authenticate(secret, at, self._dialect)
        if key is None:
            raise InvalidToken()
        api_keys.touch_last_used(key, at, address_of(request))
        return Caller(_actor(key, getattr(request, "request_id", "")), key.organization)


class HeaderPairs:
    """A client key and a secret, each in a header of its own; both must be of one pair."""

    def __init__(self, dialect: str, key_header: str, secret_header: str) -> None:
        self._dialect = dialect
        self._fields = [
            f"HTTP_{name.upper().replace('-', '_')}" for name in (key_header, secret_header)
        ]
        self.challenge = f"{key_header}, {secret_header}"

    def __call__(self, request: HttpRequest, at: datetime.datetime) -> Caller:
        """The caller whose pair it is. Raises MissingToken, InvalidToken."""
        client_key, secret = (request.META.get(name, "").strip() for name in self._fields)
        if not client_key or not secret:
            raise MissingToken()
        key = api_keys.authenticate(secret, at, self._dialect)
        if key is None or not hmac.compare_digest(key.client_key.encode(), client_key.encode()):
            raise InvalidToken()
        api_keys.touch_last_used(key, at, address_of(request))
        return Caller(_actor(key, getattr(request, "request_id", "")), key.organization)


def _actor_of_token(bearer: tokens.Bearer, request_id: str) -> Actor:
    """A program that speaks for a person, or for its organization; it has no role itself."""
    token = bearer.token
    return Actor(
        organization_id=token.organization_id,
        kind="oauth",
        label=token.label,
        scopes=bearer.scopes,
        livemode=token.organization.livemode,
        credential_id=token.pk,
        user_id=token.membership.user_id if token.membership else None,
        request_id=request_id,
    )


def _actor(key: ApiKey, request_id: str) -> Actor:
    return Actor(
        organization_id=key.organization_id,
        kind="api_key",
        label=f"{key.name} ({key.prefix}…)",
        scopes=frozenset(key.scopes),
        livemode=key.organization.livemode,
        credential_id=key.pk,
        request_id=request_id,
        is_installation_wide=key.is_installation_wide,
    )
