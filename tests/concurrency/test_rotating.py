"""The collector's keys are changed while workers collect: nothing fails, everything opens.

PostgreSQL only: SQLite admits one writer at a time. tests/chaos/rotation.py does it with 10,000.
"""

import datetime
from typing import Any

import pytest
from cryptography.fernet import Fernet

from accounts.actors import Actor
from integrations.collectors import intake, runner, vault
from integrations.collectors.rotation import rotate_keys
from integrations.collectors.sources import SOURCES
from integrations.models import (
    CollectedInvoice,
    CollectorCredential,
    CollectorUser,
    CollectRun,
)
from tests.crowds import at_once
from tests.instants import AT
from tests.integrations.collectors.conftest import sealed_credential
from tests.integrations.collectors.scripted import PDF, Scripted, invoice

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CREDENTIALS, WORKERS = 60, 4
LATER = AT + datetime.timedelta(days=5)


def test_keys_are_changed_while_workers_collect(
    actor: Actor, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    person = CollectorUser.objects.create(
        organization_id=actor.organization_id, remote_id="X", created_at=AT, updated_at=AT
    )
    for _ in range(CREDENTIALS):
        sealed_credential(person, source="scripted", next_attempt_at=AT)
    source = Scripted(invoice("A-1"), meet=lambda visit: visit.session.update(seen=True))
    monkeypatch.setattr(source, "concurrency", WORKERS, raising=False)
    monkeypatch.setitem(SOURCES, "scripted", source)
    monkeypatch.setattr("integrations.collectors.rotation.BITE", 5)
    new = Fernet.generate_key().decode()
    settings.COLLECTOR_KEYS = [new, *settings.COLLECTOR_KEYS]

    def collect() -> None:
        runner.collect_due(lambda: LATER)

    def rotate() -> None:
        assert rotate_keys() == CREDENTIALS

    at_once(rotate, *[collect] * (WORKERS - 1))
    settings.COLLECTOR_KEYS = [new]
    assert list(CollectRun.objects.values_list("outcome", flat=True)) == ["done"] * CREDENTIALS
    for row in CollectorCredential.objects.all():
        assert row.key_id == vault.newest_key_id()
        assert vault.unseal(row, "session", row.sealed_session) == b'{"seen": true}'
    for kept in CollectedInvoice.objects.select_related("credential"):
        assert intake.document_of(kept, kept.credential) == PDF
