"""Whether the database still guards the ledger by itself."""

from django.db import connection

# Table and trigger on each database; what they refuse stands in the migration that makes them.
_TRIGGERS = {
    "postgresql": (
        "ledger_entry_balanced",
        "ledger_posting_in_time",
        "ledger_entry_append_only",
        "ledger_posting_append_only",
    ),
    "sqlite": (
        "ledger_entry_balanced",
        "ledger_posting_in_time",
        "ledger_entry_no_update",
        "ledger_entry_no_delete",
        "ledger_posting_no_update",
        "ledger_posting_no_delete",
    ),
}
_QUERIES = {
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
}


def missing_triggers() -> list[str]:
    """The ledger's triggers that are dropped or switched off."""
    with connection.cursor() as cursor:
        cursor.execute(_QUERIES[connection.vendor])
        there = {row[0].lower() for row in cursor.fetchall()}
    return [name for name in _TRIGGERS[connection.vendor] if name not in there]
