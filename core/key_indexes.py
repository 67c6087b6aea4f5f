"""For migrations: foreign keys lose the index of their own, where another begins with them."""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import names_digest
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState


class DropKeyIndexes(Operation):
    """What AlterField to db_index=False does to each "model.field" of the application.

    All in one: SQLite writes no table anew, and the state of the models is drawn once.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = list(keys)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The keys say db_index=False."""
        for model, name in self._split():
            fields = state.models[app_label, model].fields
            fields[name] = fields[name].clone()
            fields[name].db_index = False
        if "apps" in state.__dict__:  # only then have models been made of it
            state.reload_models(sorted({(app_label, model) for model, _ in self._split()}))

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the indexes, except those that an attempt which broke off has dropped already."""
        for model, name in self._split():
            known = to_state.models[app_label, model]
            named = {each.name for each in known.options.get("indexes", ())}
            table = _table(app_label, known)
            for index in _indexes(schema_editor, table, f"{name}_id") - named:
                schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(index)}")

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Build them again."""
        quote = schema_editor.quote_name
        for model, name in self._split():
            table, column = _table(app_label, to_state.models[app_label, model]), f"{name}_id"
            index = f"{table[:40]}_{names_digest(table, column, length=8)}"
            schema_editor.execute(
                f"CREATE INDEX {quote(index)} ON {quote(table)} ({quote(column)})"
            )

    def describe(self) -> str:
        """What `migrate --plan` says."""
        return f"Drop the indexes of {len(self.keys)} foreign keys that other indexes begin with"

    def _split(self) -> list[tuple[str, str]]:
        return [(model, name) for model, _, name in (key.partition(".") for key in self.keys)]


def _table(app_label: str, model: ModelState) -> str:
    return str(model.options.get("db_table") or f"{app_label}_{model.name_lower}")


def _indexes(schema_editor: BaseDatabaseSchemaEditor, table: str, column: str) -> set[str]:
    """The names of those of that column alone: an older installation may call them otherwise."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    return {
        name
        for name, one in found.items()
        if one["index"] and not one["unique"] and one["columns"] == [column]
    }
