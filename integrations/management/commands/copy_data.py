"""Move an installation to another database: every row, exactly, in one transaction."""

from argparse import ArgumentParser
from typing import Any

import environ
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.core.management.color import no_style
from django.db import connections, models, transaction
from django.db.migrations.executor import MigrationExecutor

from core.models import Event

TARGET = "target"
BATCH = 500
# What `migrate` itself fills in; the copy brings the rows that everything else refers to.
_FILLED_BY_MIGRATE = ("auth.Permission", "contenttypes.ContentType")


class Command(BaseCommand):
    help = (
        "Copy every row of the configured database into another one, which must be migrated"
        " and empty. Stop the server first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("to", help="the other database, such as postgres://user:…@host/name")

    def handle(self, *args: Any, **options: Any) -> None:
        connections.databases[TARGET] = connections["default"].settings_dict | {
            "OPTIONS": {},
            "CONN_MAX_AGE": 0,
            **environ.Env.db_url_config(options["to"]),
        }
        if connections[TARGET].vendor == "postgresql":
            connections[TARGET].settings_dict["OPTIONS"] = {"options": "-c app.organization=*"}
        self._refuse_unready()
        with transaction.atomic(using=TARGET):
            copied = {model: self._copy(model) for model in _every_model()}
            self._restart_sequences(list(copied))
        rows = sum(copied.values())
        tables = sum(1 for count in copied.values() if count)
        self.stdout.write(f"Copied {rows:,} rows of {tables} tables.")

    def _refuse_unready(self) -> None:
        executor = MigrationExecutor(connections[TARGET])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("The other database is not migrated: run migrate there first.")
        if Event.objects.using(TARGET).exists():
            raise CommandError("The other database is not empty.")

    def _copy(self, model: type[models.Model]) -> int:
        manager = model._base_manager
        if model._meta.label in _FILLED_BY_MIGRATE:
            manager.using(TARGET).all().delete()
        rows: list[models.Model] = []
        count = 0
        for row in manager.using("default").order_by("pk").iterator(chunk_size=BATCH):
            rows.append(row)
            if len(rows) == BATCH:
                count += self._write(model, rows)
                rows = []
        return count + self._write(model, rows)

    def _write(self, model: type[models.Model], rows: list[models.Model]) -> int:
        model._base_manager.using(TARGET).bulk_create(rows)
        return len(rows)

    def _restart_sequences(self, every: list[type[models.Model]]) -> None:
        link = connections[TARGET]
        with link.cursor() as cursor:
            for statement in link.ops.sequence_reset_sql(no_style(), every):
                cursor.execute(statement)


def _every_model() -> list[type[models.Model]]:
    """Children before parents: foreign keys are checked at commit, and the ledger wants its
    postings before the entry that seals them."""
    every = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed]
    ordered: list[type[models.Model]] = []
    waiting = [m for m in every if not m._meta.proxy]
    while waiting:
        free = [m for m in waiting if not _parents(m) & (set(waiting) - {m})]
        # A circle of tables: their keys are checked at commit, so any of them may go first.
        step = free or waiting[:1]
        ordered += step
        waiting = [m for m in waiting if m not in step]
    # Permissions and content types are referred to without an end: they stay in front.
    front = [m for m in ordered if m._meta.label in _FILLED_BY_MIGRATE]
    return front + [m for m in reversed(ordered) if m not in front]


def _parents(model: type[models.Model]) -> set[type[models.Model]]:
    return {
        field.related_model
        for field in model._meta.concrete_fields
        if field.is_relation and isinstance(field.related_model, type)
    }
