"""What every view of /api/integrations shares: ids, pages by number, and the wall it opens."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from core import tenancy
from core.errors import NotFound
from core.models import as_uuid
from integrations.dialects.base.authentication import Caller
from integrations.dialects.base.numbered import read_numbered
from integrations.dialects.base.views import DialectView, UnknownRouteView
from integrations.dialects.directory.bodies import DEFAULT_PER_PAGE
from integrations.dialects.directory.dialect import DIRECTORY

_READING = ("GET", "HEAD")
_ID_LENGTH = 36


class DirectoryView(DialectView):
    """A view of /api/integrations."""

    dialect = DIRECTORY

    def narrow(self, request: HttpRequest, caller: Caller) -> None:
        """Writing may concern an organization that the caller looks after, and puts an event
        there: the database's wall is down for it, and accounts.queries.directory alone says
        what is in view. Reading needs no row behind the wall, so there it stays up.
        """
        if request.method in _READING:
            super().narrow(request, caller)
        else:
            tenancy.widen()

    @property
    def who(self) -> dict[str, Any]:
        """The first arguments of every operation."""
        return {"actor": self.actor, "at": self.at}

    def path_uuid(self, noun: str, text: str) -> uuid.UUID:
        """The id in a path. One that cannot exist answers like an unknown one."""
        found = as_uuid(text) if len(text) == _ID_LENGTH else None
        if found is None:
            raise NotFound(noun=noun, id=text)
        return found

    def page(
        self,
        rows: QuerySet[Any],
        query: dict[str, Any],
        present: Callable[[Any], dict[str, Any]],
    ) -> HttpResponse:
        found = read_numbered(rows, query, DEFAULT_PER_PAGE)
        return self.answer(
            {
                "data": [present(row) for row in found.rows],
                "meta": {
                    "total": found.total,
                    "per_page": found.limit,
                    "current_page": found.page,
                    "last_page": found.last_page,
                    # Numbers, always: the document's own client types them so.
                    "from": found.first_row or 0,
                    "to": found.last_row or 0,
                },
            }
        )


class UnknownDirectoryRoute(UnknownRouteView):
    dialect = DIRECTORY
    scopes: ClassVar[Mapping[str, tuple[str, ...]]] = {}
