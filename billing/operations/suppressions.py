"""Leaving an address alone, and taking that back."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from billing.models import MailSuppression
from billing.queries.lookup import Ref, find
from core.errors import DomainError, Kind
from core.events import emit


class SuppressionLifted(DomainError):
    kind, code = Kind.CONFLICT, "suppression_lifted"
    message = "Mail to {address} is not suppressed any more."


@transaction.atomic
def suppress_address(
    *, actor: Actor, at: datetime.datetime, address: str, reason: str, detail: str = ""
) -> MailSuppression:
    """Keep reminders and, by reason, other automatic mail from the address.

    `reason` is a MailSuppression.Reason; a reason in force already changes nothing. Needs no
    scope: mail servers and the recipients themselves bring it about.
    """
    address = address.lower()
    rows = MailSuppression.objects.of(actor.organization_id).filter(
        address=address, reason=reason, lifted_at__isnull=True
    )
    known = rows.first()
    if known is not None:
        return known
    made = MailSuppression(
        organization_id=actor.organization_id,
        address=address,
        reason=MailSuppression.Reason(reason),
        detail=detail[:500],
        created_at=at,
        updated_at=at,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        return rows.get()  # another worker was quicker
    emit(
        "mail_suppression.created",
        subject=made,
        data=suppression_snapshot(made),
        actor=actor,
        at=at,
        sequence=1,
    )
    return made


@transaction.atomic
def lift_suppression(
    *, actor: Actor, at: datetime.datetime, suppression_id: Ref
) -> MailSuppression:
    """Mail the address again as if nothing had been. Raises Forbidden, NotFound,
    SuppressionLifted.
    """
    actor.require("customers:write")
    rows = MailSuppression.objects.of(actor.organization_id).select_for_update()
    found = find(rows, suppression_id, "suppression")
    if found.lifted_at is not None:
        raise SuppressionLifted(address=found.address)
    found.lifted_at = found.updated_at = at
    found.lifted_by = actor.label[:200]
    found.save(update_fields=["lifted_at", "lifted_by", "updated_at"])
    emit(
        "mail_suppression.lifted",
        subject=found,
        data=suppression_snapshot(found),
        actor=actor,
        at=at,
    )
    return found


def suppression_snapshot(suppression: MailSuppression) -> dict[str, Any]:
    """What the activity log tells of it."""
    return {
        "object": "mail_suppression",
        "uuid": str(suppression.uuid),
        "address": suppression.address,
        "reason": suppression.reason,
        "detail": suppression.detail,
        "created_at": suppression.created_at,
        "lifted_at": suppression.lifted_at,
        "lifted_by": suppression.lifted_by,
    }
