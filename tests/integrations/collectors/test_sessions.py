"""What a source keeps from visit to visit, and the lease of a visit that lists for long."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest

from integrations.collectors import runner
from integrations.collectors.base import (
    AuthenticationFailed,
    Disconnected,
    Found,
    Maintenance,
    Opened,
    Visit,
)
from integrations.collectors.sources import SOURCES
from integrations.models import CollectedInvoice, CollectorCredential, CollectorUser
from tests.instants import AT
from tests.integrations.collectors.conftest import sealed_credential
from tests.integrations.collectors.scripted import Scripted, invoice

pytestmark = pytest.mark.django_db
LATER = AT + datetime.timedelta(days=5)


class Remembering(Scripted):
    lasting: ClassVar[frozenset[str]] = frozenset({"host_key"})


@pytest.fixture
def source(person: CollectorUser, monkeypatch: pytest.MonkeyPatch) -> Remembering:
    made = Remembering()
    monkeypatch.setitem(SOURCES, "scripted", made)
    sealed_credential(person, source="scripted", next_attempt_at=AT)
    return made


def collect(source: Remembering, trouble: Exception | None = None) -> dict[str, Any]:
    """What the visit found of the last one; it leaves a cookie, a key, and perhaps trouble."""
    found: dict[str, Any] = {}

    def meet(visit: Visit) -> None:
        found.update(visit.session)
        visit.session.update(host_key="SHA256:x", cookie="c")
        if trouble:
            visit.session.update(host_key="SHA256:evil", cookie="evil")
            raise trouble

    source.meet = meet
    CollectorCredential.objects.update(next_attempt_at=AT, state=0)
    assert runner.collect_due(lambda: LATER, sleep=lambda _: None) == 1
    return found


@pytest.mark.parametrize(
    ("trouble", "left"),
    [
        (AuthenticationFailed("No."), {"host_key": "SHA256:x"}),
        (Disconnected("Come back."), {"host_key": "SHA256:x", "cookie": "c"}),
        (Maintenance("Closed."), {"host_key": "SHA256:x", "cookie": "c"}),
        (ValueError("Oops."), {"host_key": "SHA256:x", "cookie": "c"}),
    ],
)
def test_what_is_left_of_a_session(
    source: Remembering, trouble: Exception, left: dict[str, str]
) -> None:
    assert collect(source) == {}
    collect(source, trouble)
    assert collect(source) == left


def test_nothing_is_left_of_a_first_visit_that_was_refused(source: Remembering) -> None:
    collect(source, AuthenticationFailed("No."))
    assert collect(source) == {}


def test_a_long_list_of_what_is_known_keeps_the_lease(source: Remembering) -> None:
    source.shown = [invoice("A-1")]
    collect(source)
    clock = {"at": LATER}
    leases: list[bool] = []

    class Slow(Opened):
        def list(self) -> Iterator[Found]:
            for _ in range(10):
                clock["at"] += datetime.timedelta(minutes=4)
                yield invoice("A-1")
                row = CollectorCredential.objects.get()
                leases.append(row.locked_until is not None and row.locked_until > clock["at"])

        def download(self, found: Found) -> bytes:
            raise AssertionError("it is known")

    @contextmanager
    def open(visit: Visit) -> Iterator[Opened]:
        yield Slow()

    source.open = open  # type: ignore[method-assign]
    CollectorCredential.objects.update(next_attempt_at=AT)
    assert runner.collect_due(lambda: clock["at"]) == 1
    assert leases == [True] * 10
    assert CollectedInvoice.objects.count() == 1
