"""How often Python looks for garbage in a process that serves or works."""

import gc

# By default it looks after every 700 new objects, and finds next to nothing: rows and what is
# told of them are freed as they are left. A bulk of thousands spent a tenth of its time so.
_AFTER = (50_000, 20, 20)


def collect_seldom() -> None:
    """Call it once everything is loaded: what is there by now is never looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_AFTER)
