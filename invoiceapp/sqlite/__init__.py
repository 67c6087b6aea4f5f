"""How SQLite is set up on every new connection."""

import sqlite3

# Up to here a write-ahead log can be corrupted when connections write and reset it at once.
_FIXED_IN = (3, 51, 3)


def journal_mode(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> str:
    """WAL where the SQLite library is free of the WAL-reset bug, else the rollback journal.

    Other processes, such as a `manage.py` command beside the server, always count. Of the
    rollback journals, the one that is kept between transactions costs the fewest syncs.
    """
    return "WAL" if version >= _FIXED_IN else "PERSIST"


def init_command() -> str:
    """The pragmas that settings give to Django's SQLite backend.

    Under WAL, NORMAL loses at most the last transactions on a power cut and never
    corrupts; the rollback journal needs FULL for that.
    """
    mode = journal_mode()
    durability = "NORMAL" if mode == "WAL" else "FULL"
    return f"PRAGMA foreign_keys=ON; PRAGMA journal_mode={mode}; PRAGMA synchronous={durability};"
