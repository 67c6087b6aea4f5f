"""Events of a plain dialect, so that delivering is tested apart from any API."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.actors import Actor
from accounts.models import Organization, User
from core import events, exactjson
from core.models import Event
from integrations.models import WebhookEndpoint
from integrations.webhooks import payloads
from integrations.webhooks.endpoints import create_endpoint
from tests.browsers import signed_in
from tests.instants import AT
from tests.integrations.receivers import Receiver

NAMES = ["invoice.created", "invoice.paid", "invoice.updated", "payment.succeeded"]


def render_plain(event: Event, name: str) -> dict[str, Any]:
    return {"id": "", "type": name, "data": exactjson.loads(event.data)}


@pytest.fixture(autouse=True)
def plain_dialect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payloads, "_dialects", dict(payloads._dialects))
    payloads.register("plain", render_plain, NAMES, {"payment.received": "payment.succeeded"})


@pytest.fixture
def staff(actor: Actor, alice: User) -> Client:
    """Alice's browser, who owns acme."""
    return signed_in(alice)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def endpoint(actor: Actor, receiver: Receiver) -> WebhookEndpoint:
    """Acme's endpoint at the receiver, for everything."""
    return create_endpoint(actor=actor, at=AT, url=receiver.url, events=["*"], dialect="plain")


Emit = Callable[..., Event]


@pytest.fixture
def emit(acme: Organization, actor: Actor) -> Emit:
    """Emit an event about acme itself."""

    def emit(type: str = "invoice.created", **data: Any) -> Event:
        with transaction.atomic():
            return events.emit(type, subject=acme, data=data, actor=actor, at=AT)

    return emit


@pytest.fixture
def any_uuid() -> uuid.UUID:
    return uuid.UUID("01890a5d-ac96-774b-bcce-b302099a8057")
