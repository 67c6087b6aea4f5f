"""Bodies and parameters of /api/v1. Fields that nobody knows are ignored."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from integrations.collectors.accounts import THEMES
from integrations.collectors.origins import MOST_ORIGINS
from integrations.dialects.base.fields import (
    ABSENT,
    Email,
    Field,
    Flag,
    ListOf,
    Object,
    Refusal,
    Text,
    Whole,
)
from integrations.dialects.base.query import Query

_MOST_PARAMS = 50
_LONGEST_PARAM = 4_000
# The year 2100.
_LATEST_MS = 4_102_444_800_000


@dataclass(frozen=True, kw_only=True)
class Params(Field):
    """What a collector needs to connect: texts by name; a number counts as its digits."""

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "maxProperties": _MOST_PARAMS,
            "additionalProperties": {"type": "string", "maxLength": _LONGEST_PARAM},
            "example": {"host": "imap.example.com", "email": "jane@example.com", "password": "…"},
        }

    def decode(self, value: Any) -> dict[str, str]:
        if not isinstance(value, dict) or len(value) > _MOST_PARAMS:
            raise Refusal("invalid_type", f"must be an object with at most {_MOST_PARAMS} fields")
        found = {name: _param(text) for name, text in value.items() if text is not None}
        if any(len(text) > _LONGEST_PARAM for text in found.values()):
            raise Refusal("too_long", f"holds a text of more than {_LONGEST_PARAM} characters")
        return found


@dataclass(frozen=True, kw_only=True)
class Password(Text):
    """As it is typed, to the last space."""

    def decode(self, value: Any) -> str:
        super().decode(value)
        return str(value)


@dataclass(frozen=True, kw_only=True)
class Milliseconds(Whole):
    """A moment as milliseconds since 1970."""

    most: int = _LATEST_MS

    def decode(self, value: Any) -> Any:
        return datetime.datetime.fromtimestamp(super().decode(value) / 1000, datetime.UTC)


def obj(fields: dict[str, Field]) -> Object:
    return Object(fields=fields, ignore_unknown=True)


def _param(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    raise Refusal("invalid_type", "must hold texts")


_REMOTE_ID = Text(
    most=200,
    least=1,
    required=True,
    null=ABSENT,
    description="The user in your own system, without spaces. `remoteId` is the same.",
)
CUSTOMER = obj(
    {
        "name": Text(least=1, null=ABSENT),
        "callback": Text(most=2_000, description="Where invoices are sent; empty takes it away."),
        "remoteId": Text(name="remote_id"),
        "theme": Text(most=16, null=ABSENT, description=f"One of {', '.join(THEMES)}."),
        "subscribedCollectors": ListOf(
            name="subscribed_collectors", item=Text(most=64), most=1_000, null=ABSENT
        ),
        "isSubscribedToAll": Flag(name="is_subscribed_to_all"),
        "displaySketchCollectors": Flag(name="shows_sketches"),
        "allowedOrigins": ListOf(
            name="origins",
            item=Text(most=300),
            most=MOST_ORIGINS,
            null=ABSENT,
            description="Sites that may show `/ui` in a frame, such as `https://app.example.com`.",
        ),
    }
)
USER = obj(
    {
        "remote_id": _REMOTE_ID,
        "locale": Text(most=20, required=True, description="`fr` or `en`."),
        "email": Email(
            null=ABSENT,
            least=1,
            description="Where the verification code goes, at once; it is never stored. Needed"
            " until the user has accepted the terms.",
        ),
    }
)
USER_CHANGE = obj({"locale": Text(most=20, required=True, description="`fr` or `en`.")})
REMOVAL = obj({"remote_id": _REMOTE_ID})
TERMS = obj(
    {"verification_code": Text(most=16, required=True, description="`verificationCode` too.")}
)
FEEDBACK = obj(
    {
        "type": Text(name="kind", most=64, required=True),
        "message": Text(most=5_000, lines=True, required=True),
    }
)
LOGIN = obj(
    {
        "email": Text(most=254, required=True),
        "password": Password(most=1_000, required=True),
    }
)
CREDENTIAL = obj(
    {
        "collector": Text(most=64, required=True, description="An id of `GET /collectors`."),
        "params": Params(required=True, description="What that collector asks for; and `note`."),
        "download_from_timestamp": Milliseconds(
            name="download_from",
            description="Older invoices stay where they are; now unless given.",
        ),
    }
)
CREDENTIAL_OF = obj(
    {
        **CREDENTIAL.fields,
        "user_id": Text(
            most=36, null=ABSENT, description="Whose it is, where a customer's bearer calls."
        ),
    }
)
REPAIR = obj(
    {
        "params": Params(description="What has changed; the rest stays. And `note`."),
        "note": Text(most=500, null=ABSENT),
    }
)
CODE = obj({"code": Text(most=64, required=True)})
COLLECTORS = Query(
    {"locale": Text(most=20, description="`fr` or `en`; another one means `en`.")},
    ignores_unknown=True,
)
PAGE = Query(
    {
        "verificationCode": Text(
            most=16, description="The mailed code, filled in for the user, who sends it off."
        ),
        "credential_id": Text(most=64, description="The credential to begin with."),
        "customer": Text(
            most=64, description="Whose page it was, where the token is gone: `customer_id`."
        ),
    },
    ignores_unknown=True,
)
