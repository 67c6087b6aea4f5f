"""An import from its file to its job: keeping it, meaning its columns, trying it, ordering it."""

import datetime
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from billing.imports.bringing import SKIPPED
from billing.imports.cells import Style
from billing.imports.columns import COLUMNS, SCOPES, column_of, guess
from billing.imports.reading import Table, most_lines, read_table
from billing.imports.rows import missing_columns, objects_in, style_of
from billing.imports.trying import BAD, try_objects
from billing.jobs.ordering import add_items, make_job
from billing.models import Import, Job, JobItem
from billing.queries.lookup import Ref, find
from core import files
from core.errors import DomainError, InvalidFields, InvalidValue, Kind
from core.ids import random_text, uuid7
from core.text import clean_line

FOLDER = "imports"
KEEP = datetime.timedelta(days=30)


class ImportIsOrdered(DomainError):
    kind, code = Kind.CONFLICT, "import_is_ordered"
    message = "This file is being imported or was imported already."


class NothingToImport(DomainError):
    kind, code = Kind.CONFLICT, "nothing_to_import"
    message = "There is no row that could be imported."


class ImportHasBadRows(DomainError):
    kind, code = Kind.CONFLICT, "import_has_bad_rows"
    message = "All or nothing is nothing while rows are bad. Mend them and upload the file again."


def keep_file(
    *,
    actor: Actor,
    at: datetime.datetime,
    noun: str,
    file_name: str,
    content: bytes,
    style: Style,
) -> Import:
    """A file to be imported, its columns guessed. `style` is how its owner writes as a rule.

    Raises Forbidden, InvalidValue, and what read_table raises.
    """
    if noun not in SCOPES:
        raise InvalidValue("Choose what the file holds.", param="noun")
    actor.require(SCOPES[noun])
    table = read_table(content, most=most_lines(noun))
    mapping = guess(noun, table.headings)
    found = style_of(noun, table, mapping, style)
    row = Import(
        organization_id=actor.organization_id,
        noun=noun,
        file_name=clean_line(file_name[-200:], param="file", max_length=200) or "import.csv",
        row_count=len(table.rows),
        mapping=mapping,
        decimal_mark=found.decimal_mark,
        is_day_first=found.is_day_first,
        user_id=actor.user_id,
        requested_by=actor.label[:200],
        created_at=at,
        updated_at=at,
    )
    row.storage_name = files.keep(f"{FOLDER}/{actor.organization_id}/{random_text(32)}", content)
    row.save(force_insert=True)
    return row


def try_import(
    *,
    actor: Actor,
    at: datetime.datetime,
    import_id: Ref,
    mapping: Sequence[str],
    style: Style,
    existing: str,
) -> Import:
    """Say what the columns mean, and what would come of it; nothing is kept but the report.

    Raises Forbidden, NotFound, ImportIsOrdered, InvalidValue, InvalidFields (`column.<index>`).
    """
    row = get_import(actor, import_id)
    if row.job_id is not None:
        raise ImportIsOrdered()
    table = table_of(row)
    _check(row.noun, table, mapping)
    if existing not in Import.Existing.values:
        raise InvalidValue("This must be one of skip, update.", param="existing")
    row.mapping, row.existing = list(mapping), existing
    row.decimal_mark, row.is_day_first = style.decimal_mark, style.is_day_first
    objects = objects_in(row.noun, table, row.mapping)
    row.report = try_objects(row.noun, objects, actor=actor, at=at, style=style, existing=existing)
    row.updated_at = at
    row.save(force_update=True)
    return row


@transaction.atomic
def order_import(
    *, actor: Actor, at: datetime.datetime, import_id: Ref, all_or_nothing: bool
) -> Job:
    """Hand the good rows to the workers; a second order gives the same job.

    Raises Forbidden, NotFound, NothingToImport, ImportHasBadRows.
    """
    rows = Import.objects.of(actor.organization_id).select_for_update()
    row = find(rows, import_id, "import")
    actor.require(SCOPES[row.noun])
    if row.job is not None:
        return row.job
    fates = [each["fate"] for each in row.report.get("objects", ())]
    if all_or_nothing and BAD in fates:
        raise ImportHasBadRows()
    if not {"new", "changed"} & set(fates):
        raise NothingToImport()
    options = {
        "noun": row.noun,
        "import": str(row.uuid),
        "existing": row.existing,
        "decimal_mark": row.decimal_mark,
        "is_day_first": row.is_day_first,
        "all_or_nothing": all_or_nothing,
    }
    job = make_job(actor, at, row.noun, "import", f"import {row.uuid}", options)
    objects = objects_in(row.noun, table_of(row), row.mapping)
    add_items(
        job,
        [
            _item(found.rows[0], found.label, found.cells, fate)
            for found, fate in zip(objects, fates, strict=True)
            if fate != BAD
        ],
    )
    row.job, row.updated_at = job, at
    row.save(update_fields=["job", "updated_at"])
    return job


def delete_import(*, actor: Actor, import_id: Ref) -> None:
    """Forget the file. What was imported stays. Raises Forbidden, NotFound."""
    row = get_import(actor, import_id)
    row.delete()
    default_storage.delete(row.storage_name)


def get_import(actor: Actor, reference: Ref) -> Import:
    """By id or UUID. Raises NotFound, and Forbidden to who could not have ordered it."""
    rows = Import.objects.of(actor.organization_id).select_related("job")
    row = find(rows, reference, "import")
    actor.require(SCOPES[row.noun])
    return row


def list_imports(actor: Actor) -> QuerySet[Import]:
    """Newest first, of the kinds that the person may import."""
    nouns = [noun for noun, scope in SCOPES.items() if actor.may(scope)]
    rows = Import.objects.of(actor.organization_id).filter(noun__in=nouns)
    return rows.select_related("job").defer("report", "mapping").order_by("-id")


def import_of(job: Job) -> UUID | None:
    """The import that a job does, if it does one."""
    return (
        Import.objects.of(job.organization_id)
        .filter(job=job)
        .values_list("uuid", flat=True)
        .first()
    )


def table_of(row: Import) -> Table:
    """The file's table, read anew."""
    with default_storage.open(row.storage_name, "rb") as file:
        return read_table(file.read(), most=most_lines(row.noun))


def bad_rows(row: Import) -> list[list[str]]:
    """The bad rows as they stand in the file, each with its reason; headings first.

    Those that the trial found, and those that failed when they were brought in.
    """
    table = table_of(row)
    headings = dict(zip(row.mapping, table.headings, strict=True))
    reasons: dict[int, str] = {}
    for each in row.report.get("objects", ()):
        if each["fate"] == BAD:
            words = [
                f"{headings.get(name) or label_of(row.noun, name)}: {sentence}".removeprefix(": ")
                for name, sentence in each["problems"]
            ]
            reasons |= dict.fromkeys(each["rows"], " ".join(words))
    if row.job is not None:
        failed = row.job.items.filter(status=JobItem.Status.FAILED)
        places = {each["rows"][0]: each["rows"] for each in row.report.get("objects", ())}
        for first, note in failed.values_list("outcome__row", "note"):
            reasons |= dict.fromkeys(places.get(first, [first]), note)
    reason = _("Reason")
    kept = [index for index, name in enumerate(table.headings) if name != reason]
    lines = [[cells[index] for index in kept] for cells in [table.headings]]
    lines[0].append(reason)
    for number, cells in table.rows:
        if number in reasons:
            lines.append([*(cells[index] for index in kept), reasons[number]])
    return lines


def label_of(noun: str, name: str) -> str:
    """What a field is called; empty for none of ours."""
    known = {column.name for column in COLUMNS[noun]}
    return str(column_of(noun, name).label) if name in known else ""


def remove_old(*, at: datetime.datetime) -> int:
    """Delete imports and their files after a while; how many."""
    gone = 0
    for row in Import.objects.filter(updated_at__lt=at - KEEP).order_by("pk")[:1000]:
        row.delete()
        default_storage.delete(row.storage_name)
        gone += 1
    return gone + files.remove_orphans(FOLDER, Import.objects.all(), at=at)


def _item(row: int, label: str, cells: dict[str, Any], fate: str) -> JobItem:
    title = _("Row {row}").format(row=row)
    is_skipped = fate == SKIPPED
    return JobItem(
        # Until it is made: then it is the row's own.
        subject_uuid=uuid7(),
        label=f"{title} · {label}"[:200],
        status=JobItem.Status.LEFT_OUT if is_skipped else JobItem.Status.WAITING,
        note=_("It is there already.") if is_skipped else "",
        outcome={"row": row, "cells": cells},
    )


def _check(noun: str, table: Table, mapping: Sequence[str]) -> None:
    known = {"", *(column.name for column in COLUMNS[noun])}
    errors = []
    if len(mapping) != len(table.headings):
        raise InvalidValue("Say for each column what it means.", param="mapping")
    for index, name in enumerate(mapping):
        if name not in known:
            errors.append((f"column.{index}", "unknown_field", _("This is not a field.")))
        elif name and name in mapping[:index]:
            sentence = _("Another column means this already.")
            errors.append((f"column.{index}", "field_twice", sentence))
    missing = missing_columns(noun, mapping)
    if missing:
        sentence = _("No column means {missing}.").format(missing=", ".join(missing))
        errors.append(("", "column_missing", sentence))
    if errors:
        raise InvalidFields(errors)
