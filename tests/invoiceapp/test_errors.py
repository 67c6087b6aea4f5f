"""Django's own error pages: a page for people, the dialect's JSON under its prefix."""

import json
from collections.abc import Callable

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from invoiceapp import errors, urls

pytestmark = pytest.mark.django_db
Handler = Callable[[HttpRequest], HttpResponse]
HANDLERS: list[tuple[Handler, int, str]] = [
    (lambda r: errors.bad_request(r, SuspiciousOperation()), 400, "malformed_request"),
    (lambda r: errors.permission_denied(r, PermissionError()), 403, "insufficient_permissions"),
    (lambda r: errors.page_not_found(r, ValueError()), 404, "unknown_route"),
    (errors.server_error, 500, "internal_error"),
]


@pytest.mark.parametrize(("handler", "status", "code"), HANDLERS)
def test_under_a_prefix(handler: Handler, status: int, code: str) -> None:
    response = handler(RequestFactory().get("/v1/x"))
    assert (response.status_code, response["Content-Type"]) == (status, "application/json")
    assert json.loads(response.content)["error"]["code"] == code
    assert "X-RateLimit-Remaining" in response


@pytest.mark.parametrize(("handler", "status", "code"), HANDLERS)
def test_elsewhere(handler: Handler, status: int, code: str) -> None:
    response = handler(RequestFactory().get("/x"))
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/x", "/v1/x/y"])
def test_the_prefix_alone_is_the_dialects_too(path: str) -> None:
    response = Client().get(path)
    assert (response.status_code, response["Content-Type"]) == (404, "application/json")


@pytest.mark.parametrize("path", ["/v10", "/v1x/y", "/nothing"])
def test_what_only_looks_like_it_is_a_page(path: str) -> None:
    response = Client().get(path)
    assert (response.status_code, response["Content-Type"][:9]) == (404, "text/html")


def test_a_wrong_host_under_a_prefix() -> None:
    response = Client().get("/v1/invoices", headers={"Host": "evil.example"})
    assert (response.status_code, response["Content-Type"]) == (400, "application/json")


def test_the_handlers_are_hooked() -> None:
    assert urls.handler400 is errors.bad_request
    assert urls.handler403 is errors.permission_denied
    assert urls.handler404 is errors.page_not_found
    assert urls.handler500 is errors.server_error
