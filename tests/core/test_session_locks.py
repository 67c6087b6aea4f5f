"""Locks of a database session: one holds it, and its death frees it at once."""

import time

import pytest
from django.db import connection

from core.session_locks import held, session_lock
from tests.sessions import session_holding

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_one_session_holds_it_until_the_end_of_the_block() -> None:
    with session_lock("a journey") as mine:
        assert mine
        assert held(["a journey", "another"]) == {"a journey"}
    assert held(["a journey"]) == set()
    with session_holding("a journey"):
        with session_lock("a journey") as mine:
            assert not mine
        assert held(["a journey"]) == {"a journey"}, "what another holds is not given back"


def is_free(name: str) -> bool:
    with session_lock(name) as mine:
        return mine


def assert_it_gets_free(name: str) -> None:
    """As soon as the server has read the end of the connection."""
    deadline = time.monotonic() + 10
    while not is_free(name):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_death_of_a_session_frees_it() -> None:
    with session_holding("a second journey") as other:
        other.connection.close()
        assert_it_gets_free("a second journey")


def test_a_session_that_broke_meanwhile_is_no_error() -> None:
    with session_lock("a third journey") as mine:
        assert mine
        connection.connection.close()
    connection.close()
    assert_it_gets_free("a third journey")
