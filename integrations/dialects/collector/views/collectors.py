"""/api/v1/collectors: what can be collected from. Anybody may look."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from integrations.collectors import credentials
from integrations.collectors.describing import describe
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.faults import MethodRefused, fault_from
from integrations.dialects.base.shapes import Many
from integrations.dialects.collector import bodies, shapes
from integrations.dialects.collector.authentication import has_credentials
from integrations.dialects.collector.views.base import SCOPES, CollectorView
from integrations.models import CollectorAccount


class Collectors(CollectorView):
    takes_user_tokens = True
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List collectors",
            scopes=SCOPES,
            query=bodies.COLLECTORS,
            answer=Many(shapes.COLLECTOR),
            is_public=True,
            description="With a bearer or a user token, those that the customer is subscribed to.",
        )
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if has_credentials(request):
            return super().dispatch(request, *args, **kwargs)
        try:
            if request.method not in ("GET", "HEAD"):
                raise MethodRefused(request.method or "", ("GET", "HEAD"))
            quota = self.dialect.count(request, None)
            self._check_quota(quota)
            query = bodies.COLLECTORS.decode(request.META.get("QUERY_STRING", ""), "UTC")
            return self.dialect.finish(self._listed(None, query), quota)
        except Exception as error:  # every failure is spelled in the dialect
            return self._refuse(request, fault_from(error), None)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._listed(self.account, self.query())

    def _listed(self, account: CollectorAccount | None, query: dict[str, Any]) -> HttpResponse:
        locale = query.get("locale") or "en"
        return self.answer(
            [describe(source.description, locale) for source in credentials.offered(account)]
        )
