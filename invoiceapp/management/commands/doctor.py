"""Examine the installation; drill with a backup."""

import dataclasses
import json
import sys
from argparse import SUPPRESS, ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from invoiceapp import diagnosis
from invoiceapp.backups import evidence, sealed_rows, sealing
from invoiceapp.backups.drills import drill
from invoiceapp.backups.errors import BackupError


class Command(BaseCommand):
    help = (
        "Check settings, keys, database, workers and disk: one line each, with what to do about"
        " it. Ends with code 1 if anything is broken. With --drill, restore a backup into a"
        " throw-away database and prove it."
    )
    # A sick installation is what this command is for.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--drill", type=Path, metavar="BACKUP", help="prove this backup")
        parser.add_argument("--identity", type=Path, help="a file with an AGE-SECRET-KEY-1…")
        parser.add_argument("--into", default="", help="the URL of an empty database to use")
        # What a drill asks its restored database; the states to look for come on standard input.
        parser.add_argument("--evidence", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["evidence"]:
            self._tell(json.load(sys.stdin))
        elif options["drill"]:
            self._drill(options)
        else:
            self._examine()

    def _examine(self) -> None:
        broken = 0
        for name, finding in diagnosis.examine(timezone.now()):
            advice = f" → {finding.advice}" if finding.advice else ""
            self.stdout.write(f"{finding.level:8} {name:11} {finding.sentence}{advice}")
            broken += finding.level is diagnosis.Level.FAILURE
        if broken:
            raise CommandError(f"{broken} {'check' if broken == 1 else 'checks'} failed.")

    def _drill(self, options: dict[str, Any]) -> None:
        try:
            keys = settings.BACKUP_KEY
            if options["identity"]:
                keys = sealing.without_comments(options["identity"].read_text())
            total = 0.0
            for step in drill(options["drill"], keys=keys, into=options["into"]):
                self.stdout.write(f"{step.seconds:6.1f} s  {step.sentence}")
                total += step.seconds
        except (BackupError, OSError) as error:
            raise CommandError(f"The drill failed: {error}") from error
        self.stdout.write(f"{total:6.1f} s  The backup is good.")

    def _tell(self, known: dict[str, str]) -> None:
        drawing = evidence.draw({int(pk): state for pk, state in known.items()})
        found = sealed_rows.samples()
        answer = {
            "drawing": dataclasses.asdict(drawing) if drawing else None,
            "secrets": [one.name for one in found],
            "unreadable": [one.name for one in found if not one.is_readable],
        }
        self.stdout.write(json.dumps(answer))
