"""Do the background work by hand: for a host without a worker, or for parked events."""

import argparse
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from core import outbox
from integrations.work import drain

PAUSE_SECONDS = 2


class Command(BaseCommand):
    help = "Relays events, delivers webhooks and sends mail, without Celery."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Stop when nothing is due.")
        parser.add_argument(
            "--retry-parked",
            action="store_true",
            help="First give events that failed too often all their attempts again.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retry_parked"]:
            count = outbox.retry_parked_events(at=timezone.now())
            self.stdout.write(f"{count} parked events will be tried again.")
        while True:
            done = drain()
            if options["once"]:
                self.stdout.write(f"Done: {done} steps.")
                return
            if not done:
                time.sleep(PAUSE_SECONDS)
