"""Who calls /api/v1: a customer by its bearer, or one of its users by a token of ten minutes."""

import datetime
from dataclasses import dataclass

from django.http import HttpRequest

from core import tenancy
from core.errors import DomainError, Kind
from integrations.collectors import people
from integrations.dialects.base import ratelimit
from integrations.dialects.base.authentication import BearerKeys, Caller, MissingToken
from integrations.dialects.base.faults import RateLimitExceeded
from integrations.dialects.collector import sessions
from integrations.models import CollectorUser

# Wrong tokens of one address, per minute.
WRONG_TOKENS = 20
_WINDOW_SECONDS = 60


class InvalidUserToken(DomainError):
    kind, code = Kind.UNAUTHENTICATED, "invalid_user_token"
    message = "The user token is invalid or expired."


@dataclass(frozen=True, slots=True)
class UserCaller(Caller):
    """A user of a customer, who reaches their own credentials and nothing else."""

    user: CollectorUser
    ends_at: datetime.datetime


class BearerOrToken:
    """`Authorization: Bearer …` for customers; `?token=` or `X-User-Token` for their users."""

    challenge = "Bearer"

    def __init__(self) -> None:
        self._keys = BearerKeys("collector")

    def __call__(self, request: HttpRequest, at: datetime.datetime) -> Caller:
        """Raises MissingToken, InvalidToken, InvalidUserToken, RateLimitExceeded."""
        if "HTTP_AUTHORIZATION" in request.META:
            scheme, _, secret = request.META["HTTP_AUTHORIZATION"].partition(" ")
            if scheme.lower() == "bearer" and secret.strip().startswith(sessions.PREFIX):
                return sessions.caller_of(secret.strip(), getattr(request, "request_id", ""))
            return self._keys(request, at)
        token = token_in(request)
        if not token:
            raise MissingToken()
        # The connection may still be narrowed to whom it served before.
        tenancy.widen()
        found = people.token_owner(token, at)
        if found is None:
            _count_wrong(request)
            raise InvalidUserToken()
        actor = people.actor_of(found, getattr(request, "request_id", ""))
        return UserCaller(actor, found.organization, found.user, found.expires_at)


def token_in(request: HttpRequest) -> str:
    """The user token of the request, where there is one."""
    return request.headers.get("X-User-Token", "") or request.GET.get("token", "")


def has_credentials(request: HttpRequest) -> bool:
    """Whether the request says who calls, rightly or not."""
    return "HTTP_AUTHORIZATION" in request.META or bool(token_in(request))


def _count_wrong(request: HttpRequest) -> None:
    key = f"collector:wrong-token:{ratelimit.address_of(request)}"
    quota = ratelimit.count(key, WRONG_TOKENS, _WINDOW_SECONDS)
    if quota.is_exceeded:
        raise RateLimitExceeded(limit=quota.limit, window="minute", retry_after=quota.retry_after)
