"""Declarative decoders: what a body may hold, checked and turned into keyword arguments.

    INVOICE = Object(
        fields={
            "customer_id": Id(prefix="cus", noun="customer", required=True),
            "line_items": ListOf(item=LINE, name="lines"),
        }
    )
    INVOICE.decode_body({"customer_id": "cus_…"})   ->  {"customer_id": UUID(…)}

Only what was sent is returned, so an update changes nothing else. Every broken rule is
collected before the body is refused.
"""

import abc
import datetime
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from core.currencies import CURRENCIES
from core.errors import InvalidFields, InvalidValue
from core.ids import decode_id
from core.text import clean_email, clean_line, clean_text
from integrations.dialects.base.enums import EnumMap

_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
ABSENT: Any = object()
_ANY_LENGTH = 2**31


UNKNOWN_REFERENCE = "unknown_reference"


def no_such(noun: str, shown_id: Any) -> str:
    """The one sentence for an id in a body that leads nowhere, whatever the reason."""
    return f"There is no {noun} '{shown_id}'"


class Refusal(Exception):
    """One broken rule: where, which, and in words."""

    def __init__(self, code: str, message: str, param: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.param = code, message, param


@dataclass(frozen=True, kw_only=True)
class Field(abc.ABC):
    """What every decoder has. `name` is the operation's keyword when it differs.

    `null` is what an explicit null means; by default the same as leaving the field out.
    `description` is for the documents.
    """

    name: str = ""
    required: bool = False
    null: Any = ABSENT
    description: str = ""

    @abc.abstractmethod
    def decode(self, value: Any) -> Any:
        """The value as the operation takes it. Raises Refusal, or InvalidFields for parts."""


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """Text as core.text keeps it, on one line unless `lines`."""

    most: int = 200
    least: int = 0
    lines: bool = False
    null: Any = ""

    def decode(self, value: Any) -> str:
        if not isinstance(value, str):
            raise Refusal("invalid_type", "must be a text")
        clean = clean_text if self.lines else clean_line
        # Lone surrogates never get here: the body parser refuses them.
        text = clean(value, param="", max_length=_ANY_LENGTH)
        # As it was sent, and as it is kept: the schema of the document knows only the former.
        if max(len(value), len(text)) > self.most:
            raise Refusal("too_long", f"has more than {self.most} characters")
        if len(text) < max(self.least, self.required):
            raise Refusal("required", "must not be empty")
        return text


@dataclass(frozen=True, kw_only=True)
class Email(Text):
    """Exactly one address, without a display name."""

    most: int = 254

    def decode(self, value: Any) -> str:
        text = super().decode(value)
        try:
            return clean_email(text, param="")
        except InvalidValue:
            raise Refusal("invalid_email", f"The email address '{text}' is invalid") from None


@dataclass(frozen=True, kw_only=True)
class Pattern(Text):
    """Text of one form."""

    pattern: str
    example: str

    def decode(self, value: Any) -> str:
        text = super().decode(value)
        # What was sent, not what is left of it: control characters are no part of any form.
        sent = value.strip()
        if sent and not re.fullmatch(self.pattern, sent, re.ASCII):
            raise Refusal("invalid_format", f"must look like {self.example}")
        return text


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """An exact decimal, sent as a number or as its digits in a text."""

    least: Decimal | None = None
    most: Decimal | None = None
    places: int = 12

    def decode(self, value: Any) -> Decimal:
        number = _number(value)
        exponent = number.normalize().as_tuple().exponent if number else 0
        if isinstance(exponent, int) and -exponent > self.places:
            raise Refusal("too_many_decimals", f"has more than {self.places} decimals")
        if self.least is not None and number < self.least:
            raise Refusal("out_of_range", f"must be at least {self.least}")
        if self.most is not None and number > self.most:
            raise Refusal("out_of_range", f"must be at most {self.most}")
        return number


@dataclass(frozen=True, kw_only=True)
class Whole(Field):
    """A whole number."""

    least: int = 0
    most: int = 2**31 - 1

    def decode(self, value: Any) -> int:
        number = _number(value)
        if number != number.to_integral_value():
            raise Refusal("invalid_type", "must be a whole number")
        if not self.least <= number <= self.most:
            raise Refusal("out_of_range", f"must be between {self.least} and {self.most}")
        return int(number)


@dataclass(frozen=True, kw_only=True)
class Flag(Field):
    def decode(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise Refusal("invalid_type", "must be true or false")
        return value


@dataclass(frozen=True, kw_only=True)
class Day(Field):
    """A civil date: 2025-01-15."""

    def decode(self, value: Any) -> datetime.date:
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                return datetime.date.fromisoformat(value)
            except ValueError:
                pass
        raise Refusal("invalid_date", "must be a date such as 2025-01-15")


@dataclass(frozen=True, kw_only=True)
class Instant(Field):
    """A moment in ISO 8601; without an offset it is UTC."""

    def decode(self, value: Any) -> datetime.datetime:
        moment = parse_instant(value) if isinstance(value, str) else None
        if moment is None:
            raise Refusal("invalid_date", "must be a moment such as 2025-01-15T10:30:00Z")
        return moment


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of the wire words of a table, as our word."""

    table: EnumMap

    def decode(self, value: Any) -> str:
        ours = self.table.to_ours(value) if isinstance(value, str) else None
        if ours is None:
            raise Refusal("invalid_choice", f"must be one of: {', '.join(self.table.accepted)}")
        return ours


@dataclass(frozen=True, kw_only=True)
class CurrencyCode(Field):
    def decode(self, value: Any) -> str:
        code = value.upper() if isinstance(value, str) else ""
        if code not in CURRENCIES:
            raise Refusal("unknown_currency", "is not a currency code such as USD")
        return code


@dataclass(frozen=True, kw_only=True)
class Id(Field):
    """A prefixed id, as the UUID inside. One that cannot exist is not found, like any other."""

    prefix: str
    noun: str

    def decode(self, value: Any) -> Any:
        found = decode_id(self.prefix, value) if isinstance(value, str) else None
        if found is None:
            shown = value[:100] if isinstance(value, str) else value
            raise Refusal(UNKNOWN_REFERENCE, no_such(self.noun, shown))
        return found


@dataclass(frozen=True, kw_only=True)
class ListOf(Field):
    """A list of one kind of thing, at most `most` long."""

    item: Field
    least: int = 0
    most: int = 100

    def decode(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise Refusal("invalid_type", "must be a list")
        if len(value) > self.most:
            raise Refusal("too_many_items", f"has more than {self.most} items")
        if len(value) < max(self.least, self.required):
            raise Refusal("required", "must not be empty")
        errors: list[tuple[str, str, str]] = []
        result = [_collect(self.item, item, str(i), errors) for i, item in enumerate(value)]
        errors += [
            (str(i), "required", "null is no item") for i, v in enumerate(value) if v is None
        ]
        if errors:
            raise InvalidFields(errors)
        return result


@dataclass(frozen=True, kw_only=True)
class Labels(Field):
    """A flat object of texts for the caller's own use: at most 50 keys."""

    def decode(self, value: Any) -> dict[str, str]:
        if not isinstance(value, dict) or len(value) > 50:
            raise Refusal("invalid_type", "must be an object with at most 50 keys")
        for key, text in value.items():
            if len(key) > 40 or not isinstance(text, str) or len(text) > 500:
                raise Refusal(
                    "invalid_type", "must hold texts of up to 500 under keys of up to 40 characters"
                )
        return value


@dataclass(frozen=True, kw_only=True)
class Object(Field):
    """Named fields. Others are refused, and those the server computes with their own sentence."""

    fields: Mapping[str, Field]
    computed: frozenset[str] = frozenset()
    ignore_unknown: bool = False

    @functools.cached_property
    def needed(self) -> list[str]:
        """The wire names that must be sent."""
        return [wire for wire, each in self.fields.items() if each.required]

    def optional(self) -> "Object":
        """The same fields with none of them required: what a partial update takes."""
        relaxed = {wire: replace(each, required=False) for wire, each in self.fields.items()}
        return replace(self, fields=relaxed)

    def decode_body(self, body: dict[str, Any]) -> dict[str, Any]:
        """The whole body. Raises InvalidFields."""
        return self.decode(body)

    def decode(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Refusal("invalid_type", "must be an object")
        errors: list[tuple[str, str, str]] = []
        result: dict[str, Any] = {}
        for wire, sent in value.items():
            spec = self.fields.get(wire)
            if spec is None:
                self._refuse_unknown(wire, errors)
                continue
            decoded = _collect(spec, sent, wire, errors)
            if decoded is not ABSENT:
                result[spec.name or wire] = decoded
        for wire in self.needed:
            if value.get(wire) is None:
                errors.append((wire, "required", f"{wire} is required"))
        if errors:
            raise InvalidFields(errors)
        return result

    def _refuse_unknown(self, wire: str, errors: list[tuple[str, str, str]]) -> None:
        shown = wire[:100]
        if wire in self.computed:
            errors.append((shown, "unknown_parameter", f"{shown} is set by the server"))
        elif not self.ignore_unknown:
            errors.append((shown, "unknown_parameter", f"'{shown}' is not a known parameter"))


def parse_instant(text: str) -> datetime.datetime | None:
    """The moment an ISO 8601 text spells, in UTC, or None."""
    if len(text) > 40 or not _DAY.match(text):
        return None
    try:
        moment = datetime.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return moment.replace(tzinfo=datetime.UTC)
        return moment.astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        return None


def _collect(spec: Field, sent: Any, where: str, errors: list[tuple[str, str, str]]) -> Any:
    if sent is None:
        return spec.null
    try:
        return spec.decode(sent)
    except Refusal as refusal:
        sentence = refusal.message
        # Rules say "must be …"; the sentence needs its subject.
        if sentence[:1].islower():
            sentence = f"{where.replace('.', ' ')} {sentence}"
        errors.append((where, refusal.code, sentence))
    except InvalidFields as nested:
        errors.extend((f"{where}.{param}", code, text) for param, code, text in nested.errors)
    return ABSENT


def _number(value: Any) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        try:
            return Decimal(value)
        except InvalidOperation:
            pass
    raise Refusal("invalid_number", "must be a number")
