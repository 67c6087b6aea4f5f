"""Generated requests with real ids in them, so that they reach what lies behind.

Left to the schema alone, every id would be made up, and every request end at a 404; most bodies
would end at a number with two hundred digits. What was made to break the schema stays as it is.
"""

import copy
import itertools
import re
from collections.abc import Mapping
from typing import Any

from schemathesis.core.parameters import ParameterLocation

from tests.addresses import collections_of

Json = dict[str, Any]
_ID = re.compile(r"([a-z]+)_[a-z2-7]{26}")
_KEY = "X-Idempotency-Key"
# Generated addresses must not be called: nothing listens there, and nothing may.
_NOWHERE = ["https://127.0.0.1:1/hook", "http://[::1]:1/", "ftp://nobody", "not an address"]
# One request in so many keeps the ids that were made up.
_STRANGE_EVERY = 8


def leading_nowhere(document: Json) -> Json:
    """A copy of the document in which no address that is sent can be called."""
    whole = copy.deepcopy(document)
    _lead_nowhere(whole["paths"])
    return whole


class KnownIds:
    """The ids there are: by their collection, by their prefix, by the field that takes them."""

    def __init__(self, sets: list[dict[str, Any]], references: Mapping[str, str]) -> None:
        self._turns = itertools.count(1)
        self._by_collection: dict[str, list[Any]] = {}
        self._by_prefix: dict[str, list[Any]] = {}
        for each in sets:
            for collection, id in each.items():
                self._by_collection.setdefault(collection, []).append(id)
                self._by_prefix.setdefault(str(id).partition("_")[0], []).append(id)
        self._by_field = {
            field: self._by_collection[collection] for field, collection in references.items()
        }

    def put_into(self, case: Any) -> None:
        """Fill the places of ids in a request about to be sent."""
        turn = next(self._turns)
        whole = ParameterLocation
        if turn % _STRANGE_EVERY and not _is_broken(case, whole.PATH):
            self._fill_path(case, turn)
        if isinstance(case.query, dict) and not _is_broken(case, whole.QUERY):
            case.query = self._sensible(case.query, turn)
        if isinstance(case.body, dict | list) and not _is_broken(case, whole.BODY):
            case.body = self._sensible(case.body, turn)
        if case.headers and _KEY in case.headers and not _is_broken(case, whole.HEADER):
            # Simple keys are made up again and again, for other requests.
            case.headers[_KEY] = f"{case.headers[_KEY]}{turn}"[-255:]

    def _fill_path(self, case: Any, turn: int) -> None:
        names = re.findall(r"{(\w+)}", case.path)
        for name, collection in zip(names, collections_of(case.path), strict=True):
            ids = self._by_collection.get(collection, [])
            if case.method == "DELETE":
                # The others live on for the requests that change them.
                ids = ids[-max(1, len(ids) // 4) :]
            if ids and name in (case.path_parameters or {}):
                case.path_parameters[name] = str(ids[turn % len(ids)])

    def _sensible(self, value: Any, turn: int) -> Any:
        if isinstance(value, list):
            return [self._sensible(each, turn) for each in value]
        if isinstance(value, dict):
            return {key: self._field(key, each, turn) for key, each in value.items()}
        if isinstance(value, float):
            return round(value, 2) if abs(value) < 1e12 else 1e6
        found = _ID.fullmatch(value) if isinstance(value, str) else None
        ids = self._by_prefix.get(found[1], []) if found else []
        return ids[turn % len(ids)] if ids and turn % _STRANGE_EVERY else value

    def _field(self, name: str, value: Any, turn: int) -> Any:
        ids = self._by_field.get(name)
        if not ids or not value or turn % _STRANGE_EVERY == 0:
            return self._sensible(value, turn)
        # Dialects that count ids take them as texts too.
        return str(ids[0]) if isinstance(value, str) else ids[turn % len(ids)]


def _is_broken(case: Any, location: ParameterLocation) -> bool:
    return case.meta is not None and case.meta.is_negative_at(location)


def _lead_nowhere(value: Any) -> None:
    if isinstance(value, list):
        for each in value:
            _lead_nowhere(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key == "url" and isinstance(each, dict) and each.get("type") == "string":
                each.clear()
                each.update({"type": "string", "enum": list(_NOWHERE)})
            else:
                _lead_nowhere(each)
