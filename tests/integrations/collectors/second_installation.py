"""Another installation of the product: a process (`serving`) and a database of its own."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

ROOT = Path(__file__).resolve().parents[3]


class Installation:
    """The process, as those see it who test."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.port: int = self._read()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def do(self, deed: str, *arguments: Any) -> Any:
        """What the bookkeeper there says when it is done."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([deed, *arguments]) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the other installation ended"
        return json.loads(line)


@contextmanager
def running() -> Iterator[Installation]:
    """It has the tables of this database, and one supplier in them."""
    with tempfile.TemporaryDirectory() as folder, _copied(Path(folder)) as database:
        environment = {
            **os.environ,
            "DATABASE_URL": database,
            "REDIS_URL": "",
            "DJANGO_SETTINGS_MODULE": "invoiceapp.settings.test",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.integrations.collectors.serving"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield Installation(process)
        finally:
            process.terminate()
            process.communicate(timeout=30)


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
