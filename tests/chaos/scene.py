"""The organization that the campaign bills for, and waiting for its work to finish."""

import time
from dataclasses import dataclass

from django.utils import timezone

from accounts.actors import system_actor
from accounts.models import Organization
from accounts.operations.api_keys import create_api_key
from accounts.operations.organizations import create_organization
from accounts.scopes import SCOPES
from billing.operations.customers import create_customer
from core.ids import encode_id
from core.models import Event
from integrations.models import WebhookDelivery
from integrations.webhooks.endpoints import create_endpoint
from tests.chaos.receiver import Receiver

QUIET_SECONDS = 600


@dataclass(frozen=True)
class Stage:
    organization_id: int
    api_key: str
    customers: list[str]


def build(receiver: Receiver) -> Stage:
    at = timezone.now()
    organization = create_organization(at=at, name="Chaos Ltd", slug="chaos", currency="USD")
    # The campaign measures correctness, not the limiter.
    Organization.objects.filter(pk=organization.pk).update(rate_limit_per_minute=10_000_000)
    actor = system_actor(organization.pk)
    _, secret = create_api_key(
        actor=actor, at=at, organization_id=organization.pk, name="chaos", scopes=list(SCOPES)
    )
    customers = [
        create_customer(actor=actor, at=at, name=f"Customer {n}", currency="USD") for n in range(20)
    ]
    endpoint = create_endpoint(
        actor=actor, at=at, url=receiver.url, events=["invoice.created"], description="chaos"
    )
    receiver.secret = endpoint.secret
    return Stage(organization.pk, secret, [encode_id("cus", c.uuid) for c in customers])


def wait_until_quiet(organization_id: int) -> float:
    """Seconds until every event is relayed and every delivery finished."""
    started = time.monotonic()
    while time.monotonic() - started < QUIET_SECONDS:
        waiting = Event.objects.filter(organization_id=organization_id, relayed_at=None).exists()
        waiting = (
            waiting or WebhookDelivery.objects.of(organization_id).filter(status="pending").exists()
        )
        if not waiting:
            break
        time.sleep(0.5)
    return time.monotonic() - started
