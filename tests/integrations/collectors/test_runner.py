"""Visits: what is new, what it means when something goes wrong, and when the next one is."""

import datetime
import logging
from collections.abc import Callable
from typing import Any

import pytest

from accounts.actors import Actor
from integrations.collectors import intake, runner, vault
from integrations.collectors.base import AuthenticationFailed, Disconnected, Maintenance, Visit
from integrations.collectors.credentials import answer_code, collect_now
from integrations.collectors.people import remove_user
from integrations.collectors.sources import SOURCES
from integrations.models import (
    CallbackDelivery,
    CollectedInvoice,
    CollectorCredential,
    CollectorUser,
    CollectRun,
)
from tests.instants import AT
from tests.integrations.collectors.conftest import sealed_credential
from tests.integrations.collectors.scripted import PDF, Scripted, invoice

pytestmark = pytest.mark.django_db
LATER = AT + datetime.timedelta(days=5)
DAY = datetime.timedelta(days=1)
Play = Callable[..., Scripted]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """Put a scripted source among the real ones."""

    def put(*shown: Any, **values: Any) -> Scripted:
        source = Scripted(*shown, **values)
        monkeypatch.setitem(SOURCES, "scripted", source)
        return source

    return put


@pytest.fixture
def credential(person: CollectorUser) -> CollectorCredential:
    row = sealed_credential(person, source="scripted", next_attempt_at=AT)
    return CollectorCredential.objects.get(pk=row.pk)


def collect(at: datetime.datetime = LATER) -> int:
    return runner.collect_due(lambda: at, sleep=lambda _: None)


def again(credential: CollectorCredential, **values: Any) -> None:
    CollectorCredential.objects.filter(pk=credential.pk).update(next_attempt_at=AT, **values)


def ids(**filters: Any) -> list[str]:
    rows = CollectedInvoice.objects.filter(**filters).order_by("pk")
    return list(rows.values_list("external_id", flat=True))


def test_a_new_invoice_is_kept_sealed_and_planned_for_the_callback(
    play: Play, credential: CollectorCredential
) -> None:
    play(invoice("A-1", amount="45.78€"))
    assert collect() == 1
    row = CollectedInvoice.objects.get()
    assert (row.external_id, row.collected_at, row.amount) == ("A-1", LATER, "45.78€")
    assert (row.media_type, row.size) == ("application/pdf", len(PDF))
    assert PDF not in bytes(row.sealed_document)
    assert intake.document_of(row, credential) == PDF
    assert CallbackDelivery.objects.get().invoice == row


def test_the_second_run_takes_only_what_is_new(play: Play, credential: CollectorCredential) -> None:
    source = play(invoice("A-1"))
    collect()
    source.shown.append(invoice("A-2", days=2, content=b"%PDF-1.7 another"))
    again(credential)
    collect()
    assert ids() == ["A-1", "A-2"]
    assert (source.downloads, CallbackDelivery.objects.count()) == (2, 2)


def test_what_is_older_than_the_credential_is_noted_and_never_sent(
    play: Play, credential: CollectorCredential
) -> None:
    source = play(invoice("OLD", days=-1))
    collect()
    assert ids(collected_at=None) == ["OLD"]
    assert (source.downloads, CallbackDelivery.objects.count()) == (0, 0)


def test_the_same_document_under_another_id_is_not_sent_again(
    play: Play, credential: CollectorCredential
) -> None:
    source = play(invoice("A-1"))
    collect()
    source.shown[:] = [invoice("new-scheme-1")]
    again(credential)
    collect()
    assert ids(duplicate_of__external_id="A-1") == ["new-scheme-1"]
    assert CallbackDelivery.objects.count() == 1


def test_the_same_bytes_for_another_invoice_are_no_duplicate(
    play: Play, credential: CollectorCredential
) -> None:
    play(invoice("A-1", days=1), invoice("A-2", days=2))
    collect()
    assert CallbackDelivery.objects.count() == 2


def test_the_same_bytes_in_two_messages_are_one_invoice(
    play: Play, credential: CollectorCredential
) -> None:
    play(*(invoice(f"<{day}@mail>/1", days=day, names_carrier=True) for day in (1, 2)))
    collect()
    assert CallbackDelivery.objects.count() == 1


def test_one_id_with_two_documents_is_two_invoices(
    play: Play, credential: CollectorCredential
) -> None:
    play(invoice("A-1"), invoice("A-1", content=b"%PDF-1.7 second part"))
    collect()
    assert CallbackDelivery.objects.count() == 2


def test_what_is_no_document_is_left_out_and_asked_for_again(
    play: Play, credential: CollectorCredential
) -> None:
    play(invoice("A-1", content=b"<html>please log in"), invoice("A-2"))
    collect()
    assert ids() == ["A-2"]
    assert CollectRun.objects.get().message == "1 documents could not be read."


def test_a_wrong_password_stops_the_credential(play: Play, credential: CollectorCredential) -> None:
    def refuse(visit: Visit) -> None:
        raise AuthenticationFailed("Wrong password.")

    play(meet=refuse)
    collect()
    credential.refresh_from_db()
    assert (credential.state, credential.state_message) == (-1, "Wrong password.")
    assert credential.next_attempt_at is None
    assert not CallbackDelivery.objects.exists()


def test_a_session_that_ended_tells_the_callback_once_it_had_worked(
    play: Play, credential: CollectorCredential
) -> None:
    def end(visit: Visit) -> None:
        raise Disconnected("Log in again.")

    play(meet=end)
    again(credential, state=7)
    collect()
    credential.refresh_from_db()
    assert (credential.state, credential.next_attempt_at) == (-2, None)
    assert CallbackDelivery.objects.get().kind == "notification_disconnected"


@pytest.mark.parametrize(("before", "after"), [(0, 0), (7, 7)])
def test_a_closed_source_is_tried_again_in_a_day(
    play: Play, credential: CollectorCredential, before: int, after: int
) -> None:
    def close(visit: Visit) -> None:
        raise Maintenance("Closed until Monday.")

    play(meet=close)
    again(credential, state=before)
    collect()
    credential.refresh_from_db()
    assert (credential.state, credential.state_message) == (after, "Closed until Monday.")
    assert credential.next_attempt_at == LATER + DAY


def test_what_came_before_the_server_went_down_is_kept(
    play: Play, credential: CollectorCredential
) -> None:
    source = play(invoice("A-1"), invoice("A-2", days=2, content=OSError("connection reset")))  # type: ignore[arg-type]
    collect()
    assert (ids(), CollectRun.objects.get().outcome) == (["A-1"], "failed")
    source.shown[1] = invoice("A-2", days=2)
    again(credential)
    collect()
    assert ids() == ["A-1", "A-2"]


def test_a_failing_sources_words_are_not_logged(
    play: Play, credential: CollectorCredential, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(visit: Visit) -> None:
        raise ValueError("canary-7781")

    play(meet=fail)
    with caplog.at_level(logging.DEBUG):
        collect()
    assert "ValueError at " in caplog.text
    assert "canary-7781" not in caplog.text + CollectRun.objects.get().message


def test_no_invoice_at_all_is_looked_at_again_in_a_day(
    play: Play, credential: CollectorCredential
) -> None:
    play()
    collect()
    credential.refresh_from_db()
    assert (credential.state, credential.next_attempt_at) == (7, LATER + DAY)


def test_a_user_removed_in_mid_collect_takes_everything_along(
    play: Play, credential: CollectorCredential, actor: Actor, person: CollectorUser
) -> None:
    play(invoice("A-1"), meet=lambda _: remove_user(actor=actor, at=LATER, user=person))
    collect()
    for model in (CollectorUser, CollectorCredential, CollectedInvoice, CollectRun):
        assert not model._default_manager.exists()
    assert not CallbackDelivery.objects.exists()


def test_who_lost_the_lease_writes_nothing(play: Play, credential: CollectorCredential) -> None:
    def lose(visit: Visit) -> None:
        CollectorCredential.objects.update(locked_until=LATER + 2 * DAY)

    play(invoice("A-1"), meet=lose)
    collect()
    assert (ids(), CollectRun.objects.count()) == ([], 0)


def test_a_lease_that_ran_out_frees_the_credential(
    play: Play, credential: CollectorCredential
) -> None:
    play(invoice("A-1"))
    again(credential, locked_until=LATER - datetime.timedelta(seconds=1), state=5)
    assert collect() == 1
    assert ids() == ["A-1"]


def test_a_source_is_visited_no_more_often_at_once_than_it_allows(
    play: Play, credential: CollectorCredential, person: CollectorUser
) -> None:
    play()
    sealed_credential(person, source="scripted", next_attempt_at=AT)
    again(credential, locked_until=LATER + runner.LEASE)
    assert collect() == 0


def test_the_session_of_a_visit_is_there_at_the_next(
    play: Play, credential: CollectorCredential
) -> None:
    seen: list[Any] = []

    def remember(visit: Visit) -> None:
        seen.append(dict(visit.session))
        visit.session["last"] = 7

    play(meet=remember)
    collect()
    again(credential)
    collect()
    assert seen == [{}, {"last": 7}]


def test_keys_may_be_changed_while_a_visit_lasts(
    play: Play, credential: CollectorCredential, settings: Any
) -> None:
    def change(visit: Visit) -> None:
        CollectorCredential.objects.update(key_id="newer")

    play(invoice("A-1"), meet=change)
    collect()
    credential.refresh_from_db()
    assert credential.key_id == "newer"


def test_a_code_goes_from_the_user_to_the_source_and_is_wiped(
    play: Play, credential: CollectorCredential, actor: Actor
) -> None:
    given: list[str] = []
    play(meet=lambda visit: given.append(visit.ask_code("The code from the app, please.")))

    def user(_: float) -> None:
        row = CollectorCredential.objects.get()
        assert (row.state, row.state_message) == (3, "The code from the app, please.")
        answer_code(actor=actor, at=LATER, credential=row, code="123456")

    runner.collect_due(lambda: LATER, sleep=user)
    assert given == ["123456"]
    assert bytes(CollectorCredential.objects.get().sealed_code) == b""


def test_without_a_code_in_time_it_is_disconnected(
    play: Play, credential: CollectorCredential
) -> None:
    play(meet=lambda visit: None if visit.ask_code("Code?") else None)
    collect()
    row = CollectorCredential.objects.get()
    assert (row.state, row.state_message) == (-2, "No code was given in time.")


def test_an_error_is_left_behind_by_collecting_anew(
    play: Play, credential: CollectorCredential, actor: Actor
) -> None:
    play(invoice("A-1"))
    again(credential, state=-1)
    credential.refresh_from_db()
    collect_now(actor=actor, at=LATER, credential=credential)
    collect()
    assert ids() == ["A-1"]


def test_a_document_does_not_open_with_another_credentials_key(
    play: Play, credential: CollectorCredential, person: CollectorUser
) -> None:
    play(invoice("A-1"))
    collect()
    other = sealed_credential(person, source="scripted")
    with pytest.raises(vault.SealBroken):
        intake.document_of(CollectedInvoice.objects.get(), other)
