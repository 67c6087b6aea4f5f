"""What makes a search fast on PostgreSQL: beside a table its searchable text, under trigrams.

A trigram index on the table itself would lie idle: below a row-level security policy
PostgreSQL uses an index only for operators that are marked leakproof, and LIKE is not. So the
folded text stands in a table of its own that is asked for ids alone; the rows come from the
guarded table. Triggers write it in the statement that writes the row, whoever sends it, and
only when a searchable column changed. See docs/adr for the decision.
"""

from collections.abc import Sequence
from typing import Any

from django.db import Error, transaction

from billing.folding import PLAIN, SPELLED_OUT, SQL_FUNCTION
from core.tenancy import SETTING, WIDE

EXTENSIONS = ("pg_trgm", "btree_gin")


def search_table(table: str) -> str:
    """The name of the table with the searchable text of `table`."""
    return f"{table}_search"


def make_function(schema_editor: Any) -> None:
    """Give PostgreSQL search_fold, which does what billing.folding.fold does."""
    if schema_editor.connection.vendor != "postgresql":
        return
    spelled = _lower(schema_editor)
    spelled = f"translate({spelled}, '{''.join(PLAIN)}', '{''.join(PLAIN.values())}')"
    for letter, letters in SPELLED_OUT.items():
        spelled = f"replace({spelled}, '{letter}', '{letters}')"
    schema_editor.execute(
        f"CREATE OR REPLACE FUNCTION {SQL_FUNCTION}(given text) RETURNS text"
        " LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$ BEGIN"
        " IF octet_length(given) = length(given) THEN RETURN lower(given); END IF;"
        f" RETURN {spelled}; END $$"
    )


def make_searchable(schema_editor: Any, table: str, columns: Sequence[str]) -> None:
    """Keep the text of these columns searchable, for use in a migration. Nothing on SQLite.

    A column is a name, or `buyer__name` for a text inside a JSON object. Without the
    extensions pg_trgm and btree_gin a search reads all texts of the organization.
    """
    if schema_editor.connection.vendor != "postgresql":
        return
    beside = search_table(table)
    run = schema_editor.execute
    run(
        f"CREATE TABLE {beside} (id bigint PRIMARY KEY, organization_id bigint NOT NULL,"
        " content text NOT NULL)"
    )
    # Not forced: the owner must pass, or the index would be as idle here as on the table.
    run(f"ALTER TABLE {beside} ENABLE ROW LEVEL SECURITY")
    scope = f"(SELECT current_setting('{SETTING}', true))"
    run(
        f"CREATE POLICY tenant ON {beside} USING"
        f" ({scope} = '{WIDE}' OR organization_id::text = {scope})"
    )
    run(
        f"INSERT INTO {beside} (id, organization_id, content)"  # noqa: S608 (names of ours)
        f" SELECT id, organization_id, {_content('given', columns)} FROM {table} AS given"
    )
    _make_triggers(run, table, columns)
    if _has_extensions(schema_editor):
        run(
            f"CREATE INDEX {beside}_words ON {beside}"
            " USING gin (organization_id, content gin_trgm_ops)"
        )
    else:
        run(f"CREATE INDEX {beside}_tenant ON {beside} (organization_id)")


def column_sql(row: str, column: str) -> str:
    """The column of that row, as SQL of PostgreSQL."""
    name, _, key = column.partition("__")
    return f"{row}.{name} ->> '{key}'" if key else f"{row}.{name}"


def _make_triggers(run: Any, table: str, columns: Sequence[str]) -> None:
    beside = search_table(table)
    run(
        f"CREATE FUNCTION {beside}_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # noqa: S608
        f" INSERT INTO {beside} (id, organization_id, content)"
        f" VALUES (NEW.id, NEW.organization_id, {_content('NEW', columns)})"
        " ON CONFLICT (id) DO UPDATE SET organization_id = excluded.organization_id,"
        " content = excluded.content;"
        " RETURN NULL; END $$"
    )
    run(
        f"CREATE FUNCTION {beside}_remove() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # noqa: S608
        f" DELETE FROM {beside} WHERE id = OLD.id; RETURN NULL; END $$"
    )
    watched = ["organization_id", *dict.fromkeys(c.partition("__")[0] for c in columns)]
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in watched)
    for event, condition, function in (
        ("INSERT", "", "write"),
        ("UPDATE", f"WHEN ({changed})", "write"),
        ("DELETE", "", "remove"),
    ):
        run(
            f"CREATE TRIGGER {beside}_{event.lower()} AFTER {event} ON {table}"
            f" FOR EACH ROW {condition} EXECUTE FUNCTION {beside}_{function}()"
        )


def _content(row: str, columns: Sequence[str]) -> str:
    texts = ", ".join(f"({column_sql(row, column)})" for column in columns)
    return f"{SQL_FUNCTION}(concat_ws(E'\\n', {texts}))"


def _lower(schema_editor: Any) -> str:
    plain = r"regexp_replace(normalize(given, NFKD), '[\u0300-\u036f]', '', 'g')"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT datctype IN ('C', 'POSIX') AND EXISTS"
            " (SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu')"
            " FROM pg_database WHERE datname = current_database()"
        )
        # The C locale knows no letters beyond ASCII; ICU does.
        (needs_icu,) = cursor.fetchone()
    return f'lower({plain} COLLATE "und-x-icu")' if needs_icu else f"lower({plain})"


def _has_extensions(schema_editor: Any) -> bool:
    """Make them where the role may; both are trusted, so an owner of the database may."""
    connection = schema_editor.connection
    for name in EXTENSIONS:
        try:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
        except Error as error:
            print(  # noqa: T201 (said once, to whoever runs the migration)
                f"\n  Note: the extension {name} cannot be made ({error}). Searches work, but"
                " read every text of an organization. docs/operations says how to add the index."
            )
            return False
    return True
