"""/api/v0/health: whether the service answers, and whether it answers this key pair."""

from typing import Any, ClassVar

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.faults import MethodRefused, fault_from
from integrations.dialects.wallet import shapes
from integrations.dialects.wallet.figures import moment
from integrations.dialects.wallet.views.base import WalletView


class Health(WalletView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Say whether the service answers, and knows the credentials",
            scopes=(),
            answer=shapes.HEALTH,
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.answer(_state())


class PublicHealth(Health):
    """For monitors, which hold no credentials."""

    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Say whether the service answers",
            scopes=(),
            answer=shapes.HEALTH,
            is_public=True,
        )
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if request.method not in ("GET", "HEAD"):
                raise MethodRefused(request.method or "", ("GET", "HEAD"))
            quota = self.dialect.count(request, None)
            self._check_quota(quota)
            return self.dialect.finish(self.answer(_state()), quota)
        except Exception as error:  # every failure is spelled in the dialect
            return self._refuse(request, fault_from(error), None)


def _state() -> dict[str, Any]:
    """Raises OperationalError while the database is away, which answers 503."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"status": "ok", "database": "ok", "timestamp": moment(timezone.now())}
