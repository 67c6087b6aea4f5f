"""Of many that want the same name, one holds it."""

import datetime

import pytest

from core import leases
from core.models import Lease

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2027, 3, 1, 6, tzinfo=datetime.UTC)


def take(holder: str, after: float = 0, seconds: float = 10) -> bool:
    at = AT + datetime.timedelta(seconds=after)
    until = at + datetime.timedelta(seconds=seconds)
    return leases.take(name="scheduler", holder=holder, at=at, until=until)


def test_the_first_holds_it_and_the_second_does_not() -> None:
    assert [take("a"), take("b")] == [True, False]
    assert Lease.objects.get().holder == "a"


def test_the_holder_renews_it() -> None:
    take("a")
    assert take("a", after=5) is True
    assert take("b", after=14.9) is False
    assert Lease.objects.get().held_until == AT + datetime.timedelta(seconds=15)


def test_another_takes_over_when_it_has_run_out_and_the_first_stays_out() -> None:
    take("a")
    assert take("b", after=10) is True
    assert take("a", after=10) is False
    assert Lease.objects.get().holder == "b"


def test_what_was_given_back_is_free_at_once() -> None:
    take("a")
    leases.give_back(name="scheduler", holder="a", at=AT)
    assert take("b") is True


def test_nobody_gives_back_what_another_holds() -> None:
    take("a")
    leases.give_back(name="scheduler", holder="b", at=AT)
    assert take("b") is False


def test_names_are_apart() -> None:
    take("a")
    until = AT + datetime.timedelta(seconds=10)
    assert leases.take(name="other", holder="b", at=AT, until=until) is True


def test_a_lease_of_a_clock_that_ran_ahead_binds_nobody() -> None:
    take("a", after=31_536_000)
    assert take("b", after=0) is True
    take("a", after=60)
    assert take("b", after=5) is False
