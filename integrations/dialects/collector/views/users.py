"""/api/v1/user and /api/v1/terms."""

from typing import ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from integrations.collectors import letters, people
from integrations.dialects.base import ratelimit
from integrations.dialects.base.authentication import InvalidToken
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.faults import RateLimitExceeded
from integrations.dialects.base.shapes import Many
from integrations.dialects.collector import bodies, shapes
from integrations.dialects.collector.authentication import InvalidUserToken
from integrations.dialects.collector.presenters import present_user
from integrations.dialects.collector.views.base import SCOPES, CollectorView
from integrations.models import CollectorUser

_REMOVAL = "Every credential, document and token of the user is erased."
_HOUR_SECONDS = 3_600


class UserList(CollectorView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(summary="List users", scopes=SCOPES, answer=Many(shapes.USER))
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = people.list_users(self.organization.pk)
        account = self.account
        return self.answer([present_user(row, account) for row in rows])


class Users(CollectorView):
    is_secret = True
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Create or update a user, and get a token",
            scopes=SCOPES,
            body=bodies.USER,
            answer=shapes.USER_WITH_TOKEN,
            description="The user is known by `remote_id`. Until the terms are accepted, a"
            " six-digit code is mailed to `email` and voids the one before.",
            errors=(
                people.LocaleNotSupported,
                people.RemoteIdHasSpaces,
                letters.CodeNotMailed,
            ),
            example={"email": "user@example.com", "locale": "fr", "remote_id": "A1B2C3D4"},
        ),
        "DELETE": Endpoint(
            summary="Remove a user by remote id",
            scopes=SCOPES,
            body=bodies.REMOVAL,
            description=_REMOVAL,
            example={"remote_id": "A1B2C3D4"},
        ),
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        body = self.body()
        email = body.pop("email", "")
        user, token, code = people.invite(**self.who, has_email=bool(email), **body)
        if code:
            self._count_mail()
            letters.mail_code(self.organization, user, email=email, code=code, at=self.now)
        return self.answer({**present_user(user, self.account), "token": token})

    def delete(self, request: HttpRequest) -> HttpResponse:
        found = people.get_user(self.organization.pk, **self.body())
        people.remove_user(**self.who, user=found)
        return self.done()

    def _count_mail(self) -> None:
        key = f"collector:mail:{self.organization.pk}"
        quota = ratelimit.count(key, settings.MAIL_PER_HOUR, _HOUR_SECONDS)
        if quota.is_exceeded:
            raise RateLimitExceeded(limit=quota.limit, window="hour", retry_after=quota.retry_after)


class UserDetail(CollectorView):
    takes_user_tokens = True
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Get a user",
            scopes=SCOPES,
            answer=shapes.USER,
            description="With a user token, that user alone, whose id may be `me`.",
            errors=(InvalidUserToken,),
        ),
        "PUT": Endpoint(
            summary="Change a user's language",
            scopes=SCOPES,
            body=bodies.USER_CHANGE,
            answer=shapes.USER,
            errors=(people.LocaleNotSupported, InvalidUserToken),
            example={"locale": "fr"},
        ),
        "DELETE": Endpoint(summary="Remove a user", scopes=SCOPES, description=_REMOVAL),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.answer(present_user(self._named(id), self.account))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        changed = people.change_locale(**self.who, user=self._named(id), **self.body())
        return self.answer(present_user(changed, self.account))

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        if self.caller_user is not None:
            raise InvalidToken()
        people.remove_user(**self.who, user=people.get_user(self.organization.pk, id))
        return self.done()

    def _named(self, id: str) -> CollectorUser:
        own = self.caller_user
        if own is None:
            return people.get_user(self.organization.pk, id)
        if id not in ("me", str(own.uuid)):
            raise InvalidUserToken()
        return own


class Terms(CollectorView):
    takes_user_tokens = True
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Accept the terms with the mailed code",
            scopes=SCOPES,
            body=bodies.TERMS,
            description="With a user token, by the user. A code lives for 30 minutes and five"
            " tries.",
            errors=(people.WrongVerificationCode, InvalidUserToken),
            example={"verification_code": "123456"},
        )
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.caller_user is None:
            # The customer cannot consent for its users.
            raise InvalidUserToken()
        code = self.body()["verification_code"]
        if not people.accept_terms(**self.who, user_id=self.caller_user.pk, code=code):
            raise people.WrongVerificationCode()
        return self.done()
