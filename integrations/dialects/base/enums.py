"""Two-way tables between our words and a dialect's."""

from collections.abc import Iterable, Mapping


class EnumMap:
    """Our word <-> the wire word. `also` holds further wire words that are accepted, not sent."""

    def __init__(self, table: Mapping[str, str], also: Mapping[str, str] | None = None) -> None:
        self._wire = dict(table)
        self._ours = {wire: ours for ours, wire in table.items()} | dict(also or {})

    @classmethod
    def same(cls, words: Iterable[str], also: Mapping[str, str] | None = None) -> "EnumMap":
        """A dialect that spells these words as we do."""
        return cls({word: word for word in words}, also)

    @property
    def ours(self) -> frozenset[str]:
        return frozenset(self._wire)

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every wire word that is understood, in order."""
        return tuple(self._ours)

    @property
    def words(self) -> tuple[str, ...]:
        """Every wire word that is sent, in order."""
        return tuple(self._wire.values())

    def to_wire(self, ours: str) -> str:
        return self._wire[ours]

    def to_ours(self, wire: str) -> str | None:
        """Our word, or None when the wire word means nothing."""
        return self._ours.get(wire)
