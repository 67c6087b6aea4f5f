"""POST /login: a bearer of an hour for a person who looks after the collector.

It is a signed statement, not a row: who it is, and that their password is still the one they
signed in with. It does what the customer's bearer does, but replaces no bearer.
"""

import dataclasses
import datetime

from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from allauth.mfa.utils import is_mfa_enabled
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.actors import actor_for_membership
from accounts.models import Membership, User
from core import tenancy
from core.errors import DomainError, Kind
from integrations.collectors.accounts import SCOPE
from integrations.dialects.base.authentication import Caller, InvalidToken
from integrations.dialects.base.faults import RateLimitExceeded

PREFIX = "c_sess_"
LIFE = datetime.timedelta(hours=1)
_SALT = "collector session"
_FAILURES, _WINDOW_SECONDS = 10, 900


class InvalidCredentials(DomainError):
    kind, code = Kind.UNAUTHENTICATED, "invalid_credentials"
    message = "Invalid credentials"


class SecondFactorNeeded(DomainError):
    kind, code = Kind.FORBIDDEN, "second_factor_needed"
    message = "This account has a second factor, so a password alone opens nothing. Use a bearer."


class NoCollectorRole(DomainError):
    kind, code = Kind.FORBIDDEN, "no_collector_role"
    message = "Your role does not look after the collector."


def begin(request: HttpRequest, *, email: str, password: str) -> str:
    """A bearer for whoever has that password; wrong ones count as they do on the sign-in page.

    Raises InvalidCredentials, SecondFactorNeeded, NoCollectorRole, RateLimitExceeded.
    """
    tenancy.widen()
    try:
        with request_context(request):
            user = get_adapter().authenticate(request, email=email, password=password)
    except ValidationError:
        raise RateLimitExceeded(
            limit=_FAILURES, window="15 minutes", retry_after=_WINDOW_SECONDS
        ) from None
    if not isinstance(user, User) or not user.is_active:
        raise InvalidCredentials()
    if is_mfa_enabled(user):
        raise SecondFactorNeeded()
    for membership in _memberships().filter(user=user).order_by("pk"):
        if SCOPE in actor_for_membership(membership).scopes:
            fact = {"m": membership.pk, "p": _password_mark(user)}
            return f"{PREFIX}{signing.dumps(fact, salt=_SALT)}"
    raise NoCollectorRole()


def caller_of(bearer: str, request_id: str) -> Caller:
    """Who signed in, as a caller. Raises InvalidToken."""
    try:
        fact = signing.loads(bearer.removeprefix(PREFIX), salt=_SALT, max_age=LIFE)
    except signing.BadSignature:
        raise InvalidToken() from None
    tenancy.widen()
    membership = _memberships().filter(pk=fact["m"]).first()
    if membership is None or not membership.user.is_active:
        raise InvalidToken()
    if not constant_time_compare(fact["p"], _password_mark(membership.user)):
        raise InvalidToken()
    actor = actor_for_membership(membership, request_id)
    narrowed = dataclasses.replace(actor, scopes=actor.scopes & {SCOPE})
    return Caller(narrowed, membership.organization)


def _memberships() -> QuerySet[Membership]:
    rows = Membership.objects.select_related("user", "organization")
    return rows.filter(organization__livemode=True)


def _password_mark(user: User) -> str:
    """Another one as soon as the password is another one."""
    return salted_hmac(_SALT, user.password, algorithm="sha256").hexdigest()[:32]
