"""`id__in` and `<foreign key>__in` with many ids: one array on PostgreSQL, not a place for each.

Five hundred places took longer to spell in Python than the rows took to find. The planner
sees the same condition either way.
"""

from typing import Any

from django.db.models import BigAutoField, ForeignKey
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In

# Fewer are spelled as quickly one by one.
_MANY = 10
_LARGEST = 2**63


class _ManyIds:
    """Mixed into an `in` lookup: its list of ids stays a list, if it is nothing but ids."""

    rhs: Any
    _ids: str | None = None

    def get_prep_lookup(self) -> Any:
        ids = self.rhs
        if (
            isinstance(ids, list | tuple | set | frozenset)
            and len(ids) >= _MANY
            and all(type(each) is int and -_LARGEST <= each < _LARGEST for each in ids)
        ):
            self._ids = f"{{{','.join(map(str, ids))}}}"
            return list(ids)
        return super().get_prep_lookup()  # type: ignore[misc]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        if self._ids is None:
            return self.as_sql(compiler, connection)  # type: ignore[attr-defined]
        lhs, params = self.process_lhs(compiler, connection)  # type: ignore[attr-defined]
        return f"{lhs} = ANY(%s::bigint[])", (*params, self._ids)


class IdIn(_ManyIds, In):
    """Of a primary key."""


class ReferenceIn(_ManyIds, RelatedIn):
    """Of a foreign key."""


def register() -> None:
    """Once, when the app is ready."""
    BigAutoField.register_lookup(IdIn)
    ForeignKey.register_lookup(ReferenceIn)
