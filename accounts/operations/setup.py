"""How far an organization's first set-up has come, as far as nothing else tells.

A reminder for its own people, like a list that somebody keeps: not part of the record, so
it tells no event.
"""

import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Organization
from accounts.operations.organizations import SandboxFollowsLive
from core.errors import InvalidValue, NotFound

STEPS = ("organization", "taxes", "payment", "look", "invoice")
DONE, SKIPPED = "done", "skipped"


@transaction.atomic
def note_setup_step(*, actor: Actor, step: str, outcome: str) -> Organization:
    """Remember that a step was done or skipped; done stays done.

    Raises Forbidden, SandboxFollowsLive, InvalidValue.
    """
    if step not in STEPS or outcome not in (DONE, SKIPPED):
        raise InvalidValue("This is no step of the set-up.", param="step")
    organization = _locked(actor)
    if organization.setup_steps.get(step) not in (DONE, outcome):
        organization.setup_steps = {**organization.setup_steps, step: outcome}
        organization.save(update_fields=["setup_steps"])
    return organization


@transaction.atomic
def end_setup(*, actor: Actor, at: datetime.datetime) -> Organization:
    """Nobody is led through the set-up any more. Raises Forbidden, SandboxFollowsLive."""
    organization = _locked(actor)
    if organization.setup_ended_at is None:
        organization.setup_ended_at = at
        organization.save(update_fields=["setup_ended_at"])
    return organization


def _locked(actor: Actor) -> Organization:
    actor.require("settings:write")
    if not actor.livemode:
        raise SandboxFollowsLive()
    rows = Organization.objects.select_for_update()
    organization = rows.filter(pk=actor.organization_id).first()
    if organization is None:
        raise NotFound(noun="organization", id=actor.organization_id)
    return organization
