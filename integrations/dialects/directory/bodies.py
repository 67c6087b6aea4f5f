"""Bodies and parameters of /api/integrations. Fields that nobody knows are ignored."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile

from accounts.pictures import PictureRefused, as_png
from integrations.dialects.base.fields import (
    ABSENT,
    Choice,
    Day,
    Email,
    Field,
    Object,
    Pattern,
    Refusal,
    Text,
    Whole,
)
from integrations.dialects.base.numbered import MAX_LIMIT, MAX_PAGE
from integrations.dialects.base.query import Query
from integrations.dialects.directory.words import ROLES

DEFAULT_PER_PAGE = 10
MOST_LOGO_BYTES = 1_000_000
# Of a body: a logo of that size in base64, and the other fields.
MOST_BODY_BYTES = 2_000_000
_LOGO_SIDE = 640
_LOGO_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_DATA = re.compile(r"data:image/[a-z.+-]{1,20};base64,")
_SHORTEST_NAME = 2


@dataclass(frozen=True, kw_only=True)
class Name(Text):
    """What somebody is called; null leaves it as it is."""

    least: int = _SHORTEST_NAME
    null: Any = ABSENT

    def decode(self, value: Any) -> str:
        if isinstance(value, str) and 0 < len(value.strip()) < self.least:
            raise Refusal("too_short", f"must have at least {self.least} characters")
        return super().decode(value)


@dataclass(frozen=True, kw_only=True)
class PerPage(Whole):
    """Rows on a page; more than there may be means as many as there may be."""

    def decode(self, value: Any) -> int:
        return min(super().decode(value), MAX_LIMIT)


@dataclass(frozen=True, kw_only=True)
class Logo(Field):
    """A picture in a data: address, drawn anew as PNG; any other address stays text.

    Null takes the logo away.
    """

    null: Any = ""

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "example": "data:image/png;base64,iVBORw0KGgo…"}

    def decode(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise Refusal("invalid_type", "must be a text")
        found = _DATA.match(value)
        if found is None:
            return value.strip()
        try:
            content = base64.b64decode(value[found.end() :], validate=True)
        except (binascii.Error, ValueError):
            raise Refusal("invalid_format", "is not base64") from None
        if len(content) > MOST_LOGO_BYTES:
            raise Refusal("too_long", f"has more than {MOST_LOGO_BYTES:,} bytes")
        try:
            return ContentFile(as_png(content, _LOGO_FORMATS, side=_LOGO_SIDE), name="logo.png")
        except PictureRefused as refusal:
            raise Refusal(PictureRefused.code, str(refusal)) from None


def obj(fields: dict[str, Field]) -> Object:
    return Object(fields=fields, ignore_unknown=True)


def listed(what: str) -> Query:
    """The parameters of a list; `what` says where the query looks."""
    return Query(
        {
            "query": Text(most=200, description=f"Words that stand in {what}."),
            "page": Whole(least=1, most=MAX_PAGE, description="From 1."),
            "per_page": PerPage(
                name="limit",
                least=1,
                description=f"Rows on a page: {DEFAULT_PER_PAGE} unless given; above"
                f" {MAX_LIMIT} means {MAX_LIMIT}.",
            ),
        },
        ignores_unknown=True,
    )


USER = obj(
    {
        "name": Name(required=True, description="At least two characters."),
        "email": Email(required=True, least=1, null=ABSENT),
        "firstName": Text(name="first_name", most=100),
        "lastName": Text(name="last_name", most=100),
        "phone": Text(most=40),
        "dob": Day(name="birth_date", null=None),
        "role": Choice(table=ROLES, description="`customer` unless given."),
    }
)
USER_UPDATE = USER.optional()
ORGANIZATION_UPDATE = obj(
    {
        "name": Name(),
        "slug": Pattern(
            pattern=r"[A-Za-z0-9_-]{1,80}", example="acme-inc", most=80, least=1, null=ABSENT
        ),
        "logo": Logo(description="A picture as a `data:` address; null takes the logo away."),
    }
)
