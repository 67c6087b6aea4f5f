"""manage.py collector_bearer: the bearer with which an organization calls /api/v1."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Organization
from integrations.collectors import bearers


class Command(BaseCommand):
    help = (
        "Makes a bearer for /api/v1, the collector of supplier invoices, and prints it, this once."
        " Without a short name it is for the organization that is there first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organization", nargs="?", help="the organization's short name (slug)")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Organization.objects.filter(livemode=True).order_by("pk")
        if options["organization"]:
            rows = rows.filter(slug=options["organization"])
        organization = rows.first()
        if organization is None:
            raise CommandError("There is no such organization.")
        _key, secret = bearers.make_bearer(organization, timezone.now())
        self.stdout.write(bearers.announcement(secret))
