"""Put a backup into an empty installation."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from invoiceapp.backups import sealing
from invoiceapp.backups.errors import BackupError
from invoiceapp.backups.restoring import restore


class Command(BaseCommand):
    help = (
        "Restore a backup into the configured database and media folder, which must be empty,"
        " bring it up to this version, and prove the books."
    )
    # The tables that checks look for are what this command brings.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, help="a file with an AGE-SECRET-KEY-1…")
        parser.add_argument(
            "--with-keys", action="store_true", help="put the keys that it holds into DATA_DIR"
        )
        parser.add_argument(
            "--jobs",
            type=int,
            default=1,
            help="connections to PostgreSQL; with more than one a failure leaves a part behind",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            keys = settings.BACKUP_KEY
            if options["identity"]:
                keys = sealing.without_comments(options["identity"].read_text())
            restore(
                options["file"],
                keys=keys,
                say=self.stdout.write,
                jobs=options["jobs"],
                with_keys=options["with_keys"],
            )
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
