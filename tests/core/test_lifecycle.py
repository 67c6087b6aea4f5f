"""A state machine is a table and one question."""

import pytest

from core.errors import Kind
from core.lifecycle import Lifecycle, TransitionRefused

DOOR = Lifecycle(
    "door", {("open", "close"): "closed", ("closed", "open"): "open", ("closed", "lock"): "locked"}
)


def test_the_next_state_stands_in_the_table() -> None:
    assert DOOR.next("open", "close") == "closed"
    assert DOOR.next("closed", "lock") == "locked"


def test_what_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(TransitionRefused) as refusal:
        DOOR.next("locked", "open")
    assert refusal.value.kind is Kind.CONFLICT
    assert refusal.value.code == "invalid_transition"
    assert str(refusal.value) == "A door that is locked cannot be changed by 'open'."
    assert refusal.value.details == {"noun": "door", "state": "locked", "action": "open"}


def test_allows_asks_without_refusing() -> None:
    assert DOOR.allows("open", "close")
    assert not DOOR.allows("open", "lock")
    assert not DOOR.allows("gone", "close")


def test_states_are_those_of_both_sides() -> None:
    assert DOOR.states == {"open", "closed", "locked"}


def test_the_table_is_frozen() -> None:
    table = {("a", "go"): "b"}
    lifecycle = Lifecycle("thing", table)
    table["b", "go"] = "c"
    assert not lifecycle.allows("b", "go")
