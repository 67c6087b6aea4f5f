"""The organization as a customer of the collector: its settings, its callback, its figures."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import Actor
from core import events, text
from core.errors import DomainError, InvalidValue, Kind
from integrations import http
from integrations.collectors.origins import clean_origins
from integrations.collectors.sources import SOURCES
from integrations.models import (
    CallbackDelivery,
    CollectedInvoice,
    CollectorAccount,
    CollectorCredential,
    CollectorUser,
)
from integrations.webhooks import signing

SCOPE = "webhooks:manage"
THEMES = ("default", "ocean", "dark")


class ThemeNotSupported(DomainError):
    code = "theme_not_supported"
    message = 'Theme "{theme}" not supported. Available themes are: {themes}.'
    default_param = "theme"


class CallbackMissing(DomainError):
    kind, code = Kind.CONFLICT, "callback_missing"
    message = "No callback url defined for the customer. Please define a callback URL first."


def get_account(organization_id: int, at: datetime.datetime) -> CollectorAccount:
    """The organization's settings, made on first use."""
    found, _ = CollectorAccount.objects.get_or_create(
        organization_id=organization_id,
        defaults={"secret": signing.new_secret(), "created_at": at, "updated_at": at},
    )
    return found


@transaction.atomic
def update_account(*, actor: Actor, at: datetime.datetime, **changes: Any) -> CollectorAccount:
    """Change name, callback, remote_id, theme, subscriptions, shows_sketches, origins.

    Another callback is told at once what the former one did not take.
    Raises Forbidden, InvalidUrl, AddressRefused, ThemeNotSupported, InvalidValue, InvalidOrigin.
    """
    actor.require(SCOPE)
    account = _locked(actor, at)
    before = account_snapshot(account)
    if changes.get("callback"):
        http.check_url(changes["callback"])
    if changes.get("theme", THEMES[0]) not in THEMES:
        raise ThemeNotSupported(theme=changes["theme"], themes=", ".join(THEMES))
    if "origins" in changes:
        changes["origins"] = clean_origins(changes["origins"])
    unknown = set(changes.get("subscribed_collectors", ())) - set(SOURCES)
    if unknown:
        raise InvalidValue(
            f'There is no collector "{min(unknown)[:64]}".', param="subscribed_collectors"
        )
    for name, value in changes.items():
        setattr(account, name, value)
    account.name = text.clean_line(account.name, param="name", max_length=200)
    account.updated_at = at
    account.save()
    if "callback" in changes and account.callback:
        _try_again(account, at)
    after = account_snapshot(account)
    changed = {name: value for name, value in before.items() if after[name] != value}
    if changed:
        events.emit(
            "collector_account.updated",
            subject=account,
            data=after,
            previous=changed,
            actor=actor,
            at=at,
        )
    return account


@transaction.atomic
def replace_secret(*, actor: Actor, at: datetime.datetime) -> CollectorAccount:
    """Another secret for the callback's signatures, readable on the returned row."""
    actor.require(SCOPE)
    account = _locked(actor, at)
    account.secret, account.updated_at = signing.new_secret(), at
    account.save(update_fields=["secret", "updated_at"])
    events.emit(
        "collector_account.secret_replaced",
        subject=account,
        data=account_snapshot(account),
        actor=actor,
        at=at,
    )
    return account


@transaction.atomic
def note_feedback(*, actor: Actor, at: datetime.datetime, kind: str, message: str) -> None:
    """Keep what somebody says about the collector, as an event that staff see."""
    account = _locked(actor, at)
    events.emit(
        "collector_feedback.received",
        subject=account,
        data={
            "object": "collector_feedback",
            "kind": text.clean_line(kind, param="type", max_length=64),
            "message": text.clean_text(message, param="message"),
        },
        actor=actor,
        at=at,
    )


def stats(organization_id: int, at: datetime.datetime) -> dict[str, int]:
    """How many users, credentials and invoices of this month (UTC) there are, without the
    organization's own."""
    month = at.astimezone(datetime.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return {
        "users": CollectorUser.objects.of(organization_id).exclude(remote_id="").count(),
        "credentials": CollectorCredential.objects.of(organization_id)
        .exclude(user__remote_id="")
        .count(),
        "invoices": _collected(organization_id).filter(collected_at__gte=month).count(),
    }


def account_snapshot(account: CollectorAccount) -> dict[str, Any]:
    """The settings as events show them: without the secret."""
    return {
        "object": "collector_account",
        "uuid": str(account.uuid),
        "name": account.name,
        "callback": account.callback,
        "theme": account.theme,
        "subscribed_collectors": account.subscribed_collectors,
        "is_subscribed_to_all": account.is_subscribed_to_all,
        "shows_sketches": account.shows_sketches,
        "origins": account.origins,
    }


def _collected(organization_id: int) -> QuerySet[CollectedInvoice]:
    rows = CollectedInvoice.objects.of(organization_id).exclude(credential__user__remote_id="")
    return rows.filter(collected_at__isnull=False, duplicate_of=None)


def _locked(actor: Actor, at: datetime.datetime) -> CollectorAccount:
    pk = get_account(actor.organization_id, at).pk
    return CollectorAccount.objects.of(actor.organization_id).select_for_update().get(pk=pk)


def _try_again(account: CollectorAccount, at: datetime.datetime) -> None:
    status = CallbackDelivery.Status
    waiting = CallbackDelivery.objects.of(account.organization_id).exclude(status=status.SUCCEEDED)
    waiting.update(status=status.PENDING, next_attempt_at=at, attempts_made=0, finished_at=None)
    events.ring_on_commit()
