"""Change the collector's keys over 10,000 credentials while collecting goes on, then count.

    DATABASE_URL=postgres://… python -m tests.chaos.rotation

Sizes come from ROTATION_CREDENTIALS (10000) and ROTATION_WORKERS (2). Uses a database of its own
on the given server, and drops it afterwards.
"""

import datetime
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from cryptography.fernet import Fernet

from tests.chaos.processes import BIN, ROOT, Process

CREDENTIALS = int(os.environ.get("ROTATION_CREDENTIALS", "10000"))
WORKERS = int(os.environ.get("ROTATION_WORKERS", "2"))
DATABASE = "invoiceapp_rotation"
# Visits before the rotation begins, and after it has ended.
_RUN_UP = 200
_SECRET = b'{"folder": "in"}'


def main() -> int:
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        print("This needs DATABASE_URL=postgres://…")
        return 2
    folder = Path(tempfile.mkdtemp(prefix="invoiceapp-rotation-"))
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", [DATABASE])
        if not found.fetchone():
            connection.execute(f"create database {DATABASE}")
    os.environ.update(
        {
            "DATABASE_URL": urlunsplit(urlsplit(server)._replace(path=f"/{DATABASE}")),
            "REDIS_URL": "",
            "DATA_DIR": str(folder),
            "COLLECTOR_FOLDERS": str(folder / "watched"),
            "COLLECTOR_KEYS": old,
            "DJANGO_SETTINGS_MODULE": "invoiceapp.settings.development",
            "LOG_LEVEL": "WARNING",
        }
    )
    subprocess.run(
        [BIN / "python", "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True
    )
    django.setup()
    try:
        return _rotate(folder, old, new)
    finally:
        django.db.connections.close_all()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"drop database {DATABASE} with (force)")


def _rotate(folder: Path, old: str, new: str) -> int:
    from integrations.models import CollectRun

    _build(folder)
    ring = {"COLLECTOR_KEYS": f"{new},{old}"}
    command = [str(BIN / "python"), "-m", "tests.chaos.rotation", "worker"]
    workers = [Process("worker", command, ring, folder / "worker.log") for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    try:
        _wait_for_runs(_RUN_UP)
        before, started = CollectRun.objects.count(), time.monotonic()
        said = subprocess.run(
            [BIN / "python", "manage.py", "rotate_collector_keys"],
            cwd=ROOT,
            env={**os.environ, **ring},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        seconds, during = time.monotonic() - started, CollectRun.objects.count() - before
        _wait_for_runs(before + during + _RUN_UP)
    finally:
        for worker in workers:
            worker.stop()
    print(f"{said} {seconds:.1f} s, {during} visits meanwhile by {WORKERS} workers")
    return _judge(new, folder, during)


def _build(folder: Path) -> None:
    from django.utils import timezone

    from accounts.operations.organizations import create_organization
    from accounts.operations.users import create_user
    from integrations.collectors import vault
    from integrations.collectors.accounts import get_account
    from integrations.models import CollectorCredential, CollectorUser

    at = timezone.now()
    moment = f"{at:%H%M%S%f}"
    owner = create_user(
        at=at, email=f"{moment}@rotation.test", password="correct horse battery", name="Rota"
    )
    ours = create_organization(at=at, name="Rotation", slug=f"rotation-{moment}", owner=owner)
    get_account(ours.pk, at)
    watched = folder / "watched" / str(ours.uuid) / "in"
    watched.mkdir(parents=True)
    (watched / "a.pdf").write_bytes(b"%PDF-1.7 rotation")
    person = CollectorUser.objects.create(
        organization=ours, remote_id="R", created_at=at, updated_at=at
    )
    rows = []
    for _ in range(CREDENTIALS):
        row = CollectorCredential(
            organization=ours,
            user=person,
            source="folder",
            download_from=datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC),
            next_attempt_at=at,
            created_at=at,
            updated_at=at,
        )
        vault.seal_new_key(row)
        row.sealed_params = vault.seal(row, "params", _SECRET)
        rows.append(row)
    CollectorCredential.objects.bulk_create(rows, batch_size=1000)


def _wait_for_runs(count: int) -> None:
    from integrations.models import CollectRun

    deadline = time.monotonic() + 300
    while CollectRun.objects.count() < min(count, CREDENTIALS):
        if time.monotonic() > deadline:
            raise TimeoutError(f"no {count} visits in 300 s")
        time.sleep(0.1)


def _judge(new: str, folder: Path, during: int) -> int:
    """With the new key alone, everything opens; and no visit went wrong."""
    from django.conf import settings

    from integrations.collectors import intake, vault
    from integrations.models import CollectedInvoice, CollectorCredential, CollectRun

    settings.COLLECTOR_KEYS = [new]
    left = CollectorCredential.objects.exclude(key_id=vault.newest_key_id()).count()
    closed = opened = 0
    for row in CollectorCredential.objects.iterator(chunk_size=1000):
        try:
            closed += vault.unseal(row, "params", row.sealed_params) != _SECRET
        except vault.SealBroken:
            closed += 1
    kept = CollectedInvoice.objects.select_related("credential")
    for invoice in kept.iterator(chunk_size=1000):
        try:
            intake.document_of(invoice, invoice.credential)
            opened += 1
        except vault.SealBroken:
            closed += 1
    outcomes = Counter(CollectRun.objects.values_list("outcome", flat=True))
    print(f"visits: {dict(outcomes)}; documents opened: {opened}")
    print(f"failures: {outcomes['failed']}; not sealed anew: {left}; does not open: {closed}")
    failed = bool(outcomes["failed"] or left or closed or not during or not opened)
    print(f"FAILED; logs in {folder}" if failed else "PASSED")
    return int(failed)


def _work() -> None:
    """Collect without pause, as a worker of a busy installation does."""
    django.setup()
    from django.utils import timezone

    from integrations.collectors import runner

    while True:
        if not runner.collect_due(timezone.now, budget_seconds=600):
            time.sleep(0.05)


if __name__ == "__main__":
    if sys.argv[1:] == ["worker"]:
        _work()
    sys.exit(main())
