"""Making a backup."""

import datetime
import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection

from invoiceapp.backups import archives, dumps, sealing
from invoiceapp.backups.errors import BackupError


def make_backup(
    target: Path, *, at: datetime.datetime, with_keys: bool = False
) -> tuple[Path, archives.Manifest]:
    """Write a backup as of now; the file and what it says about itself.

    `target` is a folder, in which the file gets a name of its own, or a file that does not
    exist yet. Encrypted for BACKUP_KEY where that is set. The file appears under its name
    only when it is complete. Raises BackupError.
    """
    recipients = sealing.recipients_of(settings.BACKUP_KEY)
    if with_keys and not recipients:
        raise BackupError("The keys go into encrypted backups only: set BACKUP_KEY.")
    path = _path(target, at, is_sealed=bool(recipients))
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="invoiceapp-backup-") as folder:
            name = dumps.file_name(connection.vendor)
            dump = dumps.dump(Path(folder) / name)
            manifest = archives.Manifest(
                product=settings.PRODUCT_NAME,
                version=settings.PRODUCT_VERSION,
                made_at=at.isoformat(),
                vendor=connection.vendor,
                database=name,
                counts=dump.counts,
                migrations=dump.migrations,
                has_keys=with_keys,
            )
            with sealing.writing(partial, recipients) as stream:
                _write(archives.Writer(stream), manifest, Path(folder) / name)
        _to_disk(partial)
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    return path, manifest


def _path(target: Path, at: datetime.datetime, *, is_sealed: bool) -> Path:
    if not target.is_dir():
        if target.exists():
            raise BackupError(f"{target} exists already.")
        if not target.parent.is_dir():
            raise BackupError(f"There is no folder {target.parent}.")
        return target
    ending = "tar.age" if is_sealed else "tar"
    path = target / f"invoiceapp-{at.astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}.{ending}"
    if path.exists():
        raise BackupError(f"{path} exists already.")
    return path


def _write(writer: archives.Writer, manifest: archives.Manifest, database: Path) -> None:
    writer.add_file(manifest.database, database)
    media = Path(settings.MEDIA_ROOT)
    # After the database: a file is there before the row that names it.
    for path in sorted(path for path in media.rglob("*") if path.is_file()):
        try:
            writer.add_file(f"{archives.MEDIA}/{path.relative_to(media).as_posix()}", path)
        except FileNotFoundError:
            continue  # deleted since the listing, with its row
    if manifest.has_keys:
        writer.add_text(f"{archives.KEYS}/secret-key", settings.SECRET_KEY)
        writer.add_text(f"{archives.KEYS}/encryption-keys", ",".join(settings.ENCRYPTION_KEYS))
    writer.finish(manifest)


def _to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
