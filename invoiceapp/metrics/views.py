"""GET /metrics, for whoever brings the token."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from invoiceapp.metrics.gauges import Gauges
from invoiceapp.metrics.requests import registry


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures in Prometheus text. 404 without METRICS_TOKEN, 401 for another bearer."""
    if not settings.METRICS_TOKEN:
        raise Http404
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not constant_time_compare(
        token.strip(), settings.METRICS_TOKEN
    ):
        refusal = HttpResponse("A bearer token is needed.\n", "text/plain", status=401)
        refusal["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return refusal
    gauges = CollectorRegistry()
    gauges.register(Gauges(timezone.now()))
    text = generate_latest(registry()) + generate_latest(gauges)
    return HttpResponse(text, CONTENT_TYPE_LATEST)
