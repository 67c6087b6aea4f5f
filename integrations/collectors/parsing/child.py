"""The process that opens one document: it reads it from stdin and answers JSON on stdout."""

import json
import sys

from integrations.collectors.parsing import limits, reading, wire
from integrations.collectors.parsing.figures import Reading


def main() -> None:
    """Lock the door, then open the document."""
    limits.limit_memory()
    content = sys.stdin.buffer.read()
    is_filtered = limits.lock_down()
    try:
        read = reading.read(content)
    except MemoryError:
        read = Reading(problem="too_much_memory")
    except RecursionError:
        read = Reading(problem="too_deep")
    answer = {"reading": wire.dumped(read), "is_filtered": is_filtered}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
