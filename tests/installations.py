"""Databases of installations beside the one under test."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from django.db import connection
from pytest_django import DjangoDbBlocker

ROOT = Path(__file__).resolve().parent.parent


def migrated_sqlite(path: Path, blocker: DjangoDbBlocker) -> None:
    """Make an empty database with all migrations there.

    Where the tests' own is SQLite it is copied: the migrations take twenty seconds. Call it
    from a fixture of a module, so that no test has written anything by then.
    """
    if connection.vendor == "sqlite":
        with blocker.unblock(), closing(sqlite3.connect(path)) as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)
        return
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{path}"},
        check=True,
    )
