"""Traces over OpenTelemetry, where an operator wants them: off, and not even imported, by default.

Spans hold names, ids and counts: the route's pattern instead of the address, no query, header,
body or words of errors. The request's id joins a request to what its events led to.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from core.extras import load
from integrations.dialects.registry import dialect_for
from integrations.spans import span, tracers
from invoiceapp.logs import request_id

_PROBES = ("/healthz", "/readyz", "/metrics")
_SERVER_ERROR = 500


def start(endpoint: str, *, release: str, exporter: Any = None) -> None:
    """Send spans to that collector (OTLP over HTTP). Nothing happens without one.

    The library reads further settings itself (OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER,
    OTEL_SERVICE_NAME). An `exporter` takes the place of its own.
    Raises ImproperlyConfigured when the library is not installed.
    """
    if not endpoint:
        return
    sdk, export = _library("sdk.trace"), _library("sdk.trace.export")
    name, _, version = release.partition("@")
    resource = _library("sdk.resources").Resource.create(
        {"service.name": name, "service.version": version}
    )
    provider = sdk.TracerProvider(resource=resource)
    if exporter is None:
        exporter = _library("exporter.otlp.proto.http.trace_exporter").OTLPSpanExporter()
        processor = export.BatchSpanProcessor(exporter)
    else:
        processor = export.SimpleSpanProcessor(exporter)
    provider.add_span_processor(processor)
    tracers[:] = [provider.get_tracer("invoiceapp")]


class TracingMiddleware:
    """A span for every request but the probes. Not there without a collector."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not tracers:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in _PROBES:
            return self.get_response(request)
        dialect = dialect_for(request.path_info)
        name = dialect.name if dialect else "pages"
        given = {
            "http.request.method": request.method or "",
            "invoiceapp.dialect": name,
            "invoiceapp.request_id": request_id.get(),
        }
        with span(f"{request.method} {name}", given) as one:
            response = self.get_response(request)
            if one is not None:
                _finish(one, request, response)
        return response


def _finish(one: Any, request: HttpRequest, response: HttpResponse) -> None:
    """What is known once it is answered."""
    if request.resolver_match is not None:
        one.set_attribute("http.route", request.resolver_match.route)
    one.set_attribute("http.response.status_code", response.status_code)
    if response.status_code >= _SERVER_ERROR:
        one.set_attribute("error.type", str(response.status_code))


def _library(name: str) -> Any:
    return load(
        f"opentelemetry.{name}",
        setting="OTEL_EXPORTER_OTLP_ENDPOINT",
        product="OpenTelemetry",
        requirements="requirements-otel.txt",
    )
