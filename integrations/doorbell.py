"""The doorbell: tells the workers to look now, instead of at their next round.

A ring costs its caller nothing and cannot fail: a thread of its own talks to the broker.
A lost ring only delays, because the workers look every few seconds anyway.
"""

import logging
import os
import threading
import time

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

TASK = "integrations.tasks.relay"
# Rings within this time become one.
QUIET_SECONDS = 0.05
# While the broker is away there is no point in asking it twenty times a second.
PATIENCE_SECONDS = 2.0


class Doorbell:
    """Turns any number of rings into at most one message per QUIET_SECONDS."""

    def __init__(self) -> None:
        self._rung = threading.Event()
        self._lock = threading.Lock()
        self._process = 0

    def ring(self) -> None:
        """Ask the workers to look. Returns at once."""
        # Threads do not survive a fork, so each process has its own.
        if self._process != os.getpid():
            self._start()
        self._rung.set()

    def _start(self) -> None:
        with self._lock:
            if self._process != os.getpid():
                self._rung = threading.Event()
                threading.Thread(target=self._listen, name="doorbell", daemon=True).start()
                self._process = os.getpid()

    def _listen(self) -> None:
        while True:
            self._rung.wait()
            self._rung.clear()
            time.sleep(QUIET_SECONDS if self._tell() else PATIENCE_SECONDS)

    def _tell(self) -> bool:
        try:
            current_app.send_task(TASK, ignore_result=True, expires=30, retry=False)
        except (OperationalError, OSError) as error:
            logger.warning("the broker did not take a ring: %s", error)
            return False
        return True


ring = Doorbell().ring


def is_heard() -> bool:
    """Whether a broker is there that workers listen to; the one in memory has only its own."""
    return not settings.BROKER_URL.startswith("memory:")
