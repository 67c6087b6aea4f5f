"""Clients of /v1 at 15 January 2025, 10:30 UTC."""

from collections.abc import Iterator

import pytest
import time_machine

from accounts.models import Organization
from tests.instants import AT
from tests.v1 import V1, key_for


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The wall clock, standing still until a test moves it."""
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _count_in_the_database(request: pytest.FixtureRequest, settings) -> None:  # type: ignore[no-untyped-def]
    """Redis remembers counters from one test to the next; only its own tests use it."""
    if not request.node.get_closest_marker("redis"):
        settings.REDIS_URL = ""


@pytest.fixture
def v1(acme: Organization, clock: time_machine.Traveller) -> V1:
    """acme's key with every scope."""
    return V1(key_for(acme))


@pytest.fixture
def rival_v1(rival: Organization, clock: time_machine.Traveller) -> V1:
    """Mallory's key with every scope, in another organization."""
    return V1(key_for(rival))


@pytest.fixture
def stranger() -> V1:
    """Nobody: no key at all."""
    return V1("")
