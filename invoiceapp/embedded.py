"""The worker inside the web process: the same tasks, without a broker or further processes."""

import logging
import threading
from typing import Any

from celery.beat import EmbeddedService

from core.events import doorbells
from integrations import doorbell
from invoiceapp.celery import app

logger = logging.getLogger(__name__)

THREADS = 4


class EmbeddedWorker:
    """Celery's worker and scheduler as threads of this process, over a broker in memory."""

    def __init__(self) -> None:
        app.set_default()
        # Threads cannot be killed, so the hard time limit of a process does not apply.
        app.conf.update(task_time_limit=None, worker_send_task_events=False)
        self._worker: Any = app.WorkController(
            pool="threads",
            concurrency=THREADS,
            hostname="embedded",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        self._beat: Any = EmbeddedService(
            # The only one there is: it need not ask the database whether it leads.
            app,
            thread=True,
            scheduler_cls="invoiceapp.leading:SteadyScheduler",
        )
        self._thread = threading.Thread(target=self._worker.start, name="worker", daemon=True)

    def start(self) -> None:
        """Returns at once. The first sweep finds what an earlier process left unfinished."""
        app.loader.import_default_modules()
        self._thread.start()
        self._beat.start()
        doorbells.append(doorbell.ring)
        app.send_task("integrations.tasks.heartbeat")
        logger.info("background work runs inside this process")

    def stop(self, seconds: float = 25) -> None:
        """Let running tasks end; what does not end in time is done again after its lease."""
        self._beat.stop()
        self._worker.stop(in_sighandler=False)
        self._thread.join(timeout=seconds)
