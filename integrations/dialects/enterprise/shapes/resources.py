"""What every object of /v1 has in common."""

from collections.abc import Mapping

from integrations.dialects.base.shapes import Node, Shape, Value, choice, flag, identifier, moment
from integrations.dialects.enterprise.ids import PREFIXES

LIVEMODE = flag("False for objects of the sandbox.")
CREATED: Mapping[str, Node] = {"created_at": moment()}
TIMES: Mapping[str, Node] = {"created_at": moment(), "updated_at": moment()}


def resource(
    name: str,
    noun: str,
    word: str,
    fields: Mapping[str, Node],
    *,
    optional: frozenset[str] = frozenset(),
    description: str = "",
) -> Shape:
    """An object with an id, its kind in `object`, and livemode.

    livemode stands on the object that was asked for and on the rows of a list, not on
    the objects inside them.
    """
    return Shape(
        name=name,
        fields={
            "id": identifier(PREFIXES[noun]),
            "object": choice(word),
            "livemode": LIVEMODE,
            **fields,
        },
        optional=optional | {"livemode"},
        description=description,
    )


def reference(noun: str, description: str = "") -> Value:
    """The id of another object."""
    return identifier(PREFIXES[noun], description)
