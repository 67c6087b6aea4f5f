"""What every view of /v1 shares."""

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse

from billing.queries.organizations import today
from billing.queries.search import matching
from integrations.dialects.base.endpoint import Endpoint
from integrations.dialects.base.fields import Id, Text, Whole
from integrations.dialects.base.pagination import (
    MAX_LIMIT,
    Page,
    PageRequest,
    SortKey,
    read_instant,
    read_page,
)
from integrations.dialects.base.query import Query
from integrations.dialects.base.selection import (
    EXPAND,
    FIELDS,
    MAX_DEPTH,
    Paths,
    Scene,
    Selection,
    kind_of,
    row_of,
)
from integrations.dialects.base.shapes import Shape
from integrations.dialects.base.views import DialectView, UnknownRouteView
from integrations.dialects.enterprise.dialect import ENTERPRISE
from integrations.dialects.enterprise.expansions import EXPANSIONS
from integrations.dialects.enterprise.ids import PREFIXES
from integrations.dialects.enterprise.searches import SEARCHES, SearchFields, SearchText

BY_CREATION = {"created_at": (SortKey("created_at", read_instant),)}
BY_UPDATE = {"updated_at": (SortKey("updated_at", read_instant),)}


class EnterpriseView(DialectView):
    """A view of /v1.

    Every answer that has a shape takes `fields`, and `expand` where its objects refer to
    others: see base.selection. A view need not know.
    """

    dialect = ENTERPRISE
    _selection: Selection | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "endpoints" in cls.__dict__:
            cls.endpoints = {method: _selective(each) for method, each in cls.endpoints.items()}
        super().__init_subclass__(**kwargs)

    @property
    def today(self) -> datetime.date:
        """The organization's civil date."""
        return today(self.organization, self.at)

    def query(self, spec: Query | None = None) -> dict[str, Any]:
        """The query parameters, without those that choose what is shown: answer() heeds them.

        Raises InvalidParameter, UnknownParameter, Forbidden.
        """
        found = super().query(spec)
        chosen, expanded = found.pop(FIELDS, None), found.pop(EXPAND, None)
        if chosen is not None or expanded is not None:
            self._selection = Selection(EXPANSIONS, chosen, expanded or {})
            self._selection.check(self.actor, self.endpoint.answer)
        return found

    def answer(self, content: Any, status: int = 200, *, location: str = "") -> HttpResponse:
        """A JSON answer. Objects whose shape has livemode say whether they are live."""
        if isinstance(content, dict) and self._has_livemode():
            live = {"livemode": self.organization.livemode}
            if content.get("object") == "list":
                content = {**content, "data": [{**row, **live} for row in content["data"]]}
            else:
                content = {**content, **live}
        if self._selection is not None:
            scene = Scene(actor=self.actor, today=self.today)
            content = self._selection.apply(scene, content, kind_of(self.endpoint.answer))
        return super().answer(content, status, location=location)

    def _has_livemode(self) -> bool:
        shape: Any = row_of(self.endpoint.answer)
        return isinstance(shape, Shape) and "livemode" in shape.fields

    def _takes_no_query(self) -> bool:
        # Where there are filters, the method itself decodes the query.
        return not self.endpoint.query.parameters.keys() - {FIELDS, EXPAND}

    def uuid_of(self, noun: str, text: str) -> uuid.UUID:
        """The UUID in a path's id. Raises NotFound."""
        return self.path_id(PREFIXES[noun], noun, text)

    def list_answer(
        self,
        rows: QuerySet[Any],
        page: PageRequest,
        present: Callable[[Any], dict[str, Any]],
        *,
        sorts: Mapping[str, Sequence[SortKey]] = BY_CREATION,
        columns: Sequence[str] = (),
        prepare: Callable[[list[Any]], None] | None = None,
    ) -> HttpResponse:
        """A page in the document's list envelope. `prepare` may load more for its rows.

        Narrows the rows to what the page's search finds.
        """
        rows = self._searched(rows, page)
        found = read_page(rows, page, sorts=sorts, default_sort="-created_at", columns=columns)
        if prepare is not None:
            prepare(found.rows)
        return self.page_answer(found, present)

    def _searched(self, rows: QuerySet[Any], page: PageRequest) -> QuerySet[Any]:
        spec = self.endpoint.query.parameters.get("search")
        if not page.search or not isinstance(spec, SearchText):
            return rows
        return matching(
            rows,
            spec.search.searchable,
            self.actor.organization_id,
            page.search,
            page.search_fields,
        )

    def page_answer(self, page: Page, present: Callable[[Any], dict[str, Any]]) -> HttpResponse:
        """A page that is read already, in the document's list envelope."""
        return self.answer(
            {
                "object": "list",
                "data": [present(row) for row in page.rows],
                "has_more": page.has_more,
                "next_cursor": page.next_cursor,
                "total_count": page.total_count,
            }
        )


class UnknownEnterpriseRoute(UnknownRouteView):
    dialect = ENTERPRISE
    scopes: ClassVar[Mapping[str, tuple[str, ...]]] = {}


def list_query(noun: str, **filters: Any) -> Query:
    """The parameters of a list: paging, order, these filters, and a search if the noun has one."""
    anchor = Id(prefix=PREFIXES[noun], noun=noun)
    search = SEARCHES.get(noun)
    return Query(
        {
            "limit": Whole(least=1, most=MAX_LIMIT),
            "cursor": Text(most=1000),
            "starting_after": anchor,
            "ending_before": anchor,
            "sort": Text(most=200),
            **(
                {"search": SearchText(search=search), "search_fields": SearchFields(search=search)}
                if search
                else {}
            ),
            **filters,
        }
    )


def _selective(endpoint: Endpoint) -> Endpoint:
    """The same endpoint, whose answer the caller may thin out and fill up."""
    if not isinstance(endpoint.answer, Shape):
        return endpoint
    parameters = dict(endpoint.query.parameters)
    parameters[FIELDS] = Paths(
        description="Only these fields of the object, or of the rows of a list, separated by"
        " commas; a part of one is `customer.name`."
    )
    expandable = EXPANSIONS.get(kind_of(endpoint.answer))
    if expandable:
        names = ", ".join(f"`{name}`" for name in expandable)
        parameters[EXPAND] = Paths(
            depth=MAX_DEPTH,
            includes_parts=False,
            description=f"What to show in full: {names}, and what these can be expanded by, such"
            f" as `payments.customer`; up to {MAX_DEPTH} levels. Needs the scopes to read them.",
        )
    return replace(endpoint, query=Query(parameters))
