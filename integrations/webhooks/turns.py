"""Whose turn an endpoint is: of all hosts one serves it, so what it takes at once is bounded.

A pump has at most four requests under way to an endpoint, and knows nothing of the pumps of
other hosts. They share leases in the database, short ones: a host that vanishes keeps an
endpoint waiting until its lease has run out. On SQLite there is one process.
"""

import datetime
import time
from collections.abc import Callable, Collection, Iterable

from django.db import connection

from core import leases

# Longer than an attempt; renewed in the middle, while anything is under way.
HELD = datetime.timedelta(seconds=30)
RENEW_SECONDS = 10.0
# After a refusal somebody else is at work there: this long it is not asked for again.
PATIENCE_SECONDS = 1.0


class Turns:
    """The endpoints that this holder serves, by id."""

    def __init__(self, holder: str, clock: Callable[[], datetime.datetime]) -> None:
        self._holder, self._clock = holder, clock
        self._renew_at: dict[int, float] = {}
        self._ask_again_at: dict[int, float] = {}
        self._is_alone = connection.vendor != "postgresql"

    def elsewhere(self) -> set[int]:
        """Those that somebody else served a moment ago."""
        now = time.monotonic()
        self._ask_again_at = {pk: at for pk, at in self._ask_again_at.items() if at > now}
        return set(self._ask_again_at)

    def take(self, endpoint_ids: Collection[int]) -> set[int]:
        """Which of them it serves now; leases that will not run out soon are not renewed."""
        if self._is_alone:
            return set(endpoint_ids)
        now = time.monotonic()
        asked = {pk for pk in endpoint_ids if self._renew_at.get(pk, 0.0) <= now}
        if asked:
            self._ask(asked, now)
        return {pk for pk in endpoint_ids if pk in self._renew_at}

    def give_back(self) -> None:
        """Nothing is under way any more: others need not wait for the leases' end."""
        if self._renew_at:
            names = _names(self._renew_at)
            leases.give_back_many(names=names, holder=self._holder, at=self._clock())
            self._renew_at.clear()

    def _ask(self, asked: set[int], now: float) -> None:
        at = self._clock()
        names = _names(asked)
        mine = leases.take_many(names=names, holder=self._holder, at=at, until=at + HELD)
        for name, pk in names.items():
            if name in mine:
                self._renew_at[pk] = now + RENEW_SECONDS
            else:
                self._renew_at.pop(pk, None)
                self._ask_again_at[pk] = now + PATIENCE_SECONDS


def _names(endpoint_ids: Iterable[int]) -> dict[str, int]:
    return {f"webhooks to {pk}": pk for pk in endpoint_ids}
