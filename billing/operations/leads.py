"""People who may become customers, and the moment they do."""

import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing.lifecycle import LEAD
from billing.models import Lead
from billing.operations.customers import create_customer
from billing.operations.fields import cleaned
from billing.queries.lookup import Ref, find
from billing.snapshots import changed
from core.errors import InvalidValue
from core.events import emit

EDITABLE = frozenset({"first_name", "last_name", "email", "company", "phone", "source", "notes"})


@transaction.atomic
def create_lead(*, actor: Actor, at: datetime.datetime, **fields: Any) -> Lead:
    """A new lead; a name, a company or an address is needed. Raises Forbidden, InvalidValue."""
    actor.require("customers:write")
    lead = Lead(
        organization_id=actor.organization_id,
        created_at=at,
        updated_at=at,
        **cleaned(Lead, fields, EDITABLE),
    )
    _require_name(lead)
    lead.save(force_insert=True)
    emit("lead.created", subject=lead, data=lead_snapshot(lead), actor=actor, at=at, sequence=1)
    return lead


@transaction.atomic
def update_lead(
    *, actor: Actor, at: datetime.datetime, lead_id: Ref, status: str | None = None, **fields: Any
) -> Lead:
    """Change a lead, or where it stands; converting is convert_lead's.

    Raises Forbidden, NotFound, InvalidValue, TransitionRefused.
    """
    actor.require("customers:write")
    lead = _locked(actor, lead_id)
    before = lead_snapshot(lead)
    for name, value in cleaned(Lead, fields, EDITABLE).items():
        setattr(lead, name, value)
    _require_name(lead)
    if status is not None and status != lead.status:
        lead.status = LEAD.next(lead.status, f"to_{status}")
    previous = changed(before, lead_snapshot(lead))
    if previous:
        lead.updated_at = at
        lead.save()
        after = lead_snapshot(lead)
        emit("lead.updated", subject=lead, data=after, previous=previous, actor=actor, at=at)
    return lead


@transaction.atomic
def convert_lead(*, actor: Actor, at: datetime.datetime, lead_id: Ref) -> Lead:
    """Make a customer of a lead; `lead.customer` is the new one.

    Raises Forbidden, NotFound, TransitionRefused when it is converted already.
    """
    actor.require("customers:write")
    lead = _locked(actor, lead_id)
    before = lead_snapshot(lead)
    lead.status = LEAD.next(lead.status, "convert")
    lead.customer = create_customer(
        actor=actor,
        at=at,
        name=lead.name,
        legal_name=lead.company,
        first_name=lead.first_name,
        last_name=lead.last_name,
        email=lead.email,
        phone=lead.phone,
        notes=lead.notes,
    )
    lead.updated_at = at
    lead.save()
    after = lead_snapshot(lead)
    emit(
        "lead.converted",
        subject=lead,
        data=after,
        previous=changed(before, after),
        actor=actor,
        at=at,
    )
    return lead


@transaction.atomic
def delete_lead(*, actor: Actor, at: datetime.datetime, lead_id: Ref) -> None:
    """Remove a lead; a customer made of it stays. Raises Forbidden, NotFound."""
    actor.require("customers:write")
    lead = _locked(actor, lead_id)
    emit("lead.deleted", subject=lead, data=lead_snapshot(lead), actor=actor, at=at)
    lead.delete()


def lead_snapshot(lead: Lead) -> dict[str, Any]:
    return {
        "object": "lead",
        "id": lead.pk,
        "uuid": str(lead.uuid),
        **{name: getattr(lead, name) for name in sorted(EDITABLE)},
        "status": lead.status,
        "customer": lead.customer and {"id": lead.customer.pk, "name": lead.customer.name},
        "created_at": lead.created_at,
        "updated_at": lead.updated_at,
    }


def _require_name(lead: Lead) -> None:
    if not lead.name:
        raise InvalidValue("A lead needs a name, a company or an e-mail.", param="first_name")


def _locked(actor: Actor, reference: Ref) -> Lead:
    rows = Lead.objects.of(actor.organization_id).select_for_update(of=("self",))
    return find(rows.select_related("customer"), reference, "lead")
