"""What every view of /api/v1 shares: who calls, real time, and answers without content."""

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from integrations.collectors.accounts import get_account
from integrations.dialects.base.authentication import Caller, InvalidToken
from integrations.dialects.base.views import DialectView, UnknownRouteView
from integrations.dialects.collector.authentication import UserCaller
from integrations.dialects.collector.dialect import COLLECTOR
from integrations.models import CollectorAccount, CollectorUser

SCOPES = ("webhooks:manage",)
# Newer spellings of fields, where both are understood.
_SPELLINGS = {"remoteId": "remote_id", "verificationCode": "verification_code"}


class CollectorView(DialectView):
    """A view of /api/v1, for a customer's bearer alone unless it says otherwise."""

    dialect = COLLECTOR
    takes_user_tokens: ClassVar[bool] = False
    # Off where the spelling of the older field is another field's name.
    has_old_spellings: ClassVar[bool] = True

    # The user whose token it is; None for the customer.
    caller_user: CollectorUser | None = None
    token_ends_at: datetime.datetime | None = None

    def narrow(self, request: HttpRequest, caller: Caller) -> None:
        if isinstance(caller, UserCaller):
            if not self.takes_user_tokens:
                raise InvalidToken()
            self.caller_user, self.token_ends_at = caller.user, caller.ends_at
        super().narrow(request, caller)

    def read(self, request: HttpRequest) -> dict[str, Any]:
        body = super().read(request)
        if self.has_old_spellings:
            for newer, older in _SPELLINGS.items():
                if newer in body:
                    body.setdefault(older, body[newer])
        return body

    @property
    def now(self) -> datetime.datetime:
        """Suppliers send in real time, whatever a sandbox's clock says."""
        return timezone.now()

    @property
    def who(self) -> dict[str, Any]:
        """The first arguments of every operation."""
        return {"actor": self.actor, "at": self.now}

    @property
    def account(self) -> CollectorAccount:
        return get_account(self.organization.pk, self.now)

    def done(self) -> HttpResponse:
        """200 without content: this API knows no other success."""
        response = HttpResponse(status=200)
        del response.headers["Content-Type"]
        return response


class UnknownCollectorRoute(UnknownRouteView):
    dialect = COLLECTOR
    scopes: ClassVar[Mapping[str, tuple[str, ...]]] = {}
