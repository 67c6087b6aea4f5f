"""Throwing a sandbox's data away: documents, money, catalogue, messages and their events."""

import datetime

from django.apps import apps
from django.db import models, transaction

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import ReminderPolicy
from billing.operations.unlocking import unlocked_ledger
from core.errors import DomainError, Kind
from core.events import emit
from core.models import Event, EventSeal

# How the sandbox is set up stays: number formats, reminders, wallets, webhook endpoints,
# shops, templates. So do members, credentials and bank accounts, which are not billing's.
KEPT = frozenset(
    {
        "billing.NumberSeries",
        "billing.ReminderPolicy",
        "billing.ReminderStep",
        "billing.SavedFilter",
        "billing.Wallet",
        "integrations.CollectorAccount",
        "integrations.EmailTemplate",
        "integrations.ShopConnection",
        "integrations.WebhookEndpoint",
    }
)


class TestModeOnly(DomainError):
    kind, code = Kind.CONFLICT, "test_mode_only"
    message = "Only a sandbox can do that: use a test credential."
    # Not a test, whatever pytest thinks of its name.
    __test__ = False


@transaction.atomic
def reset_sandbox(*, actor: Actor, at: datetime.datetime) -> int:
    """Empty the sandbox and give it back the real time; how many rows went.

    Raises Forbidden, TestModeOnly.
    """
    actor.require("settings:write")
    organization = Organization.objects.select_for_update().get(pk=actor.organization_id)
    if organization.livemode or organization.sandbox_of_id is None:
        raise TestModeOnly()
    models_to_empty = wiped_models()
    gone = 0
    # References are checked at commit, when all of it is gone; so the order is free.
    with unlocked_ledger():
        # The policies of customers go with their customers.
        ReminderPolicy.objects.of(organization.pk).filter(customer__isnull=False).delete()
        for model in models_to_empty:
            gone += _empty(model, organization.pk)
        about = [model._meta.model_name or "" for model in models_to_empty]
        told = Event.objects.filter(organization_id=organization.pk, subject_type__in=about)
        gone += told._raw_delete(told.db)
        # What is left of the log is another one: it gets a chain of its own.
        EventSeal.objects.of(organization.pk).delete()
    organization.test_clock = None
    organization.save(update_fields=["test_clock"])
    emit(
        "sandbox.reset",
        subject=organization,
        data={"object": "sandbox", "uuid": str(organization.uuid), "rows_removed": gone},
        actor=actor,
        at=at,
    )
    return gone


def wiped_models() -> list[type[models.Model]]:
    """The tables that a reset empties of a sandbox's rows."""
    return [
        model
        for label in ("billing", "integrations")
        for model in apps.get_app_config(label).get_models()
        if model._meta.label not in KEPT
        and any(field.attname == "organization_id" for field in model._meta.concrete_fields)
    ]


def _empty(model: type[models.Model], organization_id: int) -> int:
    rows = model._base_manager.filter(organization_id=organization_id)
    return int(rows._raw_delete(rows.db))
