"""Webhook endpoints and the test delivery."""

import base64
import datetime
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from core.errors import Forbidden, InvalidValue, NotFound
from core.models import Event
from integrations.http import AddressRefused
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.webhooks import endpoints
from integrations.webhooks.payloads import UnknownEventName
from integrations.webhooks.testing import test_endpoint
from tests.instants import AT
from tests.integrations.receivers import Receiver

LATER = AT + datetime.timedelta(hours=1)


def create(actor: Actor, url: str = "http://127.0.0.1:9/hook", **fields: Any) -> WebhookEndpoint:
    given = {"events": ["invoice.created"], "dialect": "plain", **fields}
    return endpoints.create_endpoint(actor=actor, at=AT, url=url, **given)


def test_created_endpoint_has_a_secret_that_the_database_hides(actor: Actor) -> None:
    endpoint = create(actor, description="Production")
    assert endpoint.secret.startswith("whsec_")
    assert len(base64.b64decode(endpoint.secret[6:])) == 32
    assert (endpoint.is_active, endpoint.description) == (True, "Production")
    assert endpoints.get_endpoint(actor.organization_id, endpoint.uuid).secret == endpoint.secret
    stored = WebhookEndpoint.objects.extra(select={"raw": "secret"}).values_list("raw", flat=True)
    assert endpoint.secret not in stored[0]
    event = Event.objects.get(type="webhook_endpoint.created")
    assert "whsec_" not in event.data


def test_event_names_are_kept_as_spelled_aliases_included(actor: Actor) -> None:
    names = ["invoice.created", "payment.received", "invoice.created"]
    assert create(actor, events=names).events == ["invoice.created", "payment.received"]
    assert create(actor, events=["*"]).events == ["*"]


@pytest.mark.parametrize("names", [[], ["invoice.exploded"], ["invoice.created", "x"]])
def test_unknown_event_name_is_refused(actor: Actor, names: list[str]) -> None:
    with pytest.raises(UnknownEventName) as caught:
        create(actor, events=names)
    assert caught.value.code == "unknown_event_type"
    assert not WebhookEndpoint.objects.exists()
    assert not Event.objects.filter(type__startswith="webhook").exists()


def test_private_address_is_refused(actor: Actor) -> None:
    with pytest.raises(AddressRefused):
        create(actor, url="http://169.254.169.254/latest/meta-data/")
    assert not WebhookEndpoint.objects.exists()


def test_scope_is_needed(bob_actor: Actor) -> None:
    with pytest.raises(Forbidden):
        create(bob_actor)


def test_another_tenant_sees_nothing(actor: Actor, mallory_actor: Actor) -> None:
    endpoint = create(actor)
    for reference in (endpoint.pk, endpoint.uuid, str(endpoint.uuid), "nonsense"):
        with pytest.raises(NotFound):
            endpoints.get_endpoint(mallory_actor.organization_id, reference)
    with pytest.raises(NotFound):
        endpoints.delete_endpoint(actor=mallory_actor, at=AT, endpoint_id=endpoint.uuid)
    with pytest.raises(NotFound):
        test_endpoint(actor=mallory_actor, at=AT, endpoint_id=endpoint.uuid)
    assert list(endpoints.list_endpoints(mallory_actor.organization_id)) == []
    assert list(endpoints.list_endpoints(actor.organization_id)) == [endpoint]


def test_update_tells_only_what_changed(actor: Actor) -> None:
    endpoint = create(actor)
    endpoints.update_endpoint(
        actor=actor, at=LATER, endpoint_id=endpoint.uuid, events=["*"], description="New"
    )
    event = Event.objects.get(type="webhook_endpoint.updated")
    assert event.previous == '{"description":"","events":["invoice.created"]}'
    with pytest.raises(InvalidValue):
        endpoints.update_endpoint(
            actor=actor, at=LATER, endpoint_id=endpoint.pk, description="x" * 301
        )


def test_switching_on_forgives_past_failures(actor: Actor) -> None:
    endpoint = create(actor)
    endpoints.update_endpoint(actor=actor, at=LATER, endpoint_id=endpoint.pk, is_active=False)
    WebhookEndpoint.objects.update(failing_since=AT, consecutive_failures=7)
    endpoint = endpoints.update_endpoint(
        actor=actor, at=LATER, endpoint_id=endpoint.pk, is_active=True
    )
    assert (endpoint.failing_since, endpoint.consecutive_failures) == (None, 0)
    assert (endpoint.is_active, endpoint.disabled_reason) == (True, "")


def test_rotation_keeps_the_old_secret_for_a_day(actor: Actor) -> None:
    endpoint = create(actor)
    rotated = endpoints.rotate_secret(actor=actor, at=LATER, endpoint_id=endpoint.pk)
    assert rotated.secret != endpoint.secret
    assert rotated.previous_secret == endpoint.secret
    assert rotated.previous_secret_expires_at == LATER + datetime.timedelta(hours=24)


def test_endpoints_have_a_limit(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "MAX_ENDPOINTS", 1)
    create(actor)
    with pytest.raises(endpoints.TooManyEndpoints):
        create(actor)


def test_test_delivery_reports_success(
    actor: Actor, endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    result = test_endpoint(actor=actor, at=AT, endpoint_id=endpoint.uuid)
    assert (result.delivery_status, result.response_code) == ("success", 200)
    request = receiver.received[0]
    assert request.headers["webhook-id"] == result.event_id
    assert b'"livemode":false' in request.body
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.event, delivery.attempts.count()) == ("succeeded", None, 1)


def test_test_delivery_reports_failure_and_is_not_tried_again(
    actor: Actor, endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    receiver.status = 503
    refused = test_endpoint(actor=actor, at=AT, endpoint_id=endpoint.uuid)
    receiver.close()
    unreachable = test_endpoint(actor=actor, at=AT, endpoint_id=endpoint.uuid)
    assert (refused.delivery_status, refused.response_code) == ("failed", 503)
    assert (unreachable.delivery_status, unreachable.response_code) == ("failed", None)
    assert unreachable.error == "Could not connect."
    assert set(WebhookDelivery.objects.values_list("status", "next_attempt_at")) == {
        ("failed", None)
    }
    endpoint.refresh_from_db()
    assert endpoint.consecutive_failures == 0


def test_sandbox_has_endpoints_of_its_own(
    actor: Actor, sandbox_actor: Actor, sandbox: Organization
) -> None:
    create(actor)
    mine = create(sandbox_actor)
    assert list(endpoints.list_endpoints(sandbox.pk)) == [mine]
