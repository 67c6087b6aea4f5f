"""What a dialect's document says besides its endpoints: title, nouns, errors, security, events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import Kind
from integrations.dialects.base.dialect import Dialect
from integrations.dialects.base.selection import Expansions
from integrations.dialects.base.shapes import Shape, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorText:
    """One error code in words: what it means, why it usually happens and what to do.

    `kinds` are the ways in which it refuses, most usual first; `example` a message as a
    client would read it, about the field `param` where there is one.
    """

    code: str
    kinds: tuple[Kind, ...]
    title: str
    meaning: str
    cause: str
    remedy: str
    example: str
    param: str = ""


Catalogue = Mapping[str, ErrorText]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """What the document of one dialect needs to know beyond its endpoints.

    `tags` maps the first part of an address to the name and description of its chapter;
    `nouns` a noun to the prefix of its ids, or to "" where ids have none and look like
    `plain_id`. `rate_headers` are whole numbers, unless a Value says otherwise. `scheme` is
    the name under which plain keys stand in `security_schemes`, `scoped` the one whose
    scopes are listed. `paths` are operations that no endpoint declares, and `events` what
    each event is about: its sentence by name.
    """

    dialect: Dialect
    title: str
    version: str
    description: str
    fault: Shape
    tags: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    nouns: Mapping[str, str] = field(default_factory=dict)
    plain_id: str = ""
    security_schemes: Mapping[str, Any] = field(default_factory=dict)
    scheme: str = ""
    scoped: str = ""
    rate_headers: Mapping[str, str | Value] = field(default_factory=dict)
    paths: Mapping[str, Any] = field(default_factory=dict)
    schemas: Mapping[str, Any] = field(default_factory=dict)
    events: Mapping[str, str] = field(default_factory=dict)
    expansions: Expansions = field(default_factory=dict)
    # Status -> sentence: refused by the web server, before the product sees the request.
    server_refusals: Mapping[int, str] = field(default_factory=dict)
    # Event object -> its shape, where no endpoint answers it.
    event_shapes: Mapping[str, Shape] = field(default_factory=dict)

    def chapter(self, path: str) -> str:
        """The key of the chapter that an address belongs to: `tax-profiles`."""
        below = next(p for p in self.dialect.prefixes if path.startswith(f"{p}/"))
        return path.removeprefix(f"{below}/").partition("/")[0]

    def tag(self, chapter: str) -> str:
        """The chapter's name: `Tax profiles`."""
        named = self.tags.get(chapter)
        return named[0] if named else chapter.replace("-", " ").capitalize()

    def noun(self, chapter: str) -> str:
        """What one thing of the chapter is called: `tax profile`."""
        words = singular(chapter.replace("-", " "))
        return next((noun for noun in self.nouns if noun.lower() == words), words)


def singular(words: str) -> str:
    """`customers` -> `customer`, `currencies` -> `currency`, `addresses` -> `address`."""
    if words.endswith(("series", "news")):
        return words
    if words.endswith(("sses", "xes", "ches")):
        return words[:-2]
    if words.endswith("ies"):
        return f"{words[:-3]}y"
    return words[:-1] if words.endswith("s") and not words.endswith("ss") else words
