"""A connected user of acme, and sources that answer what the test says."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Organization
from integrations.collectors import vault
from integrations.models import CollectorCredential, CollectorUser
from tests.contract.collector.conftest import Collector, bearer_for
from tests.instants import AT
from tests.integrations.collectors.journeys import Journey
from tests.integrations.receivers import Receiver


@pytest.fixture
def person(actor: Actor) -> CollectorUser:
    """Somebody of acme who accepted the terms."""
    return CollectorUser.objects.create(
        organization_id=actor.organization_id,
        remote_id="A1B2C3D4",
        terms_accepted_at=AT,
        created_at=AT,
        updated_at=AT,
    )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def journey(acme: Organization, settings: Any, receiver: Receiver) -> Journey:
    """A user of acme, who has no terms to accept."""
    settings.COLLECTOR_TERMS = False
    return Journey(Collector(bearer_for(acme)), receiver)


def sealed_credential(person: CollectorUser, params: bytes = b"{}", **values: Any) -> Any:
    """A credential with these parameters, written past the operations."""
    credential = CollectorCredential(
        organization_id=person.organization_id,
        user=person,
        **{
            "source": "folder",
            "download_from": AT,
            "next_attempt_at": timezone.now(),
            "created_at": AT,
            "updated_at": AT,
            **values,
        },
    )
    vault.seal_new_key(credential)
    credential.sealed_params = vault.seal(credential, "params", params)
    credential.save()
    return credential
