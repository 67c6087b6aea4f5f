"""The prefixes of /v1 ids, by noun."""

import uuid
from typing import Any

from core.ids import encode_id
from core.models import as_uuid
from integrations.dialects.base.fields import Id

PREFIXES = {
    "invoice": "inv",
    "customer": "cus",
    "product": "prod",
    "tax profile": "tax",
    "payment": "pay",
    "refund": "ref",
    "line": "li",
    "webhook": "wh",
    "event": "evt",
    # A delivery has the id of the event it carries.
    "delivery": "evt",
    "API key": "ak",
    "attachment": "att",
    "contact": "con",
    "address": "adr",
    "organization": "acct",
    "bank account": "ba",
    "message": "msg",
    "credit note": "cn",
    "recurring invoice": "rec",
    "recurring run": "rrun",
    "reminder": "rem",
    "late fee": "fee",
    "scheduled send": "ssnd",
    "dispute": "dsp",
    "quote": "quo",
    "payment link": "plink",
}


def wire_id(noun: str, value: uuid.UUID | str) -> str:
    """`inv_…` for an invoice's UUID, given as such or as text."""
    return encode_id(PREFIXES[noun], value if isinstance(value, uuid.UUID) else uuid.UUID(value))


def shown_id(noun: str, value: Any) -> str:
    """The id as the caller would spell it, whatever an operation was given."""
    found = as_uuid(value)
    return wire_id(noun, found) if found and noun in PREFIXES else str(value)


def id_field(noun: str, *, name: str = "", required: bool = False, null: Any = None) -> Id:
    """A reference to a row in a body. A null takes an optional reference away."""
    return Id(prefix=PREFIXES[noun], noun=noun, name=name, required=required, null=null)
