"""A state machine is a table: (state, action) -> next state, and one function to ask it."""

from collections.abc import Mapping

from core.errors import DomainError, Kind


class TransitionRefused(DomainError):
    kind, code = Kind.CONFLICT, "invalid_transition"
    message = "A {noun} that is {state} cannot be changed by '{action}'."


class Lifecycle:
    """A frozen transition table for one kind of document."""

    def __init__(self, noun: str, table: Mapping[tuple[str, str], str]) -> None:
        self.noun = noun
        self._table = dict(table)

    @property
    def states(self) -> frozenset[str]:
        return frozenset(s for s, _ in self._table) | frozenset(self._table.values())

    def allows(self, state: str, action: str) -> bool:
        return (state, action) in self._table

    def next(self, state: str, action: str) -> str:
        """The state after the action. Raises TransitionRefused."""
        try:
            return self._table[state, action]
        except KeyError:
            raise TransitionRefused(noun=self.noun, state=state, action=action) from None
