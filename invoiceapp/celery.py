"""The Celery application: the doorbell and the hands. Pending work lives in the database."""

import os
import warnings
from typing import Any

from celery import Celery, Task
from celery.exceptions import SecurityWarning
from celery.signals import worker_process_init, worker_ready

from integrations.spans import span
from invoiceapp.leftovers import collect_seldom

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "invoiceapp.settings.development")

# It warns superusers of messages that run code when they are read; ours are JSON alone.
warnings.filterwarnings("ignore", category=SecurityWarning)


class _TracedTask(Task):
    """Times itself where traces are wanted."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with span(self.name.rpartition(".")[2], {}):
            return super().__call__(*args, **kwargs)


app: Celery = Celery("invoiceapp", task_cls=_TracedTask)
app.config_from_object("invoiceapp.celeryconfig")
app.autodiscover_tasks(["integrations"])
# Without this a retry inside a thread looks for RabbitMQ on localhost.
app.set_default()


@worker_process_init.connect
def _spare_the_collector(**_: Any) -> None:
    collect_seldom()


@worker_ready.connect
def _tell_that_we_are_here(sender: Any, **_: Any) -> None:
    """Readiness need not wait for the scheduler's first beat."""
    for queue in sender.task_consumer.queues:
        app.send_task(
            "integrations.tasks.heartbeat", args=(queue.name,), queue=queue.name, expires=30
        )
