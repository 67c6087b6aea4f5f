"""manage.py directory_key: a key for /api/integrations, if need be for the whole installation."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Organization
from accounts.operations.api_keys import create_api_key
from accounts.scopes import SCOPES


class Command(BaseCommand):
    help = (
        "Makes a key for /api/integrations and prints its secret, this once. It belongs to the"
        " organization named by its short name; with --installation it sees and changes the"
        " people and organizations of the whole installation."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organization", help="the organization's short name (slug)")
        parser.add_argument("--installation", action="store_true", help="for all organizations")
        parser.add_argument("--name", default="Directory", help="which program uses the key")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Organization.objects.filter(livemode=True, slug=options["organization"])
        organization = rows.first()
        if organization is None:
            raise CommandError(f"There is no organization '{options['organization']}'.")
        _key, secret = create_api_key(
            actor=None,
            at=timezone.now(),
            organization_id=organization.pk,
            name=options["name"],
            scopes=tuple(SCOPES),
            dialect="directory",
            is_installation_wide=options["installation"],
        )
        self.stdout.write(secret)
