"""Webhooks in the browser: made, tested for real, switched, deleted."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from pytest_httpserver import HTTPServer

from accounts.actors import Actor
from accounts.models import User
from integrations.models import WebhookDelivery, WebhookEndpoint
from tests.browsers import signed_in
from tests.instants import AT


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def add(client: Client, url: str) -> WebhookEndpoint:
    client.post("/settings/webhooks", {"url": url, "events": ["invoice.paid"]})
    return WebhookEndpoint.objects.get()


def test_an_endpoint_is_made_and_its_secret_shown_once(staff: Client) -> None:
    data = {"url": "http://127.0.0.1:9/hook", "events": ["invoice.paid", "invoice.sent"]}
    page = staff.post("/settings/webhooks", data).content.decode()
    endpoint = WebhookEndpoint.objects.get()
    found = re.search(r'id="secret">([^<]+)<', page)
    assert found is not None
    assert found.group(1) == endpoint.secret
    assert endpoint.events == ["invoice.paid", "invoice.sent"]
    assert endpoint.secret not in staff.get("/settings/webhooks").content.decode()


@pytest.mark.parametrize("url", ["ftp://x.test/", "http://10.0.0.1/", "not an address"])
def test_an_address_we_may_not_call_is_refused(staff: Client, url: str) -> None:
    response = staff.post("/settings/webhooks", {"url": url, "events": ["invoice.paid"]})
    assert response.status_code == 422
    assert not WebhookEndpoint.objects.exists()


def test_a_test_reports_what_the_receiver_said(staff: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("no", status=503)
    endpoint = add(staff, httpserver.url_for("/hook"))
    staff.post(f"/settings/webhooks/{endpoint.uuid}/test")
    page = staff.get(f"/settings/webhooks/{endpoint.uuid}").content.decode()
    assert "The receiver answered 503" in page
    assert WebhookDelivery.objects.get().status == "failed"


def test_an_endpoint_is_switched_off_and_deleted(staff: Client) -> None:
    endpoint = add(staff, "http://127.0.0.1:9/hook")
    staff.post(f"/settings/webhooks/{endpoint.uuid}/switch", {"is_active": "off"})
    endpoint.refresh_from_db()
    assert not endpoint.is_active
    staff.post(f"/settings/webhooks/{endpoint.uuid}/delete")
    assert not WebhookEndpoint.objects.exists()


def test_viewers_and_strangers_get_nothing(
    staff: Client, bob_actor: Actor, bob: User, mallory_actor: Actor, mallory: User
) -> None:
    endpoint = add(staff, "http://127.0.0.1:9/hook")
    path = f"/settings/webhooks/{endpoint.uuid}"
    assert signed_in(bob).get("/settings/webhooks").status_code == 403
    assert signed_in(bob).post(f"{path}/delete").status_code == 403
    assert signed_in(mallory).get(path).status_code == 404
    assert signed_in(mallory).post(f"{path}/delete").status_code == 404
    assert Client().get(path).status_code == 302
    assert WebhookEndpoint.objects.exists()
