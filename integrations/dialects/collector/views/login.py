"""POST /api/v1/login: a person's password for a bearer of an hour."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.faults import MethodRefused, fault_from
from integrations.dialects.collector import bodies, sessions, shapes
from integrations.dialects.collector.views.base import SCOPES, CollectorView


class Login(CollectorView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Sign in as a person",
            scopes=SCOPES,
            body=bodies.LOGIN,
            answer=shapes.SESSION,
            is_public=True,
            description="For staff who look after the collector and have no second factor. The"
            " bearer ends after an hour, or with the password, and replaces no other.",
            errors=(
                sessions.InvalidCredentials,
                sessions.SecondFactorNeeded,
                sessions.NoCollectorRole,
            ),
            example={"email": "alice@example.com", "password": "…"},
        )
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Nobody has a credential yet: whatever stands in the header is not looked at.
        try:
            if request.method != "POST":
                raise MethodRefused(request.method or "", ("POST",))
            quota = self.dialect.count(request, None)
            self._check_quota(quota)
            return self.dialect.finish(self.post(request), quota)
        except Exception as error:  # every failure is spelled in the dialect
            return self._refuse(request, fault_from(error), None)

    def post(self, request: HttpRequest) -> HttpResponse:
        given = bodies.LOGIN.decode_body(self.read(request))
        bearer = sessions.begin(request, **given)
        return self.answer({"bearer": bearer, "type": "customer"})
