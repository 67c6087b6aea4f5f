"""A small year: the same by every way, and whoever dies on it."""

import datetime
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection

from billing.operations import recurring_runs, reminders
from integrations.models import ClockAdvance, Message, MessageRecipient
from integrations.work import drain
from tests.chaos.business import START, Business

END = START + datetime.timedelta(days=80)


class Killed(BaseException):
    """What SIGKILL is to a process: nobody catches it, and the transaction is undone."""


@pytest.fixture
def keeping(settings: Any) -> None:
    settings.TEST_CLOCK_MAIL_PER_HOUR = 0


@pytest.mark.django_db
@pytest.mark.once
def test_together_is_the_same_as_one_by_one(keeping: None, monkeypatch: pytest.MonkeyPatch) -> None:
    together = Business("together", customers=7, days=3)
    together.live_until(END)
    monkeypatch.setattr(recurring_runs, "run_together", lambda *_: set())
    monkeypatch.setattr(reminders, "_AT_ONCE", 1)
    alone = Business("alone", customers=7, days=3)
    alone.live_until(END)
    found, wanted = together.rows(), alone.rows()
    for name, rows in wanted.items():
        assert found[name] == rows, name
    assert len(found["events"]) > 150


# The dead leave a cursor open; who is really killed takes the connection with him.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.django_db(transaction=True)
@pytest.mark.once
def test_a_year_among_kills_is_the_same_year(keeping: None) -> None:
    quiet = Business("quiet", customers=20)
    quiet.live_until(END)
    chance = random.Random(7)
    shot = Business("shot", customers=20)
    kills = 0
    for _ in range(60):
        try:
            with connection.execute_wrapper(_killer(chance.randint(1, 120))):
                shot.live_until(END)
            break
        except Killed:
            kills += 1
            # What the dead hold runs out; the workers find it again.
            ClockAdvance.objects.update(locked_until=None)
    assert kills >= 5
    shot.live_until(END)
    assert shot.rows() == quiet.rows()
    call_command("verify_ledger")


def _killer(after: int) -> Callable[..., Any]:
    left = iter(range(after))

    def execute(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if next(left, None) is None:
            raise Killed
        return run(sql, params, many, context)

    return execute


@pytest.mark.django_db
def test_the_first_mails_of_an_hour_are_really_sent(settings: Any) -> None:
    settings.TEST_CLOCK_MAIL_PER_HOUR = 5
    business = Business("postal", customers=4)
    business.live_until(START + datetime.timedelta(days=20))
    # Four invoices and the first reminder; the other three reminders stayed in the house.
    assert len(mail.outbox) == 5
    assert all(each.subject.startswith("[TEST] ") for each in mail.outbox)
    accepted = MessageRecipient.objects.of(business.sandbox.pk)
    assert set(accepted.values_list("status", flat=True)) == {"accepted"}
    kept = accepted.filter(detail="Kept in the sandbox, whose clock is set.")
    assert list(kept.values_list("message__kind", flat=True)) == ["reminder"] * 3
    drain()
    assert len(mail.outbox) == 5


@pytest.mark.django_db
def test_time_waits_for_mail_that_somebody_is_sending(settings: Any) -> None:
    business = Business("patient", customers=2)
    day = datetime.timedelta(days=1)
    business.live_until(START + datetime.timedelta(hours=7))
    Message.objects.update(status="queued", next_attempt_at=START, locked_until=START + 9999 * day)
    business.live_until(START + day, budget_seconds=1)
    assert business.now() < START + day
    Message.objects.update(locked_until=None)
    business.live_until(START + day)
    assert business.now() == START + day


@pytest.fixture(autouse=True)
def _forget_mail() -> Iterator[None]:
    yield
    mail.outbox.clear()
