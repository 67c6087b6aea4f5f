"""Traces are taken only where that is wanted, and tell nothing but names, ids and counts."""

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.http import HttpResponse
from django.test import Client
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from accounts.actors import Actor
from integrations import tasks
from integrations.relay import relay
from integrations.spans import tracers
from invoiceapp import tracing
from tests.builders import customer
from tests.instants import AT

COLLECTOR = "http://127.0.0.1:4318"
RELEASE = "InvoiceApp@0.1.0"


@pytest.fixture
def told() -> Iterator[InMemorySpanExporter]:
    """The spans that were sent."""
    exporter = InMemorySpanExporter()
    tracing.start(COLLECTOR, release=RELEASE, exporter=exporter)
    yield exporter
    tracers.clear()


def spans(told: InMemorySpanExporter) -> dict[str, dict[str, Any]]:
    return {one.name: dict(one.attributes or {}) for one in told.get_finished_spans()}


def test_without_a_collector_nothing_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(name: str) -> ModuleType:
        raise AssertionError(name)

    monkeypatch.setattr("importlib.import_module", never)
    tracing.start("", release=RELEASE)
    with pytest.raises(MiddlewareNotUsed):
        tracing.TracingMiddleware(lambda request: HttpResponse())


def test_a_collector_without_the_library_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(ImproperlyConfigured, match=r"requirements-otel\.txt"):
        tracing.start(COLLECTOR, release=RELEASE)


def test_the_librarys_own_exporter_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "false")
    tracing.start(COLLECTOR, release=RELEASE)
    assert len(tracers) == 1
    tracers.clear()


@pytest.mark.django_db
def test_a_request_is_told_by_its_pattern_and_id(told: InMemorySpanExporter) -> None:
    answer = Client().get(
        "/v1/invoices/inv_secret?token=abcd1234",
        headers={"authorization": "Bearer sk_live_abcdefghijklmnop", "x-request-id": "req_7"},
    )
    assert answer.status_code == 401
    assert spans(told) == {
        "GET enterprise": {
            "http.request.method": "GET",
            "http.route": spans(told)["GET enterprise"]["http.route"],
            "http.response.status_code": 401,
            "invoiceapp.dialect": "enterprise",
            "invoiceapp.request_id": "req_7",
        }
    }
    (one,) = told.get_finished_spans()
    assert "secret" not in one.to_json() and "abcd" not in one.to_json()
    assert one.resource.attributes["service.name"] == "InvoiceApp"


@pytest.mark.django_db
def test_a_page_is_told_without_its_token_and_a_probe_not_at_all(
    told: InMemorySpanExporter,
) -> None:
    Client().get("/i/lxbi0Sh4gxUGnjxyJlYvWp")
    Client().get("/healthz")
    (one,) = told.get_finished_spans()
    assert one.name == "GET pages" and "lxbi0" not in one.to_json()


@pytest.mark.django_db
def test_the_outbox_names_the_requests_that_its_events_came_from(
    actor: Actor, told: InMemorySpanExporter
) -> None:
    customer(actor)
    relay(at=AT)
    found = spans(told)["outbox relay"]
    assert found["invoiceapp.events"] >= 1
    assert set(found) == {"invoiceapp.events", "invoiceapp.request_ids"}


def test_an_error_is_told_by_its_class_alone(
    told: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("token=abcd1234")

    monkeypatch.setattr("integrations.tasks.note_expiring_keys", lambda **_: fails())
    with pytest.raises(ValueError, match="token"):
        tasks.note_ending_keys()
    assert spans(told) == {"note_ending_keys": {"error.type": "ValueError"}}
    assert "abcd" not in told.get_finished_spans()[0].to_json()
