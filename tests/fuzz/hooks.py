"""What the campaign does not send, and with which ids and keys it sends the rest."""

import itertools
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import schemathesis
from schemathesis.generation.meta import TestPhase

from tests.fuzz.known_ids import KnownIds

MOST_BYTES = 4_000
_KNOWLEDGE = json.loads(Path(os.environ["FUZZ_KNOWLEDGE"]).read_text())
_known = KnownIds(_KNOWLEDGE["sets"], _KNOWLEDGE["references"])


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """Addresses beyond the web server's own limit never reach the product.

    Its answer to them, 414 in the form of every refusal, has tests of its own.
    """
    query = urlencode(case.query or {}, doseq=True)
    path = "".join(str(value) for value in (case.path_parameters or {}).values())
    return len(query) + len(path.encode()) * 3 < MOST_BYTES


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Real ids, but where the ids of an earlier answer are already in their places."""
    if case.meta is None or case.meta.phase.name is not TestPhase.STATEFUL:
        _known.put_into(case)


@schemathesis.auth(refresh_interval=None)
class KeysInTurn:
    """Each request goes with the next key, so that none runs out of requests."""

    def __init__(self) -> None:
        self._keys = itertools.cycle(_KNOWLEDGE["keys"])

    def get(self, case: Any, context: Any) -> dict[str, str]:
        return next(self._keys)

    def set(self, case: Any, data: dict[str, str], context: Any) -> None:
        case.headers.update(data)
