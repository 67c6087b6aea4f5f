"""Webhook endpoints: who is told what."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import Actor
from core import events, text
from core.errors import DomainError, InvalidValue, Kind, NotFound
from core.models import as_uuid
from integrations import http
from integrations.models import WebhookEndpoint
from integrations.webhooks import payloads, signing

LONGEST_OVERLAP = datetime.timedelta(hours=24)
OWNERS_CHOICE = "Switched off by its owner."
MAX_ENDPOINTS = 50
_REASON = "disabled_reason"


class TooManyEndpoints(DomainError):
    kind, code = Kind.CONFLICT, "too_many_webhooks"
    message = "An organization has at most {limit} webhook endpoints."


@transaction.atomic
def create_endpoint(
    *,
    actor: Actor,
    at: datetime.datetime,
    url: str,
    events: list[str],
    description: str = "",
    dialect: str = "enterprise",
    secret: str = "",
) -> WebhookEndpoint:
    """A new active endpoint. Its `secret` is readable on the returned row: show it once.

    The owner may bring a `secret` of at least 32 characters.

    Raises InvalidUrl, AddressRefused, UnknownEventName, TooManyEndpoints.
    """
    actor.require("webhooks:manage")
    http.check_url(url)
    names = payloads.check_names(dialect, events)
    if list_endpoints(actor.organization_id).count() >= MAX_ENDPOINTS:
        raise TooManyEndpoints(limit=MAX_ENDPOINTS)
    endpoint = WebhookEndpoint.objects.create(
        organization_id=actor.organization_id,
        dialect=dialect,
        url=url,
        description=text.clean_line(description, param="description", max_length=300),
        events=names,
        secret=_own_secret(secret) or signing.new_secret(),
        created_at=at,
        updated_at=at,
    )
    _note("webhook_endpoint.created", endpoint, actor, at, sequence=1)
    return endpoint


@transaction.atomic
def update_endpoint(
    *, actor: Actor, at: datetime.datetime, endpoint_id: Any, **changes: Any
) -> WebhookEndpoint:
    """Change url, events, description, secret or is_active. Switching on forgives past failures.

    `disabled_reason` says why it is being switched off. Raises NotFound, InvalidUrl,
    AddressRefused, UnknownEventName, InvalidValue.
    """
    actor.require("webhooks:manage")
    endpoint = _locked(actor, endpoint_id)
    before = endpoint_snapshot(endpoint)
    reason = changes.pop("disabled_reason", "")
    if reason and changes.get("is_active", endpoint.is_active):
        raise InvalidValue("An endpoint that is on has no reason to be off.", param=_REASON)
    if "url" in changes:
        http.check_url(changes["url"])
        endpoint.url = changes["url"]
    if "events" in changes:
        endpoint.events = payloads.check_names(endpoint.dialect, changes["events"])
    if "description" in changes:
        endpoint.description = text.clean_line(
            changes["description"], param="description", max_length=300
        )
    if changes.get("secret"):
        endpoint.secret = _own_secret(changes["secret"])
    if "is_active" in changes:
        _switch(endpoint, changes["is_active"], at)
    if reason:
        endpoint.disabled_reason = text.clean_line(reason, param=_REASON, max_length=200)
    endpoint.updated_at = at
    endpoint.save()
    after = endpoint_snapshot(endpoint)
    previous = {key: before[key] for key in before if before[key] != after[key]}
    _note("webhook_endpoint.updated", endpoint, actor, at, previous=previous)
    return endpoint


@transaction.atomic
def delete_endpoint(*, actor: Actor, at: datetime.datetime, endpoint_id: Any) -> None:
    """Remove the endpoint with its deliveries and their log. Raises NotFound."""
    actor.require("webhooks:manage")
    endpoint = _locked(actor, endpoint_id)
    _note("webhook_endpoint.deleted", endpoint, actor, at)
    endpoint.delete()


@transaction.atomic
def rotate_secret(
    *,
    actor: Actor,
    at: datetime.datetime,
    endpoint_id: Any,
    overlap: datetime.timedelta = LONGEST_OVERLAP,
) -> WebhookEndpoint:
    """A new secret, readable on the returned row. The old one signs beside it for `overlap`.

    Raises NotFound, InvalidValue for more than 24 hours.
    """
    actor.require("webhooks:manage")
    if not datetime.timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InvalidValue("The overlap is between 0 and 24 hours.", param="overlap_hours")
    endpoint = _locked(actor, endpoint_id)
    endpoint.previous_secret = endpoint.secret if overlap else ""
    endpoint.previous_secret_expires_at = at + overlap if overlap else None
    endpoint.secret = signing.new_secret()
    endpoint.updated_at = at
    endpoint.save()
    _note("webhook_endpoint.secret_rotated", endpoint, actor, at)
    return endpoint


def get_endpoint(organization_id: int, endpoint_id: Any) -> WebhookEndpoint:
    """By row id or uuid. Raises NotFound."""
    return _find(WebhookEndpoint.objects.of(organization_id), endpoint_id)


def list_endpoints(organization_id: int) -> QuerySet[WebhookEndpoint]:
    """The organization's endpoints, the newest first."""
    return WebhookEndpoint.objects.of(organization_id).order_by("-id")


def endpoint_snapshot(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """The endpoint as events tell of it: everything but its secrets."""
    return {
        "uuid": str(endpoint.uuid),
        "url": endpoint.url,
        "description": endpoint.description,
        "events": endpoint.events,
        "is_active": endpoint.is_active,
        "disabled_reason": endpoint.disabled_reason,
        "created_at": endpoint.created_at,
    }


def lock_endpoint(organization_id: int, endpoint_id: Any) -> WebhookEndpoint:
    """Locked until the transaction ends. Raises NotFound."""
    return _find(WebhookEndpoint.objects.of(organization_id).select_for_update(), endpoint_id)


def _own_secret(given: str) -> str:
    """The secret that an owner brings, empty for none. Raises InvalidValue."""
    if given and (not 32 <= len(given) <= 200 or not given.isascii() or not given.isprintable()):
        raise InvalidValue(
            "This must have 32 to 200 letters, digits and signs of ASCII.", param="secret"
        )
    return given


def _locked(actor: Actor, endpoint_id: Any) -> WebhookEndpoint:
    return lock_endpoint(actor.organization_id, endpoint_id)


def _switch(endpoint: WebhookEndpoint, is_active: bool, at: datetime.datetime) -> None:
    endpoint.is_active = is_active
    endpoint.disabled_reason = "" if is_active else OWNERS_CHOICE
    endpoint.disabled_at = None if is_active else at
    endpoint.failing_since, endpoint.consecutive_failures = None, 0


def _find(rows: QuerySet[WebhookEndpoint], endpoint_id: Any) -> WebhookEndpoint:
    if isinstance(endpoint_id, int):
        found = rows.filter(pk=endpoint_id).first()
    else:
        value = as_uuid(endpoint_id)
        found = rows.filter(uuid=value).first() if value else None
    if found is None:
        raise NotFound(noun="webhook", id=endpoint_id)
    return found


def _note(
    type: str,
    endpoint: WebhookEndpoint,
    actor: Actor,
    at: datetime.datetime,
    *,
    previous: dict[str, Any] | None = None,
    sequence: int | None = None,
) -> None:
    events.emit(
        type,
        subject=endpoint,
        data=endpoint_snapshot(endpoint),
        actor=actor,
        at=at,
        previous=previous,
        sequence=sequence,
    )
