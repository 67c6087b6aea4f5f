"""Several workers share the credentials: each is visited once, and no source too often at once.

PostgreSQL only: SQLite admits one writer at a time.
"""

import datetime
import threading
import time
from collections import Counter

import pytest

from accounts.actors import Actor
from integrations.collectors import runner
from integrations.collectors.base import Visit
from integrations.collectors.sources import SOURCES
from integrations.models import CallbackDelivery, CollectorUser, CollectRun
from tests.crowds import at_once
from tests.instants import AT
from tests.integrations.collectors.conftest import sealed_credential
from tests.integrations.collectors.scripted import Scripted, invoice

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CREDENTIALS, WORKERS, AT_ONCE = 24, 6, 2
LATER = AT + datetime.timedelta(days=5)


def test_each_is_visited_once_and_two_at_a_time(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = CollectorUser.objects.create(
        organization_id=actor.organization_id, remote_id="X", created_at=AT, updated_at=AT
    )
    for _ in range(CREDENTIALS):
        sealed_credential(person, source="scripted", next_attempt_at=AT)
    inside: Counter[str] = Counter()
    guard = threading.Lock()

    def meet(visit: Visit) -> None:
        with guard:
            inside["now"] += 1
            inside["most"] = max(inside["most"], inside["now"])
        time.sleep(0.02)
        with guard:
            inside["now"] -= 1

    source = Scripted(invoice("A-1"), meet=meet)
    monkeypatch.setattr(source, "concurrency", AT_ONCE, raising=False)
    monkeypatch.setitem(SOURCES, "scripted", source)

    def work() -> None:
        runner.collect_due(lambda: LATER)

    at_once(*[work] * WORKERS)
    runs = Counter(CollectRun.objects.values_list("credential_id", flat=True))
    assert (len(runs), set(runs.values())) == (CREDENTIALS, {1})
    assert inside["most"] <= AT_ONCE
    assert CallbackDelivery.objects.count() == CREDENTIALS
