"""How many requests were answered, how, and how fast: by dialect and class of status.

One process keeps the counts itself. With several web processes each writes to files of
its own in PROMETHEUS_MULTIPROC_DIR, which the web server makes, and whichever is asked
adds them up.
"""

import os
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from integrations.dialects.registry import dialect_for

# Asked by machines all day; they would hide what people and programs see.
_PROBES = ("/healthz", "/readyz", "/metrics")
_PAGES = "pages"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

_own = CollectorRegistry()
_seconds = Histogram(
    "invoiceapp_request_seconds",
    "Time to answer a request, by dialect (or pages) and class of status.",
    ("dialect", "status"),
    buckets=_BUCKETS,
    registry=_own,
)


class MetricsMiddleware:
    """Measures every request. Outermost but for the request id; not there without METRICS_TOKEN."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        path = request.path_info
        if path not in _PROBES:
            dialect = dialect_for(path)
            name = dialect.name if dialect else _PAGES
            seconds = time.perf_counter() - started
            _seconds.labels(name, f"{response.status_code // 100}xx").observe(seconds)
        return response


def registry() -> CollectorRegistry:
    """Where the counts of all processes are read."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return _own
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return together
