"""Finding one row inside an organization, by either of its two ids."""

import uuid
from typing import TypeVar

from django.db.models import Model, QuerySet

from core.errors import DomainError, Kind, NotFound
from core.models import as_uuid

# The bigint of the row, or the UUID that the outside knows (as a value or as text).
Ref = int | uuid.UUID | str
T = TypeVar("T", bound=Model)


def find(rows: QuerySet[T], reference: Ref, noun: str) -> T:
    """The row with that id out of rows that are already narrowed to one organization.

    Raises NotFound; another organization's id gives exactly the answer of an unknown one.
    """
    if isinstance(reference, int) and not isinstance(reference, bool):
        found = rows.filter(pk=reference).first() if 0 < reference < 2**63 else None
    else:
        value = as_uuid(reference)
        found = rows.filter(uuid=value).first() if value else None
    if found is None:
        raise NotFound(noun=noun, id=reference)
    return found


class UnknownReference(DomainError):
    """A row that a request refers to does not exist in this organization."""

    kind, code = Kind.INVALID, "unknown_reference"
    message = "There is no {noun} '{id}'."


def refer(rows: QuerySet[T], reference: Ref, noun: str, param: str) -> T:
    """Like find, for a row that is named inside a request. Raises UnknownReference."""
    try:
        return find(rows, reference, noun)
    except NotFound:
        raise UnknownReference(noun=noun, id=reference, param=param) from None
