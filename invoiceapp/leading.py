"""Several schedulers, of which one schedules: the others wait for it to die.

They share a lease in the database. The leader renews it every few seconds; when it stops,
another takes over as soon as the lease has run out, and at once if it ended in order.
Should clocks differ by more than the lease, two may lead for a while: every task looks
for due rows and claims them, so that costs a few queries and nothing else.
"""

import datetime
import logging
import os
import secrets
import socket
import time
from typing import Any

from celery.beat import Scheduler
from django.db import DatabaseError, connection
from django.utils import timezone

from core import leases

logger = logging.getLogger(__name__)

NAME = "scheduler"
HELD = datetime.timedelta(seconds=10)
RENEW_SECONDS = 3.0


class SteadyScheduler(Scheduler):
    """Celery's scheduler, which goes on when the clock is put back."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; seconds until the next look."""
        self._mind_the_clock()
        wait: float = super().tick(*args, **kwargs)
        return wait

    def _mind_the_clock(self) -> None:
        """Once the clock was put back, nothing would be due until it shows the old time again."""
        now = timezone.now()
        ahead = [one for one in self.schedule.values() if one.last_run_at and one.last_run_at > now]
        for entry in ahead:
            entry.last_run_at = now
        if ahead:
            # What waits in it is sorted by the time that the clock had shown.
            self._heap = None


class LeadingScheduler(SteadyScheduler):
    """The same, which sends nothing unless it holds the lease."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._leads = False
        self._ask_again_at = 0.0
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due, if we lead; seconds until the next look."""
        if time.monotonic() >= self._ask_again_at:
            self._ask()
        if not self._leads:
            return max(0.1, self._ask_again_at - time.monotonic())
        wait = super().tick(*args, **kwargs)
        return min(wait, RENEW_SECONDS)

    def close(self) -> None:
        """The process ends in order: somebody else may lead at once."""
        if self._leads:
            try:
                leases.give_back(name=NAME, holder=self._holder, at=timezone.now())
            except DatabaseError as error:
                logger.warning("the lease runs out by itself: %s", type(error).__name__)
        super().close()

    def _ask(self) -> None:
        at = timezone.now()
        led = self._leads
        try:
            self._leads = leases.take(name=NAME, holder=self._holder, at=at, until=at + HELD)
        except DatabaseError as error:
            logger.warning("the database does not say who leads: %s", type(error).__name__)
            self._leads = False
            # Whatever is wrong with it, the next look begins with a fresh one.
            connection.close()
        self._ask_again_at = time.monotonic() + RENEW_SECONDS
        if self._leads != led:
            logger.info("%s %s", self._holder, "leads" if self._leads else "no longer leads")
