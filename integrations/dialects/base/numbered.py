"""Pages by number, for dialects whose documents promise a last page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from integrations.dialects.base.fields import Field, Whole

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
# Nobody leafs this far; beyond it the database would skip rows for seconds.
MAX_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class NumberedPage:
    """The rows of one page, and where it stands among all of them."""

    rows: list[Any]
    page: int
    limit: int
    total: int

    @property
    def last_page(self) -> int:
        """1 also where there is nothing."""
        return max(1, -(-self.total // self.limit))

    @property
    def first_row(self) -> int | None:
        """The position of the page's first row, from 1; None on an empty page."""
        return (self.page - 1) * self.limit + 1 if self.rows else None

    @property
    def last_row(self) -> int | None:
        return (self.page - 1) * self.limit + len(self.rows) if self.rows else None


def page_parameters(size: str, default: int = DEFAULT_LIMIT) -> dict[str, Field]:
    """`page`, and the parameter that says how many rows a page has."""
    return {
        "page": Whole(least=1, most=MAX_PAGE, description="From 1."),
        size: Whole(
            name="limit",
            least=1,
            most=MAX_LIMIT,
            description=f"Rows on a page; {default} unless given.",
        ),
    }


def read_numbered(
    rows: QuerySet[Any], query: dict[str, Any], default: int = DEFAULT_LIMIT
) -> NumberedPage:
    """The page that the query asks for; its `page` and `limit` are taken out of it.

    The rows are in a total order. A page beyond the last is empty.
    """
    page, limit = query.pop("page", 1), query.pop("limit", default)
    total = rows.count()
    start = (page - 1) * limit
    found = list(rows[start : start + limit]) if start < total else []
    return NumberedPage(found, page, limit, total)
