"""The customer's bearer: the one that the first start prints, and its replacement."""

import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import ApiKey, Organization
from accounts.operations.api_keys import create_api_key, rotate_api_key
from accounts.queries.api_keys import is_usable
from core.errors import NotFound
from integrations.collectors import people
from integrations.collectors.accounts import get_account
from integrations.models import CollectorAccount

# What /api/v1 needs: its own endpoints, and replacing the bearer itself.
SCOPES = ("settings:write", "webhooks:manage")
DIALECT = "collector"


def make_bearer(organization: Organization, at: datetime.datetime) -> tuple[ApiKey, str]:
    """A bearer that an operator asked for."""
    return create_api_key(
        actor=None,
        at=at,
        organization_id=organization.pk,
        name="Collector",
        scopes=SCOPES,
        dialect=DIALECT,
    )


def announcement(secret: str) -> str:
    """The line of the console, word for word as the document prints it."""
    return (
        f'Default customer created. Bearer is "{secret}".'
        " Keep it safe, it will not be displayed again."
    )


@transaction.atomic
def first_bearer(at: datetime.datetime) -> str | None:
    """The bearer of the organization that is there first, once; None ever after."""
    organization = Organization.objects.filter(livemode=True).order_by("pk").first()
    if organization is None:
        return None
    # A server also starts with a key ring that cannot open the account's secret.
    accounts = CollectorAccount.objects.of(organization.pk).defer("secret")
    pk = accounts.values_list("pk", flat=True).first() or get_account(organization.pk, at).pk
    # Every process of the server asks at its start: one of them is told.
    account = accounts.select_for_update().get(pk=pk)
    if account.bearer_printed_at is not None:
        return None
    key, secret = make_bearer(organization, at)
    account.printed_key, account.bearer_printed_at = key, at
    account.save(update_fields=["printed_key", "bearer_printed_at"])
    return secret


@transaction.atomic
def replace_bearer(*, actor: Actor, at: datetime.datetime, api_key_id: int) -> str:
    """Another bearer for that one, which ends now, and with it every user's token.

    Raises Forbidden, NotFound (also for a key of another API), KeyNotUsable, KeyTooBroad.
    """
    if not ApiKey.objects.of(actor.organization_id).filter(pk=api_key_id, dialect=DIALECT).exists():
        raise NotFound(noun="bearer", id=api_key_id)
    _key, secret = rotate_api_key(
        actor=actor, at=at, organization_id=actor.organization_id, api_key_id=api_key_id
    )
    people.end_tokens(actor.organization_id)
    return secret


def bearers(organization_id: int, at: datetime.datetime) -> list[ApiKey]:
    """Those that work, newest first."""
    rows = ApiKey.objects.of(organization_id).filter(dialect=DIALECT).order_by("-pk")
    return [key for key in rows if is_usable(key, at)]


def printed_bearer(organization_id: int, at: datetime.datetime) -> ApiKey | None:
    """The bearer that stands in the log of the first start, while it works."""
    rows = CollectorAccount.objects.of(organization_id).defer("secret")
    rows = rows.select_related("printed_key")
    account = rows.first()
    key = account.printed_key if account else None
    return key if key is not None and key.replaced_by_id is None and is_usable(key, at) else None
