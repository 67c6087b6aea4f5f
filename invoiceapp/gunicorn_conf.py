"""The web server. With the embedded worker: one process with everything in it.

`gunicorn -c invoiceapp/gunicorn_conf.py invoiceapp.wsgi`; HOST, PORT, WEB_CONCURRENCY
(processes) and WEB_THREADS come from the environment.
"""

import multiprocessing
import os
import shutil
import tempfile
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "invoiceapp.settings.development")

from django.conf import settings  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402

embedded = settings.EMBEDDED_WORKER

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
# gthread, answering in JSON what it refuses by itself.
worker_class = "invoiceapp.gunicorn_worker.Worker"
# SQLite takes one writer at a time, and the broker in memory is seen by its own process only.
workers = 1 if embedded else int(os.environ.get("WEB_CONCURRENCY") or multiprocessing.cpu_count())
threads = int(os.environ.get("WEB_THREADS") or (8 if embedded else 4))
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 0
control_socket_disable = True
# What each process counts for /metrics lies in files, which whichever is asked adds up.
# A reload reads this file again, and goes on with the folder that is there.
_OURS, _COUNTS = "invoiceapp-counts-", "PROMETHEUS_MULTIPROC_DIR"
if settings.METRICS_TOKEN and workers > 1 and _COUNTS not in os.environ:
    os.environ[_COUNTS] = tempfile.mkdtemp(prefix=_OURS)
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108
errorlog = "-"
logger_class = "invoiceapp.gunicorn_logs.Logger"
loglevel = os.environ.get("LOG_LEVEL", "info").lower()
accesslog = "-" if os.environ.get("ACCESS_LOG") == "1" else None
# The path without its query, where tokens may stand.
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms "%({x-request-id}o)s"'


def post_worker_init(worker: Any) -> None:
    """The application is loaded: start the background work in this process."""
    # By name: this file is read before Django is set up.
    import_string("invoiceapp.first_start.announce_bearer")()
    import_string("invoiceapp.leftovers.collect_seldom")()
    if embedded:
        worker.background = import_string("invoiceapp.embedded.EmbeddedWorker")()
        worker.background.start()


def on_exit(server: Any) -> None:
    """The server ends, and its counts with it."""
    folder = os.environ.get(_COUNTS, "")
    if os.path.basename(folder).startswith(_OURS):  # noqa: PTH119
        shutil.rmtree(folder, ignore_errors=True)


def worker_exit(server: Any, worker: Any) -> None:
    """The process ends: let the background work end in order."""
    background = getattr(worker, "background", None)
    if background is not None:
        background.stop()
