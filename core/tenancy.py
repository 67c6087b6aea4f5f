"""The second wall between tenants: PostgreSQL row-level security, narrowed per request.

The first wall is `objects.of(organization_id)`. Should a query ever forget it, the
database still shows and accepts only rows of the organization that the connection is
narrowed to. Connections start wide (`*`, set in their options) for workers, commands and
the admin; a request narrows its own as soon as it knows for whom it speaks. A session
that was never told sees nothing. SQLite has no such wall.

Superusers and roles with BYPASSRLS are not held by policies: give the product a plain role.
"""

from typing import Any

from django.db import connection

SETTING = "app.organization"
WIDE = "*"


def narrow(organization_id: int) -> None:
    """Show this connection only that organization's rows, until narrowed or widened again.

    Call it outside a transaction: a rollback would take it back.
    """
    _apply(str(organization_id))


def widen() -> None:
    """Show this connection every row again."""
    _apply(WIDE)


def _apply(scope: str) -> None:
    if connection.vendor != "postgresql":
        return
    if scope == WIDE and connection.connection is None:
        return  # a new connection starts wide
    connection.ensure_connection()
    # The psycopg connection carries the note, so that a reconnect forgets it with the setting.
    link: Any = connection.connection
    if getattr(link, "tenant_scope", WIDE) == scope:
        return
    with connection.wrap_database_errors:
        link.execute("SELECT set_config(%s, %s, false)", [SETTING, scope])
    link.tenant_scope = scope


def protect(schema_editor: Any, tables: list[str]) -> None:
    """Put row-level security on tables, for use in a migration. Nothing on SQLite.

    Rows without an organization are the installation's own (some events) and no tenant's.
    """
    if schema_editor.connection.vendor != "postgresql":
        return
    rule = policy()
    for table in tables:
        schema_editor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        schema_editor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        schema_editor.execute(
            f'CREATE POLICY tenant ON "{table}" USING ({rule}) WITH CHECK ({rule})'
        )


def policy() -> str:
    """The condition that every protected row meets, as SQL of PostgreSQL."""
    current = f"current_setting('{SETTING}', true)"
    # Sub-selects are evaluated once per statement, not once per row.
    rule = (
        f"(SELECT {current}) = '{WIDE}'"
        f" OR organization_id = (SELECT NULLIF(NULLIF({current}, '{WIDE}'), '')::bigint)"
        f" OR (organization_id IS NULL AND (SELECT {current}) <> '')"
    )
    # The same, but the planner takes it to hold for nearly every row. It does: the statement
    # names its organization too, and counting the condition twice, for each table of a join,
    # makes a thousand rows out of a million and a sequential scan out of the first page.
    return f"NULLIF({rule}, false) IS NOT NULL"
