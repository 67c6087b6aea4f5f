"""The organization that the campaign bills for, and waiting for its work to finish."""

import time
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone

from accounts.actors import Actor, system_actor
from accounts.models import Organization
from accounts.operations.api_keys import create_api_key
from accounts.operations.organizations import create_organization
from accounts.scopes import SCOPES
from billing.operations.customers import create_customer
from core.ids import encode_id
from core.models import Event
from integrations.models import Message, WebhookDelivery
from integrations.webhooks.endpoints import create_endpoint
from tests.chaos.receiver import Receiver

QUIET_SECONDS = 600


@dataclass(frozen=True)
class Stage:
    organization_id: int
    api_key: str
    customers: list[str]
    actor: Actor
    endpoint_id: int
    # Endpoints that never work: what waits for them keeps nobody from being quiet.
    bad_endpoints: set[int] = field(default_factory=set)


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
        create_customer(
            actor=actor, at=at, name=f"Customer {n}", currency="USD", email=f"c{n}@chaos.test"
        )
        for n in range(20)
    ]
    endpoint = create_endpoint(
        actor=actor, at=at, url=receiver.url, events=["invoice.created"], description="chaos"
    )
    receiver.secret = endpoint.secret
    return Stage(
        organization.pk,
        secret,
        [encode_id("cus", c.uuid) for c in customers],
        actor,
        endpoint.pk,
    )


def wait_until_quiet(stage: Stage, *, seconds: float = QUIET_SECONDS) -> float:
    """Seconds until every event is relayed, every delivery finished and every mail settled."""
    started = time.monotonic()
    while time.monotonic() - started < seconds and _is_busy(stage):
        time.sleep(0.25)
    return time.monotonic() - started


def _is_busy(stage: Stage) -> bool:
    # What was asked of a server that has fallen over since is asked anew of the next.
    connection.close_if_unusable_or_obsolete()
    deliveries = WebhookDelivery.objects.of(stage.organization_id).filter(status="pending")
    return (
        Event.objects.filter(organization_id=stage.organization_id, relayed_at=None).exists()
        or deliveries.exclude(endpoint_id__in=stage.bad_endpoints).exists()
        or Message.objects.of(stage.organization_id).filter(status="queued").exists()
    )
