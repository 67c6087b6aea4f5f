"""Every table belongs to an organization, or stands on the short list with its reason."""

from django.apps import apps
from django.db import models

OURS = ("core", "accounts", "billing", "integrations")
WITHOUT_ORGANIZATION = {
    "core.WorkerHeartbeat": "about the installation",
    "core.Lease": "about the installation",
    "accounts.User": "a person may work for several organizations",
    "accounts.Organization": "it is the organization",
    "integrations.FeedCounter": "one for the installation, and it names nobody",
    "integrations.MailboxCursor": "how far the installation's bounce mailbox was read",
    "integrations.RateLimitWindow": "its key names the caller, who may be anonymous",
}
# Unique without the organization first, because the value itself is the way in.
GLOBAL_UNIQUE = {
    "id": "primary key",
    "uuid": "random, never chosen by a tenant",
    "public_token": "131 random bits",
    "digest": "hash of a random secret",
    "client_id": "142 random bits, made by us",
    "message_id": "random, made by us",
    "slug": "names the organization itself",
    "sandbox_of": "one twin each",
    "email": "people are not tenants' property",
}
# Uniques over a parent row that belongs to the organization itself.
UNIQUE_WITHIN_PARENT = {
    "event_sequence_once",
    "invoice_line_position",
    "instalment_position",
    "webhook_delivery_once",
    "recipient_once",
}


def our_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m._meta.app_label in OURS and not m._meta.auto_created]


def test_every_table_has_an_organization() -> None:
    without = {
        m._meta.label
        for m in our_models()
        if "organization_id" not in {f.attname for f in m._meta.concrete_fields}
    }
    assert without == set(WITHOUT_ORGANIZATION)


def test_unique_constraints_start_with_the_organization() -> None:
    loose = [
        f"{m._meta.label}: {c.name}"
        for m in our_models()
        for c in m._meta.constraints
        if isinstance(c, models.UniqueConstraint)
        and c.fields[0] not in ("organization", "organization_id")
        and c.name not in UNIQUE_WITHIN_PARENT
    ]
    assert loose == []


def test_globally_unique_columns_are_unguessable_or_explained() -> None:
    loose = [
        f"{m._meta.label}.{f.name}"
        for m in our_models()
        for f in m._meta.concrete_fields
        if f.unique and not f.primary_key and f.name not in GLOBAL_UNIQUE
    ]
    assert loose == []
