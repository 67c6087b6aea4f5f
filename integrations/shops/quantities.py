"""How much of which invoice line a refund takes back, so that it comes to the cent.

Shops refund whole units, parts of the shipping, or a bare amount. A credit note takes
quantities, so what units do not explain becomes a fraction of a unit.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from billing.totals import DocumentInput, partial_credit
from core.errors import DomainError

_STEPS = 10**6


class Credit:
    """What crediting some quantities of an invoice's lines would come to, minor units."""

    def __init__(
        self,
        document: DocumentInput,
        before: Sequence[Decimal],
        earlier: Sequence[Mapping[str, Any]],
    ) -> None:
        self._document = document
        self._before = list(before)
        self._earlier = list(earlier)
        self.left = [line.quantity - was for line, was in zip(document.lines, before, strict=True)]

    def clamp(self, asked: Sequence[Decimal]) -> list[Decimal]:
        """As much of what is asked as is left of each line."""
        pairs = zip(asked, self.left, strict=True)
        return [
            max(Decimal(0), min(abs(some), left)) if left >= 0 else max(-abs(some), left)
            for some, left in pairs
        ]

    def total(self, quantities: Sequence[Decimal]) -> int:
        """The note's total; quantities that no note can have come to less than nothing."""
        if not any(quantities):
            return 0
        try:
            note = partial_credit(self._document, self._before, quantities, self._earlier)
        except DomainError:
            return -1
        return note.total

    def fit(
        self, start: Sequence[Decimal], target: int, order: Sequence[int]
    ) -> list[Decimal] | None:
        """Quantities near `start` that come to `target`, or None.

        Lines are changed in the given order, each as far as it goes, until the sum is right.
        """
        now = self.clamp(start)
        if self.total(now) != target and self.total(self.left) == target:
            return self.left
        for place in order:
            came_to = self.total(now)
            if came_to == target:
                return now
            if self._document.lines[place].quantity > 0:
                now[place] = self._nearest(now, place, target, came_to)
        return now if self.total(now) == target else None

    def _nearest(self, now: Sequence[Decimal], place: int, target: int, came_to: int) -> Decimal:
        """The quantity of that line which brings the sum closest to the target from below.

        Where it can be met, it is met with the fewest digits that do.
        """
        grows = came_to < target
        low, high = (now[place], self.left[place]) if grows else (Decimal(0), now[place])
        if grows and self._with(now, place, high) <= target:
            return high
        steps = (int(low * _STEPS), int(high * _STEPS))
        below, above = steps
        # The largest number of millionths that does not go beyond the target.
        while above - below > 1:
            middle = (below + above) // 2
            if self._with(now, place, Decimal(middle) / _STEPS) <= target:
                below = middle
            else:
                above = middle
        found = Decimal(below) / _STEPS
        return self._plainest(now, place, found, self._with(now, place, found))

    def _plainest(
        self, now: Sequence[Decimal], place: int, found: Decimal, came_to: int
    ) -> Decimal:
        for digits in range(6):
            short = round(found, digits)
            if self._with(now, place, short) == came_to and short <= self.left[place]:
                return short
        return found

    def _with(self, now: Sequence[Decimal], place: int, quantity: Decimal) -> int:
        tried = list(now)
        tried[place] = quantity
        return self.total(tried)
