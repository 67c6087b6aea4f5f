"""No index is written that another begins with, and every tenant's rows are found by one."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from core.key_indexes import DropKeyIndexes

OURS = ("accounts", "billing", "core", "integrations")
MODELS = [model for label in OURS for model in apps.get_app_config(label).get_models()]


def indexes_of(model: type[models.Model]) -> dict[str, dict[str, Any]]:
    """The indexes of columns that the database has, but for partial ones, by name."""
    partial = {
        index.name
        for index in (*model._meta.indexes, *model._meta.constraints)
        if getattr(index, "condition", None) is not None
    }
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    return {
        name: one
        for name, one in found.items()
        if name not in partial
        and not name.endswith("_like")  # of another order, for searches by the beginning
        and (one["index"] or one["unique"] or one["primary_key"])
        and one["columns"]
        and one.get("type", "btree") in ("btree", "idx")
    }


@pytest.mark.django_db
def test_no_key_has_an_index_that_another_begins_with() -> None:
    superfluous = []
    for model in MODELS:
        indexes = indexes_of(model)
        for name, one in indexes.items():
            wider = [
                other["columns"]
                for of, other in indexes.items()
                if of != name and other["columns"][: len(one["columns"])] == one["columns"]
            ]
            if wider and not one["unique"] and not one["primary_key"]:
                superfluous.append(name)
    assert superfluous == []


@pytest.mark.django_db
def test_rows_of_a_tenant_are_found_by_an_index() -> None:
    without = [
        model.__name__
        for model in MODELS
        if "organization" in {field.name for field in model._meta.local_fields}
        and not any(one["columns"][0] == "organization_id" for one in indexes_of(model).values())
    ]
    assert without == []


@pytest.mark.django_db(transaction=True)
def test_they_come_back_when_the_way_back_is_taken() -> None:
    operation = DropKeyIndexes(["posting.organization"])
    state = MigrationLoader(connection).project_state()
    ours = next(model for model in MODELS if model.__name__ == "Posting")
    before = set(indexes_of(ours))
    with connection.schema_editor() as editor:
        operation.database_backwards("billing", editor, state, state)
    (made,) = set(indexes_of(ours)) - before
    assert indexes_of(ours)[made]["columns"] == ["organization_id"]
    with connection.schema_editor() as editor:
        operation.database_forwards("billing", editor, state, state)
        # An attempt that broke off is made again.
        operation.database_forwards("billing", editor, state, state)
    assert set(indexes_of(ours)) == before


def test_the_state_says_so() -> None:
    field = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    state = ProjectState()
    state.add_model(ModelState("billing", "Note", [("organization", field)]))
    DropKeyIndexes(["note.organization"]).state_forwards("billing", state)
    assert state.models["billing", "note"].fields["organization"].db_index is False
    assert field.db_index is True
