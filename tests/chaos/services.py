"""A PostgreSQL and a Redis of the campaign's own, from this machine's binaries, to be broken."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
import redis

from tests.chaos.processes import children_of

ROLE, DATABASE = "invoiceapp", "invoiceapp"


class Missing(Exception):
    """Something that a campaign needs is not on this machine."""


def binary(name: str) -> str:
    """Where a program lies; PostgreSQL's own stand outside of PATH on Debian. Raises Missing."""
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = str(newest[0]) if newest else shutil.which(name)
    if not found:
        raise Missing(f"{name} is not installed")
    return found


class OwnPostgres:
    """A cluster in a folder, on a port of 127.0.0.1 and further addresses, with durable writes."""

    def __init__(
        self, folder: Path, port: int, addresses: Sequence[str] = ("127.0.0.1",), **settings: str
    ) -> None:
        self.folder, self.port = folder, port
        self.host = addresses[0]
        self._settings = {
            "port": str(port),
            "listen_addresses": ",".join(addresses),
            "unix_socket_directories": "",
            "max_connections": "60",
            "log_min_messages": "warning",
            **settings,
        }
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgres://{ROLE}@{self.host}:{self.port}/{DATABASE}"

    def create(self) -> None:
        """Make the cluster, start it, and make the role and its database."""
        self.folder.mkdir()
        command = [binary("initdb"), "-D", str(self.folder), "-U", "postgres", "-A", "trust"]
        command += ["--data-checksums", "--no-sync", "--locale", "C.UTF-8"]
        if os.geteuid() == 0:
            os.chown(self.folder, _account().pw_uid, _account().pw_gid)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **_as_account())
        (self.folder / "pg_hba.conf").write_text("host all all 0.0.0.0/0 trust\n")
        self.start()
        with self.connect() as connection:
            connection.execute(f"create role {ROLE} login")
            connection.execute(f"create database {DATABASE} owner {ROLE}")

    def copy_from(self, template: Path) -> None:
        """Start as a copy of a cluster that was stopped in order."""
        subprocess.run(["cp", "-a", str(template), str(self.folder)], check=True)
        self.start()

    def copy_to(self, template: Path) -> None:
        """Leave a copy for others to start from."""
        self.stop()
        subprocess.run(["cp", "-a", str(self.folder), str(template)], check=True)
        self.start()

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        options = [part for one in self._settings.items() for part in ("-c", "=".join(one))]
        log = (self.folder.parent / "postgres.log").open("ab")
        self._child = subprocess.Popen(
            [binary("postgres"), "-D", str(self.folder), *options],
            stdout=log,
            stderr=log,
            start_new_session=True,
            **_as_account(),
        )
        log.close()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("PostgreSQL did not start")

    def insist(self) -> None:
        """Start, unless it runs."""
        if self._child is None or self._child.poll() is not None:
            self.start()

    def stop_immediate(self) -> None:
        """What `pg_ctl stop -m immediate` does: no shutdown checkpoint, recovery at the start."""
        self._stop(signal.SIGQUIT)

    def stop(self) -> None:
        self._stop(signal.SIGINT)

    def connect(self) -> "psycopg.Connection[tuple]":
        """As the superuser."""
        return psycopg.connect(
            host=self.host, port=self.port, user="postgres", dbname="postgres", autocommit=True
        )

    def _stop(self, how: signal.Signals) -> None:
        if self._child is None or self._child.poll() is not None:
            return
        for pid in children_of(self._child.pid):
            # A session that a trial has stopped would not hear that it is to end.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self._child.send_signal(how)
        self._child.wait(timeout=60)


class OwnRedis:
    """A Redis that keeps nothing on disk: stopping it loses all it held."""

    def __init__(self, folder: Path, port: int, address: str = "127.0.0.1") -> None:
        self.folder, self.port, self.host = folder, port, address
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://{self.host}:{self.port}/0"

    def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        options = ["--port", str(self.port), "--bind", self.host, "--protected-mode", "no"]
        options += ["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"]
        with (self.folder.parent / "redis.log").open("ab") as log:
            self._child = subprocess.Popen(
                [binary("redis-server"), *options],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                self.client().ping()
            except redis.RedisError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("Redis did not start")

    def stop(self) -> None:
        if self._child is None or self._child.poll() is not None:
            return
        self._child.kill()
        self._child.wait(timeout=20)

    def client(self) -> redis.Redis:
        return redis.Redis(host=self.host, port=self.port, socket_timeout=5)


def _account() -> pwd.struct_passwd:
    """Whom PostgreSQL runs as where the campaign is root: it refuses to be root itself."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Missing("root needs an account named postgres or nobody")


def _as_account() -> dict[str, int]:
    if os.geteuid() != 0:
        return {}
    return {"user": _account().pw_uid, "group": _account().pw_gid}
