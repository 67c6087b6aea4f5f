"""Steps of a story in the order of time, whatever order they were planned in."""

import datetime
import heapq
import itertools
import random
from collections.abc import Callable

Step = Callable[[datetime.datetime], object]


class Diary:
    """Runs steps by their instants; a step may plan more. What lies after the end never happens."""

    def __init__(self, end: datetime.datetime) -> None:
        self.end = end
        self._pages: list[tuple[datetime.datetime, int, Step]] = []
        self._order = itertools.count()

    def plan(self, at: datetime.datetime, step: Step) -> None:
        heapq.heappush(self._pages, (at, next(self._order), step))

    def live(self) -> None:
        """Take every step up to the end."""
        while self._pages and self._pages[0][0] <= self.end:
            at, _, step = heapq.heappop(self._pages)
            step(at)


def office_hours(day: datetime.datetime, rng: random.Random) -> datetime.datetime:
    """An instant between 08:00 and 16:59 UTC on that day, or on Monday after a weekend."""
    weekday = day.weekday()
    monday = day + datetime.timedelta(days=7 - weekday if weekday > 4 else 0)
    return monday.replace(
        hour=rng.randint(8, 16), minute=rng.randint(0, 59), second=rng.randint(0, 59), microsecond=0
    )
