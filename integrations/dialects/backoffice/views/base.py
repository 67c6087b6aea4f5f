"""What every view of /api/v2 shares: the envelope, and pages by number."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse

from billing.queries.organizations import today
from integrations.dialects.backoffice import shapes
from integrations.dialects.backoffice.dialect import BACKOFFICE
from integrations.dialects.base.endpoint import Endpoint
from integrations.dialects.base.fields import Field, Object
from integrations.dialects.base.numbered import page_parameters, read_numbered
from integrations.dialects.base.query import Query
from integrations.dialects.base.shapes import Shape
from integrations.dialects.base.views import DialectView, UnknownRouteView


class BackofficeView(DialectView):
    """A view of /api/v2."""

    dialect = BACKOFFICE

    @property
    def today(self) -> datetime.date:
        """The organization's civil date."""
        return today(self.organization, self.at)

    @property
    def who(self) -> dict[str, Any]:
        """The first arguments of every operation."""
        return {"actor": self.actor, "at": self.at}

    def one(self, data: Any, status: int = 200) -> HttpResponse:
        return self.answer({"success": True, "data": data}, status)

    def done(self, message: str) -> HttpResponse:
        return self.answer({"success": True, "message": message})

    def page(
        self,
        rows: QuerySet[Any],
        query: dict[str, Any],
        present: Callable[[Any], dict[str, Any]],
    ) -> HttpResponse:
        found = read_numbered(rows, query)
        return self.answer(
            {
                "success": True,
                "data": [present(row) for row in found.rows],
                "meta": {
                    "current_page": found.page,
                    "total_pages": found.last_page,
                    "total_records": found.total,
                },
            }
        )


class UnknownBackofficeRoute(UnknownRouteView):
    dialect = BACKOFFICE
    scopes: ClassVar[Mapping[str, tuple[str, ...]]] = {}


def listing(plural: str, scope: str, shape: Shape, **filters: Field) -> Endpoint:
    """GET of a list."""
    return Endpoint(
        summary=f"List {plural}",
        scopes=(scope,),
        query=Query({**page_parameters("limit"), **filters}, ignores_unknown=True),
        answer=shapes.page_of(shape),
    )


def creating(noun: str, scope: str, body: Object, shape: Shape, **more: Any) -> Endpoint:
    """POST of a new row."""
    return Endpoint(
        summary=f"Create {noun}",
        scopes=(scope,),
        body=body,
        answer=shapes.one_of(shape),
        status=201,
        **more,
    )


def reading(noun: str, scope: str, shape: Shape) -> Endpoint:
    return Endpoint(summary=f"Get {noun}", scopes=(scope,), answer=shapes.one_of(shape))


def changing(noun: str, scope: str, body: Object, shape: Shape, **more: Any) -> Endpoint:
    """PUT: what is not sent stays."""
    return Endpoint(
        summary=f"Update {noun}",
        scopes=(scope,),
        body=body,
        answer=shapes.one_of(shape),
        description="What is not sent stays.",
        **more,
    )


def deleting(noun: str, scope: str, **more: Any) -> Endpoint:
    return Endpoint(summary=f"Delete {noun}", scopes=(scope,), answer=shapes.DONE, **more)


def taken(query: dict[str, Any]) -> dict[str, Any]:
    """What of the query is about pages, taken out of it; the rest are filters."""
    return {name: query.pop(name) for name in ("page", "limit") if name in query}
