"""manage.py export_organization: all data of one organization as a ZIP file."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Organization
from billing.exports.building import build, steps_in
from billing.exports.running import snapshot


class Command(BaseCommand):
    help = (
        "Writes all data of one organization into a ZIP file: every table as CSV and JSON with a"
        " manifest of counts, sums and checksums; the same file that its owner can ask for."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organization", help="The organization's short name (slug).")
        parser.add_argument("file", type=Path, help="Where to write it, such as acme.zip.")
        parser.add_argument("--pdfs", action="store_true", help="With every document as PDF.")
        parser.add_argument("--attachments", action="store_true", help="With every attachment.")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization '{options['organization']}'.")
        wishes = {"with_pdfs": options["pdfs"], "with_attachments": options["attachments"]}
        total, done = steps_in(organization.pk, **wishes), 0

        def progress(step: str, count: int) -> None:
            nonlocal done
            done += count
            if sys.stderr.isatty():
                self.stderr.write(f"\r{done:,} of {total:,} · {step:<24}", ending="")

        target: Path = options["file"]
        # Half a file under the name of a whole one would be taken for it.
        unfinished = target.with_name(f"{target.name}.part")
        try:
            with unfinished.open("xb") as file:
                said = build(
                    file,
                    organization,
                    timezone.now(),
                    progress=progress,
                    tables_in=snapshot,
                    **wishes,
                )
            unfinished.rename(target)
        except FileExistsError:
            raise CommandError(f"{unfinished} is there already.") from None
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        rows = sum(table["rows"] for table in said["tables"].values())
        self.stdout.write(f"{target}: {rows:,} rows in {len(said['tables'])} tables.")
        if not (said["ledger"]["debits_equal_credits"] and said["ledger"]["receivables_agree"]):
            self.stdout.write("The ledger and the documents in it do not agree: see the manifest.")
