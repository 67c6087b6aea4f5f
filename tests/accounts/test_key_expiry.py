"""Owners hear of an API key that ends 14 and 3 days before, and when it has: each once."""

import datetime

import pytest
from django.core import mail

from accounts.actors import Actor
from accounts.models import ApiKey, Organization
from accounts.operations.api_keys import create_api_key, revoke_api_key, rotate_api_key
from accounts.operations.key_expiry import note_expiring_keys
from core.models import Event
from integrations.work import drain
from tests.instants import AT

DAY = datetime.timedelta(days=1)
END = AT + 60 * DAY


@pytest.fixture
def key(acme: Organization) -> ApiKey:
    return made(acme, END)


def made(organization: Organization, ends: datetime.datetime) -> ApiKey:
    key, _secret = create_api_key(
        actor=None,
        at=AT,
        organization_id=organization.pk,
        name="Sync",
        scopes=["invoices:read"],
        expires_at=ends,
    )
    return key


def told() -> list[tuple[str, str]]:
    rows = Event.objects.filter(type__startswith="api_key.expir").order_by("pk")
    return [(row.type, row.occurred_at.date().isoformat()) for row in rows]


def test_at_each_stage_once(key: ApiKey) -> None:
    at = AT
    while at < END + 5 * DAY:
        note_expiring_keys(at=at)
        at += DAY / 2
    assert told() == [
        ("api_key.expiring", "2025-03-02"),
        ("api_key.expiring", "2025-03-13"),
        ("api_key.expired", "2025-03-16"),
    ]


def test_not_a_moment_before(key: ApiKey) -> None:
    assert note_expiring_keys(at=END - 14 * DAY - datetime.timedelta(seconds=1)) == 0
    assert note_expiring_keys(at=END - 14 * DAY) == 1


def test_d7_only_the_latest_after_an_outage(key: ApiKey) -> None:
    assert note_expiring_keys(at=END - DAY) == 1
    assert note_expiring_keys(at=END - DAY) == 0
    assert ApiKey.objects.get().expiry_noted_days == 3


def test_not_what_ended_long_ago(key: ApiKey) -> None:
    assert note_expiring_keys(at=END + 4 * DAY) == 0


def test_a_key_for_ten_days_is_not_announced_on_its_first(acme: Organization) -> None:
    made(acme, AT + 10 * DAY)
    assert note_expiring_keys(at=AT) == 0
    assert note_expiring_keys(at=AT + 7 * DAY) == 1


def test_not_what_was_revoked_or_replaced(actor: Actor, acme: Organization, key: ApiKey) -> None:
    other = made(acme, END)
    revoke_api_key(actor=actor, at=AT, organization_id=acme.pk, api_key_id=other.pk)
    rotate_api_key(actor=actor, at=AT, organization_id=acme.pk, api_key_id=key.pk)
    note_expiring_keys(at=END - DAY)
    ends = ApiKey.objects.filter(expiry_noted_days__isnull=False)
    assert not ends.filter(pk__in=[key.pk, other.pk]).exists()


def test_the_owners_get_mail(key: ApiKey) -> None:
    drain(END - 14 * DAY)
    [letter] = mail.outbox
    assert letter.to == ["alice@acme.test"]
    assert letter.subject == "API key ends in 14 days: Sync"
    assert (
        "It stops working on 2025-03-16 at 10:30 UTC."
        in letter.message().get_body(("plain",)).get_content()
    )  # type: ignore[union-attr]
    drain(END)
    assert mail.outbox[-1].subject == "API key has ended: Sync"
