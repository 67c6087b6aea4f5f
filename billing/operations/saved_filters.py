"""Keeping a list as somebody likes to see it, for themselves or for everybody."""

import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import transaction

from accounts.actors import Actor
from billing.models import SavedFilter
from billing.operations.fields import clean_line
from billing.queries.lookup import Ref, find
from core.errors import DomainError, InvalidValue, Kind

PAGES = frozenset(
    [
        "invoices",
        "customers",
        "products",
        "quotes",
        "payments",
        "transactions",
        "tickets",
        "leads",
        "recurring",
    ]
)
KEPT = ("status", "q", "sort")
MOST = 50


class TooManyFilters(DomainError):
    kind, code = Kind.CONFLICT, "too_many_saved_filters"
    message = "You keep {most} lists of this page already: delete one first."


@transaction.atomic
def save_filter(
    *,
    actor: Actor,
    at: datetime.datetime,
    page: str,
    name: str,
    query: str,
    is_shared: bool = False,
) -> SavedFilter:
    """Keep the query under that name; the person's list of the same name is replaced.

    What is shared is offered to everybody in the organization. Raises Forbidden,
    InvalidValue, TooManyFilters.
    """
    if actor.user_id is None or page not in PAGES:
        raise InvalidValue("This list cannot be kept.", param="page")
    if is_shared:
        actor.require("invoices:write")
    name = clean_line(name, param="name", max_length=60)
    if not name:
        raise InvalidValue("Give it a name.", param="name")
    kept = urlencode([(key, value) for key, value in parse_qsl(query[:2000]) if key in KEPT])
    if len(kept) > 1000:
        raise InvalidValue("This is too long to keep.", param="query")
    own = SavedFilter.objects.of(actor.organization_id).filter(owner_id=actor.user_id, page=page)
    if own.exclude(name=name).count() >= MOST:
        raise TooManyFilters(most=MOST)
    saved, _ = SavedFilter.objects.update_or_create(
        organization_id=actor.organization_id,
        owner_id=actor.user_id,
        page=page,
        name=name,
        defaults={"query": kept, "is_shared": is_shared, "updated_at": at},
        create_defaults={
            "query": kept,
            "is_shared": is_shared,
            "created_at": at,
            "updated_at": at,
        },
    )
    return saved


@transaction.atomic
def delete_filter(*, actor: Actor, at: datetime.datetime, filter_id: Ref) -> SavedFilter:
    """Forget one's own list; that of a colleague looks like none. Raises NotFound."""
    rows = SavedFilter.objects.of(actor.organization_id).filter(owner_id=actor.user_id)
    saved = find(rows.select_for_update(), filter_id, "saved list")
    saved.delete()
    return saved
