"""Prove the books: every figure that is stored against the rows it is made of."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from accounts.models import Organization
from billing.queries.exchange_rates import one_to_one_notes
from billing.queries.ledger_checks import Extent, extent, find_problems
from billing.queries.trigger_checks import missing_triggers


class Command(BaseCommand):
    help = (
        "Check that every stored figure adds up: entries, balances, settlements, totals, numbers."
        " Prints one sentence per problem and ends with code 1 if there is any. A note is no"
        " problem: it tells what a sum rests on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", help="Only the organization with this slug.")

    def handle(self, *args: Any, **options: Any) -> None:
        # One snapshot, so that what is being written meanwhile is either wholly in or out.
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SET LOCAL statement_timeout = 0")
                self._verify(options["organization"])
        else:
            self._verify(options["organization"])

    def _verify(self, slug: str | None) -> None:
        organizations = Organization.objects.order_by("pk")
        if slug:
            organizations = organizations.filter(slug=slug)
            if not organizations:
                raise CommandError(f"There is no organization '{slug}'.")
        count = 0
        seen = Extent()
        for trigger in missing_triggers():
            count += 1
            self.stdout.write(f"Trigger {trigger} is missing or off: the ledger is unguarded.")
        for organization in organizations:
            for problem in find_problems(organization.pk):
                count += 1
                self.stdout.write(f"{organization.slug}: {problem}")
            for note in one_to_one_notes(organization.pk):
                self.stdout.write(f"{organization.slug}: note: {note}")
            seen += extent(organization.pk)
        if count:
            raise CommandError(f"{count:,} {'problem' if count == 1 else 'problems'} found.")
        self.stdout.write(
            f"{seen.entries:,} entries, {seen.postings:,} postings, {seen.invoices:,} invoices:"
            " every figure adds up."
        )
