"""Another installation of the product: a process and a database of its own."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.db import connection

from tests.chaos.processes import ROOT, free_port


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Its address. It starts with a copy of what is in this database now."""
    with _copied(folder) as database:
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "-c", "invoiceapp/gunicorn_conf.py"]
        environment = {
            **os.environ,
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "DATA_DIR": str(folder),
            "DATABASE_URL": database,
            "REDIS_URL": "",
            "DJANGO_SETTINGS_MODULE": "invoiceapp.settings.test",
            "WEB_CONCURRENCY": "1",
        }
        with (folder / "second.log").open("wb") as log:
            server = subprocess.Popen(
                [*command, "invoiceapp.wsgi"], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        try:
            _wait_for(port, server, folder)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=30)


@contextmanager
def _copied(folder: Path) -> Iterator[str]:
    if connection.vendor == "sqlite":
        file = folder / "second.sqlite3"
        connection.ensure_connection()
        with closing(sqlite3.connect(file)) as copy:
            connection.connection.backup(copy)
        yield f"sqlite:///{file}"
        return
    place = connection.settings_dict
    name, where = str(place["NAME"]), f"{place['HOST']}:{place['PORT'] or 5432}"
    login = f"postgres://{place['USER']}:{place['PASSWORD']}@{where}"
    # A template must have no visitors: neither ourselves nor what earlier tests' threads left.
    connection.close()
    with psycopg.connect(f"{login}/postgres", autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = current_user",
            [name],
        )
        server.execute(f'DROP DATABASE IF EXISTS "{name}_second"')
        server.execute(f'CREATE DATABASE "{name}_second" TEMPLATE "{name}"')
        try:
            yield f"{login}/{name}_second"
        finally:
            server.execute(f'DROP DATABASE "{name}_second" WITH (FORCE)')


def _wait_for(port: int, server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError((folder / "second.log").read_text())
