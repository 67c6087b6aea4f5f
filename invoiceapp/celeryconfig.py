"""Celery's settings, read when the application is first used."""

from django.conf import settings
from kombu import Queue

from invoiceapp.beat import SCHEDULE, heartbeats
from invoiceapp.queues import DEFAULT, QUEUES, ROUTES

_VISIBILITY_SECONDS = 300

# kombu wants a host even where there is none.
_MEMORY = "memory://localhost/"
broker_url = _MEMORY if settings.BROKER_URL.startswith("memory:") else settings.BROKER_URL
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
# Nobody waits long for a broker that is away: what is to be done stands in the database.
broker_connection_timeout = 2
broker_transport_options = (
    {"polling_interval": 0.2}
    if broker_url == _MEMORY
    else {
        "visibility_timeout": _VISIBILITY_SECONDS,
        "socket_connect_timeout": 2,
        "socket_timeout": 30,
        # A broker that vanished without a word is found out too.
        "socket_keepalive": True,
        "retry_on_timeout": True,
        "max_retries": 1,
        "interval_start": 0,
    }
)
result_backend_transport_options = {"visibility_timeout": _VISIBILITY_SECONDS}
visibility_timeout = _VISIBILITY_SECONDS

task_queues = [Queue(name) for name in QUEUES]
task_default_queue = DEFAULT
task_routes = ROUTES

task_serializer = "json"
accept_content = ["json"]
task_ignore_result = True
# A killed worker's task goes to another one, and doing it twice does no harm.
task_acks_late = True
task_reject_on_worker_lost = True
worker_prefetch_multiplier = 1
# Without a soft limit before it: an exception in the middle of anything is worse than a kill,
# which rolls back. It was taken for the failure of whatever was being done, and kept as such.
task_time_limit = 120
task_publish_retry = False
# SIGTERM lets running tasks end: they keep to budgets of their own. SIGQUIT gives them this long
# and puts the rest back.
worker_soft_shutdown_timeout = 30
worker_enable_remote_control = False
worker_send_task_events = False
worker_hijack_root_logger = False
worker_max_tasks_per_child = 10_000
worker_cancel_long_running_tasks_on_connection_loss = False
worker_concurrency = 4

timezone = "UTC"
enable_utc = True
# In one process whoever serves one queue serves them all.
beat_schedule = SCHEDULE | heartbeats((DEFAULT,) if broker_url == _MEMORY else QUEUES)
# Any number of them may run. It remembers nothing over a restart, so a kill leaves no broken
# file behind.
beat_scheduler = "invoiceapp.leading:LeadingScheduler"
