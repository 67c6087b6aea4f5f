"""manage.py rotate_collector_keys: after a new key was put first in COLLECTOR_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations.collectors import vault
from integrations.collectors.rotation import rotate_keys


class Command(BaseCommand):
    help = (
        "Seal the data key of every credential under the first of COLLECTOR_KEYS. The server may"
        " go on working. Afterwards the older keys can be taken out of COLLECTOR_KEYS."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = rotate_keys()
        except vault.SealBroken:
            raise CommandError(
                "A credential opens with none of COLLECTOR_KEYS: put the key back that is missing."
            ) from None
        self.stdout.write(f"Sealed {done:,} data keys under key {vault.newest_key_id()}.")
