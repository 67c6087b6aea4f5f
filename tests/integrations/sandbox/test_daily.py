"""Sandboxes are emptied at night: once, only where something happened, never under a set clock."""

import datetime
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Invoice
from core.models import Event
from integrations import tasks
from integrations.sandbox.clock import set_clock
from integrations.sandbox.daily import reset_due
from tests.builders import issued_invoice
from tests.instants import AT

pytestmark = pytest.mark.django_db
_MIDNIGHT = AT.replace(hour=0, minute=0, second=0, microsecond=0) + datetime.timedelta(days=1)
_NIGHT = _MIDNIGHT + datetime.timedelta(minutes=37)
_DAY = datetime.timedelta(days=1)


def _invoices(organization: Organization) -> int:
    return Invoice.objects.of(organization.pk).count()


def test_the_night_empties_what_was_used(
    actor: Actor, acme: Organization, sandbox_actor: Actor, sandbox: Organization
) -> None:
    issued_invoice(actor)
    issued_invoice(sandbox_actor)
    assert reset_due(_NIGHT) == 1
    assert (_invoices(sandbox), _invoices(acme)) == (0, 1)


def test_what_is_made_after_midnight_lives_until_the_next(
    sandbox_actor: Actor, sandbox: Organization
) -> None:
    issued_invoice(sandbox_actor, at=_MIDNIGHT + datetime.timedelta(minutes=5))
    resets = Event.objects.filter(organization_id=sandbox.pk, type="sandbox.reset")
    # Whoever set the sandbox up did so the day before.
    first = reset_due(_NIGHT)
    issued_invoice(sandbox_actor, at=_NIGHT + datetime.timedelta(minutes=5))
    assert reset_due(_NIGHT + datetime.timedelta(hours=1)) == 0
    assert _invoices(sandbox) == 1
    assert reset_due(_NIGHT + _DAY) == 1
    assert reset_due(_NIGHT + 2 * _DAY) == 0
    assert resets.count() == first + 1


@pytest.mark.parametrize("hour", [5, 12, 23])
def test_by_day_nothing_is_emptied(sandbox_actor: Actor, sandbox: Organization, hour: int) -> None:
    issued_invoice(sandbox_actor)
    assert reset_due(_NIGHT.replace(hour=hour)) == 0
    assert _invoices(sandbox) == 1


def test_a_sandbox_with_a_clock_is_left_alone(sandbox_actor: Actor, sandbox: Organization) -> None:
    issued_invoice(sandbox_actor)
    set_clock(actor=sandbox_actor, to=AT)
    assert reset_due(_NIGHT) == 0
    assert _invoices(sandbox) == 1


@pytest.mark.parametrize(("wanted", "left"), [(True, 0), (False, 1)])
def test_an_installation_may_keep_its_sandboxes(
    sandbox_actor: Actor,
    sandbox: Organization,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    wanted: bool,
    left: int,
) -> None:
    issued_invoice(sandbox_actor)
    settings.SANDBOX_RESET_DAILY = wanted
    monkeypatch.setattr(tasks.timezone, "now", lambda: _NIGHT)
    tasks.reset_sandboxes()
    assert _invoices(sandbox) == left
