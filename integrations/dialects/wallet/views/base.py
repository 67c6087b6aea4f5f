"""What every view of /api/v0 shares: bare answers, ids, and pages by skip and take."""

import datetime
import functools
import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse

from accounts.models import App
from accounts.queries.apps import app_of_key
from billing.queries.organizations import today
from core.errors import NotFound
from integrations.dialects.base.endpoint import Endpoint
from integrations.dialects.base.fields import Object
from integrations.dialects.base.shapes import Many, Shape
from integrations.dialects.base.views import DialectView, UnknownRouteView
from integrations.dialects.wallet.bodies import DEFAULT_TAKE, listed
from integrations.dialects.wallet.dialect import WALLET
from integrations.dialects.wallet.ids import read_id
from integrations.dialects.wallet.shapes import DONE


class WalletView(DialectView):
    """A view of /api/v0."""

    dialect = WALLET

    @functools.cached_property
    def app(self) -> App:
        """The application whose key pair the request came with."""
        return app_of_key(self.actor.organization_id, self.actor.credential_id or 0)

    @property
    def today(self) -> datetime.date:
        """The organization's civil date."""
        return today(self.organization, self.at)

    @property
    def who(self) -> dict[str, Any]:
        """The first arguments of every operation."""
        return {"actor": self.actor, "at": self.at}

    def path_uuid(self, noun: str, text: str) -> uuid.UUID:
        """The id in a path. One that cannot exist answers like an unknown one."""
        found = read_id(text)
        if found is None:
            raise NotFound(noun=noun, id=text)
        return found

    def done(self, message: str) -> HttpResponse:
        return self.answer({"message": message})

    def slice(self, rows: QuerySet[Any], query: dict[str, Any]) -> tuple[list[Any], int]:
        """The rows asked for, and how many there are; `skip` and `take` leave the query."""
        skip, take = query.pop("skip", 0), query.pop("take", DEFAULT_TAKE)
        total = rows.count()
        return (list(rows[skip : skip + take]) if skip < total else []), total

    def listed(self, shown: list[dict[str, Any]], total: int) -> HttpResponse:
        """A bare list; how many rows there are stands in a header."""
        response = self.answer(shown)
        response.headers["X-Total-Count"] = str(total)
        return response


class UnknownWalletRoute(UnknownRouteView):
    dialect = WALLET
    scopes: ClassVar[Mapping[str, tuple[str, ...]]] = {}


def listing(plural: str, scope: str, shape: Shape, **filters: Any) -> Endpoint:
    """GET of a bare list."""
    return Endpoint(
        summary=f"List {plural}",
        scopes=(scope,),
        query=listed(**filters),
        answer=Many(shape),
        description="The header `X-Total-Count` says how many there are in all.",
    )


def creating(noun: str, scope: str, body: Object, shape: Shape, **more: Any) -> Endpoint:
    """POST of a new row."""
    return Endpoint(
        summary=f"Create {noun}", scopes=(scope,), body=body, answer=shape, status=201, **more
    )


def reading(noun: str, scope: str, shape: Shape) -> Endpoint:
    return Endpoint(summary=f"Get {noun}", scopes=(scope,), answer=shape)


def changing(noun: str, scope: str, body: Object, shape: Shape, **more: Any) -> Endpoint:
    """PUT or PATCH: what is not sent stays."""
    more.setdefault("description", "What is not sent stays.")
    return Endpoint(summary=f"Update {noun}", scopes=(scope,), body=body, answer=shape, **more)


def deleting(noun: str, scope: str, **more: Any) -> Endpoint:
    return Endpoint(summary=f"Delete {noun}", scopes=(scope,), answer=DONE, **more)
