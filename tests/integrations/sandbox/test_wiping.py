"""Resetting a sandbox: its data goes, how it is set up stays, and the live twin is untouched."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.actors import Actor
from accounts.models import ApiKey, Organization
from billing.models import Invoice, JournalEntry, NumberCounter, ReminderPolicy
from billing.operations.reminder_policies import set_reminder_policy
from billing.operations.sending import request_send
from core.models import Event
from integrations.models import Message
from integrations.sandbox.clock import set_clock
from integrations.sandbox.wiping import TestModeOnly, reset_sandbox, wiped_models
from tests.billing.operations.test_recurring import recurring
from tests.billing.operations.test_reminders import paid
from tests.builders import draft_quote, issued_invoice
from tests.instants import AT
from tests.v1 import key_for


def _fill(actor: Actor) -> Invoice:
    invoice = issued_invoice(actor, "100.00")
    paid(actor, invoice, "40.00")
    request_send(actor=actor, at=AT, invoice_id=invoice.pk)
    draft_quote(actor)
    recurring(actor)
    return invoice


def test_everything_of_the_sandbox_goes(sandbox_actor: Actor) -> None:
    _fill(sandbox_actor)
    assert reset_sandbox(actor=sandbox_actor, at=AT) > 20
    # What a deferred constraint has against it shows here.
    connection.check_constraints()
    pk = sandbox_actor.organization_id
    left = {
        model._meta.label
        for model in wiped_models()
        if model._base_manager.filter(organization_id=pk).exists()
    }
    assert left == set()
    told = Event.objects.filter(organization_id=pk)
    assert list(told.values_list("type", flat=True)) == ["sandbox.reset"]


def test_the_live_organization_keeps_everything(actor: Actor, sandbox_actor: Actor) -> None:
    invoice = _fill(actor)
    _fill(sandbox_actor)
    events = Event.objects.filter(organization_id=actor.organization_id).count()
    reset_sandbox(actor=sandbox_actor, at=AT)
    assert Invoice.objects.of(actor.organization_id).get().pk == invoice.pk
    assert JournalEntry.objects.of(actor.organization_id).count() == 2
    assert Message.objects.of(actor.organization_id).count() == 1
    assert Event.objects.filter(organization_id=actor.organization_id).count() == events


def test_a_live_organization_is_refused(actor: Actor) -> None:
    invoice = issued_invoice(actor)
    with pytest.raises(TestModeOnly):
        reset_sandbox(actor=actor, at=AT)
    assert Invoice.objects.filter(pk=invoice.pk).exists()


def test_keys_and_reminders_stay_and_numbers_begin_anew(
    sandbox: Organization, sandbox_actor: Actor
) -> None:
    key_for(sandbox)
    set_reminder_policy(actor=sandbox_actor, at=AT, is_enabled=True)
    first = issued_invoice(sandbox_actor).number
    reset_sandbox(actor=sandbox_actor, at=AT)
    assert ApiKey.objects.of(sandbox.pk).count() == 1
    assert ReminderPolicy.objects.of(sandbox.pk).get().is_enabled
    assert not NumberCounter.objects.of(sandbox.pk).exists()
    assert issued_invoice(sandbox_actor).number == first


def test_the_clock_runs_on_the_real_time_again(sandbox_actor: Actor) -> None:
    set_clock(actor=sandbox_actor, to=AT)
    reset_sandbox(actor=sandbox_actor, at=AT)
    assert Organization.objects.get(pk=sandbox_actor.organization_id).test_clock is None


def test_the_ledger_is_sealed_again(sandbox_actor: Actor) -> None:
    reset_sandbox(actor=sandbox_actor, at=AT)
    issued_invoice(sandbox_actor)
    rows = JournalEntry.objects.of(sandbox_actor.organization_id)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows._raw_delete(rows.db)
