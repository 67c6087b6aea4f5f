"""Tables of the apps above, which bring them themselves: this app knows nothing of those."""

from billing.exports.tables import TABLES, Table

_BROUGHT: list[Table] = []


def register(*tables: Table) -> None:
    """Export these too, after the tables of this app."""
    known = {table.name for table in all_tables()}
    _BROUGHT.extend(table for table in tables if table.name not in known)


def all_tables() -> tuple[Table, ...]:
    return (*TABLES, *_BROUGHT)
