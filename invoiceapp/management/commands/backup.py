"""Write the database and the media into one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from invoiceapp.backups.errors import BackupError
from invoiceapp.backups.making import make_backup
from invoiceapp.backups.sealing import is_sealed


class Command(BaseCommand):
    help = (
        "Write a backup: the database as of one moment, the media, and a manifest of both. The"
        " server may run meanwhile. Encrypted with age if BACKUP_KEY is set. The keys of"
        " DATA_DIR are not in it: who finds the backup shall not open its secrets."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("to", type=Path, help="a folder, or a file that does not exist yet")
        parser.add_argument(
            "--with-keys",
            action="store_true",
            help="also save SECRET_KEY and ENCRYPTION_KEYS (encrypted backups only)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path, manifest = make_backup(
                options["to"], at=timezone.now(), with_keys=options["with_keys"]
            )
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        rows, media = sum(manifest.counts.values()), len(manifest.names_in("media"))
        kind = "encrypted" if is_sealed(path) else "not encrypted"
        self.stdout.write(
            f"{path}: {path.stat().st_size:,} bytes, {kind}; {rows:,} rows of"
            f" {len(manifest.counts)} tables, {media:,} media files."
        )
