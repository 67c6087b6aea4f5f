"""Write a dialect's OpenAPI document, for a release or another program."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from integrations.docs import documents


class Command(BaseCommand):
    help = "Write a dialect's OpenAPI document: to standard output, or to --write FILE."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dialect", default="enterprise", choices=sorted(documents.MANUALS))
        parser.add_argument("--format", default="json", choices=["json", "yaml"])
        parser.add_argument("--public", action="store_true", help="under the public addresses")
        parser.add_argument("--write", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        dialect, format = options["dialect"], options["format"]
        text = documents.rendered(dialect, format).content.decode()
        if options["public"]:
            text = documents.for_anybody(text)
        if options["write"]:
            options["write"].write_text(text)
        else:
            self.stdout.write(text, ending="")
