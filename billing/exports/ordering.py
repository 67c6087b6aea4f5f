"""Asking for all data, and fetching the file: owners only, and both are on record."""

import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Organization, Role
from billing.models import Export
from billing.queries.lookup import Ref, find
from core import events
from core.errors import Forbidden, NotFound


@transaction.atomic
def order_export(
    *, actor: Actor, at: datetime.datetime, with_pdfs: bool, with_attachments: bool
) -> Export:
    """A file of everything. While one is being made, that one. Raises Forbidden."""
    require_owner(actor)
    # Two who ask at once wait for each other: the second finds what the first has asked for.
    Organization.objects.select_for_update().get(pk=actor.organization_id)
    rows = Export.objects.of(actor.organization_id)
    under_way = rows.filter(next_attempt_at__isnull=False).first()
    if under_way is not None:
        return under_way
    export = Export(
        organization_id=actor.organization_id,
        with_pdfs=with_pdfs,
        with_attachments=with_attachments,
        user_id=actor.user_id,
        requested_by=actor.label[:200],
        next_attempt_at=at,
        created_at=at,
        updated_at=at,
    )
    export.save(force_insert=True)
    _tell("export.requested", export, actor, at, sequence=1)
    return export


@transaction.atomic
def note_download(*, actor: Actor, at: datetime.datetime, export_id: Ref) -> Export:
    """Put on record who takes the file. Raises Forbidden, and NotFound without a file."""
    require_owner(actor)
    rows = Export.objects.of(actor.organization_id).select_for_update()
    export = find(rows, export_id, "export")
    if not export.storage_name:
        raise NotFound(noun="export", id=export_id)
    _tell("export.downloaded", export, actor, at)
    return export


def list_exports(actor: Actor) -> QuerySet[Export]:
    """Newest first. Raises Forbidden."""
    require_owner(actor)
    return Export.objects.of(actor.organization_id).order_by("-id")


def get_export(actor: Actor, reference: Ref) -> Export:
    """By id or UUID. Raises Forbidden, NotFound."""
    return find(list_exports(actor), reference, "export")


def require_owner(actor: Actor) -> None:
    """Raise Forbidden unless an owner asks in person, or the installation itself."""
    is_owner = actor.kind == "user" and actor.role == Role.OWNER
    if not is_owner and actor.kind != "system":
        raise Forbidden(needed="owner")


def _tell(
    event: str,
    export: Export,
    actor: Actor,
    at: datetime.datetime,
    sequence: int | None = None,
) -> None:
    data = {
        "id": str(export.uuid),
        "with_pdfs": export.with_pdfs,
        "with_attachments": export.with_attachments,
        "requested_by": export.requested_by,
        "sha256": export.sha256,
    }
    events.emit(event, subject=export, data=data, actor=actor, at=at, sequence=sequence)
