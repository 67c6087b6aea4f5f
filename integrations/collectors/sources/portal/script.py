"""The description of a portal: where its fields, its lists and its documents are."""

import datetime
import re
from dataclasses import dataclass, fields
from typing import Any, Self

from core import exactjson

MOST_TEXT = 10_000
_MOST_SELECTOR = 300
_ATTRIBUTE = re.compile(r"(.*)@([a-z][a-z-]{0,40})", re.DOTALL)


class BadScript(ValueError):
    """The description cannot be followed. Its words are for who wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Selectors as Playwright reads them (CSS, `text=…`).

    Those of `id`, `date` and `amount` are looked for inside a row, and `selector@name` takes an
    attribute instead of the text. What may be empty is not there in every portal.
    """

    user: str
    password: str
    submit: str
    inside: str
    rows: str
    id: str
    date: str
    document: str
    refused: str = ""
    closed: str = ""
    code: str = ""
    code_submit: str = ""
    code_hint: str = ""
    date_format: str = ""
    amount: str = ""
    next: str = ""
    empty: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises BadScript."""
        try:
            given = exactjson.loads(text)
        except (ValueError, RecursionError):
            raise BadScript("This is not JSON.") from None
        known = {one.name for one in fields(cls)}
        if not isinstance(given, dict) or not all(_is_selector(one) for one in given.values()):
            raise BadScript("This must be an object of short texts.")
        unknown = sorted(set(given) - known)
        if unknown:
            raise BadScript(f'There is no "{unknown[0][:40]}" in a description.')
        needed = ("user", "password", "submit", "inside", "rows", "id", "date", "document")
        missing = [name for name in needed if not given.get(name)]
        if missing:
            raise BadScript(f'"{missing[0]}" is missing.')
        if given.get("code") and not given.get("code_submit"):
            raise BadScript('"code_submit" is missing.')
        return cls(**given)

    def moment(self, text: str) -> datetime.datetime:
        """The moment in a row, at midnight UTC where only a day is shown. Raises ValueError."""
        text = " ".join(text.split())
        if self.date_format:
            found = datetime.datetime.strptime(text, self.date_format)  # noqa: DTZ007 (below)
        else:
            found = datetime.datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def split_attribute(selector: str) -> tuple[str, str]:
    """The selector, and the attribute that is meant instead of the text."""
    found = _ATTRIBUTE.fullmatch(selector)
    return (found[1], found[2]) if found else (selector, "")


def _is_selector(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _MOST_SELECTOR and value.isprintable()
