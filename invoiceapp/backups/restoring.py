"""Putting a backup into an empty installation, and proving that it arrived."""

import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from accounts.models import Organization
from core import seals
from invoiceapp.backups import archives, dumps, sealed_rows, sealing
from invoiceapp.backups.errors import BackupError

Say = Callable[[str], None]


def restore(path: Path, *, keys: str, say: Say, jobs: int = 1, with_keys: bool = False) -> None:
    """Fill the configured database and media folder, both empty, and check every figure.

    `keys` may hold age identities. `say` gets a sentence per step. Raises BackupError: before
    anything is written when the backup is unfit or the installation is not empty, and after
    that when what arrived is not what was saved.
    """
    media = Path(settings.MEDIA_ROOT)
    if not dumps.is_empty():
        raise BackupError("The database is not empty. Make a new one and point DATABASE_URL to it.")
    if media.exists() and any(media.iterdir()):
        raise BackupError(f"{media} is not empty. Move it away, or point DATA_DIR elsewhere.")
    with tempfile.TemporaryDirectory(prefix="invoiceapp-restore-") as work:
        folder = Path(work) / "content"
        folder.mkdir()
        clear = sealing.unsealed(path, sealing.identities_of(keys), Path(work))
        manifest = archives.unpack(clear, folder)
        _refuse_unfit(manifest)
        say(
            f"{len(manifest.files):,} files are as the manifest of {manifest.made_at} says"
            f" ({manifest.product} {manifest.version}, {manifest.vendor})."
        )
        dumps.load(folder / manifest.database, jobs=jobs)
        if (folder / archives.MEDIA).exists():
            shutil.copytree(folder / archives.MEDIA, media, dirs_exist_ok=True)
        if with_keys:
            _put_keys(folder / archives.KEYS, say)
    _compare(manifest)
    say(f"{sum(manifest.counts.values()):,} rows of {len(manifest.counts)} tables arrived.")
    _migrate(say)
    say(_verify_ledger())
    say(_verify_log())
    say(_about_secrets())


def _refuse_unfit(manifest: archives.Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise BackupError(
            f"The backup is of {manifest.vendor}, and this database is {connection.vendor}:"
            " restore it to its own kind, then use copy_data."
        )
    ours = MigrationLoader(connection).disk_migrations.keys()
    foreign = [f"{app}.{name}" for app, name in manifest.migrations if (app, name) not in ours]
    if foreign:
        raise BackupError(
            f"The backup was made by {manifest.product} {manifest.version}, which is newer than"
            f" this one: migration {foreign[0]} is unknown here."
        )


def _compare(manifest: archives.Manifest) -> None:
    found = dumps.contents()
    wrong = [
        f"{table} has {found.counts.get(table)} rows instead of {count}"
        for table, count in manifest.counts.items()
        if found.counts.get(table) != count
    ]
    if wrong:
        raise BackupError(f"Not everything arrived: {'; '.join(wrong)}.")
    if found.migrations != manifest.migrations:
        raise BackupError("The table of migrations is not what the manifest says.")


def _migrate(say: Say) -> None:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        call_command("migrate", verbosity=0, interactive=False)
        say(f"{len(waiting)} migrations brought it up to this version.")


def _verify_ledger() -> str:
    said = io.StringIO()
    try:
        call_command("verify_ledger", stdout=said)
    except CommandError as error:
        raise BackupError(f"The books do not add up: {error} {said.getvalue()[:2000]}") from error
    return said.getvalue().strip().splitlines()[-1]


def _verify_log() -> str:
    sealed = 0
    for organization in Organization.objects.order_by("pk"):
        verdict = seals.verify_chain(organization.pk)
        if not verdict.is_whole:
            raise BackupError(
                f"The audit log of {organization.slug} is not as it was sealed, from"
                f" {verdict.broken_from or 'its beginning'} to {verdict.broken_to}."
            )
        sealed += verdict.events
    return f"{sealed:,} sealed events of the audit log are as they were sealed."


def _about_secrets() -> str:
    unreadable = [one.name for one in sealed_rows.samples() if not one.is_readable]
    if unreadable:
        return (
            f"Secrets in {', '.join(unreadable)} do not open with these keys: bring ENCRYPTION_KEYS"
            " (or DATA_DIR/encryption-keys) of the old installation."
        )
    return "Every kind of secret in it opens with these keys."


def _put_keys(folder: Path, say: Say) -> None:
    if not folder.exists():
        raise BackupError("The backup holds no keys: it was made without --with-keys.")
    for path in folder.iterdir():
        target = Path(settings.DATA_DIR) / path.name
        if target.exists() and target.read_text() != path.read_text():
            target.rename(target.with_name(f"{target.name}.before-restore"))
        target.touch(mode=0o600)
        target.write_text(path.read_text())
    say(
        "The keys are in DATA_DIR; they count from the next start, unless the environment sets"
        " them."
    )
