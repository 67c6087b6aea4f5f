"""One installation of a campaign's own: its services, its processes, its clients and its sink."""

import atexit
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any

import django
from django.db import connection

from tests.chaos.clients import Client, Journal
from tests.chaos.processes import BIN, ROOT, Process, free_port, wait_until_ready
from tests.chaos.receiver import Receiver
from tests.chaos.services import OwnPostgres, OwnRedis
from tests.chaos.surroundings import LOOPBACK, SETTINGS

CREATES = int(os.environ.get("CHAOS_CREATES", "10000"))
CLIENTS = int(os.environ.get("CHAOS_CLIENTS", "12"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
# How long the text's 60 seconds of absence last, and whatever else is counted in seconds.
AWAY_SECONDS = float(os.environ.get("CHAOS_AWAY", "60"))
SINKS = "127.0.0.0/8"


@dataclass
class Site:
    """Everything that a trial may break, and everything it is judged by."""

    folder: Path
    postgres: OwnPostgres
    redis: OwnRedis
    port: int
    environment: dict[str, str]
    receiver: Receiver
    stage: Any = None
    processes: dict[str, Process] = field(default_factory=dict)
    journal: Journal = field(default_factory=Journal)
    targets: list[tuple[str, int]] = field(default_factory=list)
    loads: list["Load"] = field(default_factory=list)

    def start(self, *, wrapper: Sequence[str] = (), extra: dict[str, str] | None = None) -> None:
        """Web, worker and scheduler, as on one host."""
        for name, command in commands(self.folder).items():
            self.processes[name] = Process(
                name,
                command,
                self.environment | (extra or {}),
                self.folder / f"{name}.log",
                wrapper,
            )
        for process in self.processes.values():
            process.start()
        wait_until_ready(f"http://{LOOPBACK}:{self.port}")

    def revive(self) -> list[str]:
        """Start again what ended by itself, as a supervisor does (`Restart=always`); which."""
        ended = [process for process in self.processes.values() if process.has_died()]
        for process in ended:
            process.start()
        return [process.name for process in ended]

    def freeze(self) -> float:
        """Clients and processes end in mid-work, the database stays; seconds of load so far."""
        for load in self.loads:
            load.give_up()
        self._stop_processes()
        for load in self.loads:
            load.join()
        self.postgres.insist()
        connection.close()
        return sum(load.seconds for load in self.loads)

    def stop(self) -> None:
        self._stop_processes()
        self.receiver.close()
        self.redis.stop()
        self.postgres.stop()

    def _stop_processes(self) -> None:
        for process in self.processes.values():
            process.send(signal.SIGTERM)
        for process in self.processes.values():
            process.stop()


def build(
    *,
    environment: dict[str, str] | None = None,
    address: str = LOOPBACK,
    addresses: Sequence[str] = (LOOPBACK,),
    cidrs: str = SINKS,
    **settings: str,
) -> Site:
    """Services with a migrated database, and an organization in it; no process runs yet.

    Sets Django up in this process, so there is one site per run of the interpreter.
    """
    folder = Path(tempfile.mkdtemp(prefix="invoiceapp-chaos-"))
    folder.chmod(0o755)  # PostgreSQL runs as somebody else
    postgres = OwnPostgres(folder / "postgres", free_port(), addresses, **settings)
    redis = OwnRedis(folder / "redis", free_port(), address)
    for service in (postgres, redis):
        atexit.register(service.stop)
    redis.start()
    port = free_port()
    own = {
        "DATABASE_URL": postgres.url,
        "REDIS_URL": redis.url,
        "DATA_DIR": str(folder / "data"),
        "PORT": str(port),
        "OUTBOUND_ALLOW_CIDRS": cidrs,
        **SETTINGS,
        **(environment or {}),
    }
    os.environ.update(own)
    _make_database(postgres)
    django.setup()
    from tests.chaos import scene  # models exist only now

    receiver = Receiver(address)
    site = Site(folder, postgres, redis, port, own, receiver, targets=[(LOOPBACK, port)])
    site.stage = scene.build(receiver)
    return site


def _make_database(postgres: OwnPostgres) -> None:
    """A migrated database: the first campaign of a run makes it, the others copy it."""
    template = Path(os.environ.get("CHAOS_TEMPLATE") or postgres.folder)
    if template != postgres.folder and template.exists():
        postgres.copy_from(template)
        return
    postgres.create()
    subprocess.run(
        [BIN / "python", "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True
    )
    if template != postgres.folder:
        postgres.copy_to(template)


def commands(folder: Path) -> dict[str, list[str]]:
    """How an operator starts the three kinds of process."""
    python, celery = str(BIN / "python"), str(BIN / "celery")
    return {
        "web": [python, "-m", "gunicorn", "-c", "invoiceapp/gunicorn_conf.py", "invoiceapp.wsgi"],
        "worker": [celery, "-A", "invoiceapp", "worker", "-c", "2", "--loglevel", "WARNING"],
        "beat": [celery, "-A", "invoiceapp", "beat", "--loglevel", "WARNING"],
    }


class Load:
    """Clients at work in the background; `until` waits for a share of it to be done."""

    def __init__(
        self, site: Site, *, creates: int = CREATES, pace: float = 0, first: int = 0
    ) -> None:
        self.creates = creates
        self._journal = site.journal
        numbers: Queue[int] = Queue()
        for number in range(first, first + creates):
            numbers.put(number)
        stage = site.stage
        self._clients = [
            Client(site.targets, stage.api_key, stage.customers, numbers, site.journal, pace)
            for _ in range(CLIENTS)
        ]
        site.loads.append(self)
        self.started = time.monotonic()
        for client in self._clients:
            client.start()

    @property
    def is_running(self) -> bool:
        return any(client.is_alive() for client in self._clients)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def until(self, share: float) -> bool:
        """Wait until that share of the work is done; False if the work ended before."""
        return self.hold(lambda: len(self._journal.done) >= self.creates * share)

    def hold(self, condition: Callable[[], bool]) -> bool:
        while not condition():
            if not self.is_running:
                return condition()
            time.sleep(0.02)
        return True

    def give_up(self) -> None:
        """Clients that could never end are told to."""
        for client in self._clients:
            client.over.set()

    def join(self) -> float:
        """Wait for the rest; seconds since the start."""
        for client in self._clients:
            client.join()
        return self.seconds
