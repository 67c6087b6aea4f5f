"""Collect the texts of the staff pages into the catalogues, and compile these."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from invoiceapp import catalogues
from invoiceapp.texts import collect


class Command(BaseCommand):
    help = "Collect the texts of the staff pages into locale/, and compile them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--missing", action="store_true", help="list what has no translation")

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        template = catalogues.template_of(collect(root))
        for language in catalogues.LANGUAGES:
            catalogues.update(root, language, template)
            gaps = catalogues.missing(catalogues.read(root, language))
            self.stdout.write(f"{language}: {len(template)} texts, {len(gaps)} without translation")
            if options["missing"]:
                self.stdout.writelines(gaps)
