"""manage.py reset_sandbox: throw the data of a sandbox away."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import system_actor
from accounts.models import Organization
from integrations.sandbox.wiping import reset_sandbox


class Command(BaseCommand):
    help = (
        "Deletes what is in the sandbox of an organization: documents, money, customers and"
        " catalogue. Its clock goes back to the real time. Credentials, webhook endpoints and"
        " settings stay, and so does everything of the live organization."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the short name of the live organization")

    def handle(self, *args: Any, **options: Any) -> None:
        sandbox = Organization.objects.filter(sandbox_of__slug=options["slug"]).first()
        if sandbox is None:
            raise CommandError(f"There is no organization '{options['slug']}' with a sandbox.")
        actor = system_actor(sandbox.pk, livemode=False, label="manage.py reset_sandbox")
        gone = reset_sandbox(actor=actor, at=timezone.now())
        self.stdout.write(f"{gone} rows are gone from the sandbox of {options['slug']}.")
