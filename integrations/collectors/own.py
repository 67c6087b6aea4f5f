"""What an organization collects for itself: connections of its staff, filling its own inbox.

They are connections like those of the API's users, of a user that no integrator can name. Whoever
may lay documents into the inbox may look after them; nothing of them is told to the callback.
"""

import dataclasses
import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from accounts.actors import Actor
from core.errors import NotFound
from core.models import as_uuid
from integrations.collectors import credentials
from integrations.collectors.accounts import SCOPE
from integrations.collectors.base import Source
from integrations.collectors.receiving import WRITE
from integrations.collectors.sources import SOURCES
from integrations.models import CollectorCredential, CollectorUser

State = CollectorCredential.State


def connectable() -> list[Source]:
    """The sources that can be connected, in the order of the list."""
    return [source for source in SOURCES.values() if source.description.state == "active"]


def list_own(organization_id: int) -> QuerySet[CollectorCredential]:
    """The organization's own connections, with `brought`: how many documents came."""
    rows = CollectorCredential.objects.of(organization_id).filter(user__remote_id="")
    rows = rows.defer("data_key", "sealed_params", "sealed_session", "sealed_code")
    came = Q(invoices__collected_at__isnull=False)
    return rows.annotate(brought=Count("invoices", filter=came)).order_by("pk")


def get_own(organization_id: int, identifier: Any) -> CollectorCredential:
    """Raises NotFound, also for a connection of one of the API's users."""
    found = as_uuid(identifier)
    credential = list_own(organization_id).filter(uuid=found).first() if found else None
    if credential is None:
        raise NotFound(noun="connection", id=identifier)
    return credential


def count_stopped(organization_id: int) -> int:
    """How many of them wait for somebody to act."""
    rows = CollectorCredential.objects.of(organization_id).filter(user__remote_id="")
    return rows.filter(Q(state__lt=State.SCHEDULED) | Q(state=State.CODE_WANTED)).count()


@transaction.atomic
def connect_own(
    *,
    actor: Actor,
    at: datetime.datetime,
    collector: str,
    params: dict[str, str],
    note: str = "",
    download_from: datetime.datetime | None = None,
) -> CollectorCredential:
    """Connect the organization itself, and collect at once. Raises what `connect` does."""
    keeper = _keeper(actor)
    user, _ = CollectorUser.objects.get_or_create(
        organization_id=actor.organization_id,
        remote_id="",
        # Terms are between an integrator and its users.
        defaults={"terms_accepted_at": at, "created_at": at, "updated_at": at},
    )
    return credentials.connect(
        actor=keeper,
        at=at,
        user=user,
        collector=collector,
        params=params,
        note=note,
        download_from=download_from,
    )


def repair_own(
    *, actor: Actor, at: datetime.datetime, identifier: Any, **changes: Any
) -> CollectorCredential:
    """Other parameters or another note. Raises what `repair` does."""
    found = get_own(actor.organization_id, identifier)
    return credentials.repair(actor=_keeper(actor), at=at, credential=found, **changes)


def collect_own(*, actor: Actor, at: datetime.datetime, identifier: Any) -> None:
    found = get_own(actor.organization_id, identifier)
    credentials.collect_now(actor=_keeper(actor), at=at, credential=found)


def pause_own(*, actor: Actor, at: datetime.datetime, identifier: Any) -> None:
    found = get_own(actor.organization_id, identifier)
    credentials.pause(actor=_keeper(actor), at=at, credential=found)


def answer_own(*, actor: Actor, at: datetime.datetime, identifier: Any, code: str) -> None:
    """Raises NoCollectInProgress."""
    found = get_own(actor.organization_id, identifier)
    credentials.answer_code(actor=_keeper(actor), at=at, credential=found, code=code)


def remove_own(*, actor: Actor, at: datetime.datetime, identifier: Any) -> None:
    """With what it brought, except what is in the books."""
    found = get_own(actor.organization_id, identifier)
    credentials.remove(actor=_keeper(actor), at=at, credential=found)


def _keeper(actor: Actor) -> Actor:
    """Whoever may fill the inbox, as somebody who may look after a connection of its own."""
    actor.require(WRITE)
    return dataclasses.replace(actor, scopes=actor.scopes | {SCOPE})
