"""The drill: a backup counts when it has been restored, and everything in it proved."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connection

from invoiceapp.backups import evidence
from invoiceapp.backups.errors import BackupError


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was proved, and how many seconds it took."""

    sentence: str
    seconds: float


def drill(path: Path, *, keys: str, into: str = "", jobs: int = 2) -> Iterator[Step]:
    """Restore into a throw-away database, prove the books there, draw an invoice in both.

    `into` is the URL of an empty database to use instead of a new one; it is left as it
    is then. Raises BackupError when anything is wrong or could not be verified.
    """
    known = evidence.states()
    with (
        tempfile.TemporaryDirectory(prefix="invoiceapp-drill-") as folder,
        _database(into, Path(folder)) as url,
    ):
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DATA_DIR": folder,
            "BACKUP_KEY": keys,
            "SECRET_KEY": settings.SECRET_KEY,
            "ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
        }
        started = time.monotonic()
        said = _manage(environment, "restore", str(path.resolve()), f"--jobs={jobs}")
        yield Step(f"Restored. {' '.join(said.splitlines())}", time.monotonic() - started)
        started = time.monotonic()
        yield Step(_compare(environment, known), time.monotonic() - started)


def _compare(environment: dict[str, str], known: dict[int, str]) -> str:
    found = json.loads(_manage(environment, "doctor", "--evidence", stdin=json.dumps(known)))
    if found["unreadable"]:
        raise BackupError(f"Secrets do not decrypt: {', '.join(found['unreadable'])}.")
    secrets_are = (
        f"Secrets decrypt ({', '.join(found['secrets'])})."
        if found["secrets"]
        else "There are no secrets to decrypt."
    )
    if not known:
        return f"There is no issued invoice to draw. {secrets_are}"
    drawn = found["drawing"]
    if drawn is None:
        raise BackupError(
            "No PDF could be compared: none of the newest invoices is as it was when the backup"
            " was made. Drill with a fresher one."
        )
    ours = evidence.draw({drawn["invoice_id"]: drawn["state"]})
    if ours is None or ours.sha256 != drawn["sha256"]:
        raise BackupError(f"The PDF of invoice {drawn['number']} is not the original's.")
    return f"The PDF of {ours.number} is the original's, byte for byte. {secrets_are}"


@contextmanager
def _database(into: str, folder: Path) -> Iterator[str]:
    if into:
        yield into
    elif connection.vendor == "postgresql":
        with _postgresql() as url:
            yield url
    else:
        yield f"sqlite:///{folder / 'drill.sqlite3'}"


@contextmanager
def _postgresql() -> Iterator[str]:
    name = f"invoiceapp_drill_{secrets.token_hex(4)}"
    server = settings.DATABASE_URL
    url = urlsplit(server)
    folder = url.path.rsplit("/", 1)[0]
    # The session's own settings do not matter here, and a pooler may refuse them.
    dsn = {**connection.get_connection_params(), "options": ""}
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    target = {key: value for key, value in dsn.items() if key in known and value}
    try:
        with psycopg.connect(**target, autocommit=True) as link:
            link.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    except psycopg.Error as error:
        raise BackupError(
            f"No throw-away database could be made: {error}. Give the role CREATEDB, or name an"
            " empty database with --into."
        ) from error
    try:
        yield urlunsplit(url._replace(path=f"{folder}/{name}"))
    finally:
        with psycopg.connect(**target, autocommit=True) as link:
            link.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _manage(environment: dict[str, str], *arguments: str, stdin: str = "") -> str:
    done = subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments],
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError((done.stderr or done.stdout).strip()[-2000:])
    return done.stdout
