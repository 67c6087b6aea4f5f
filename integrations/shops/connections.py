"""Shops that may send orders here: connected, given a new secret, switched off and on."""

import datetime
import re
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import Actor
from core import events
from core.errors import DomainError, InvalidValue, Kind, NotFound
from core.ids import random_text
from core.models import as_uuid
from integrations.models import ShopConnection

MAX_SHOPS = 50
_HOST = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}\Z")
_SHOPIFY = ".myshopify.com"
_SHORTEST_SECRET, _LONGEST_SECRET = 16, 300


class ShopAlreadyConnected(DomainError):
    kind, code = Kind.CONFLICT, "shop_already_connected"
    message = "{domain} is connected already."
    default_param = "domain"


class TooManyShops(DomainError):
    kind, code = Kind.CONFLICT, "too_many_shops"
    message = "An organization has at most {limit} shops."


@transaction.atomic
def connect_shop(
    *, actor: Actor, at: datetime.datetime, kind: str, domain: str, secret: str = ""
) -> ShopConnection:
    """A shop with a receiving address. Its `secret` is readable on the returned row.

    Shopify makes the secret itself, so it is given; for WooCommerce an empty one is made
    here. Raises Forbidden, InvalidValue, ShopAlreadyConnected, TooManyShops.
    """
    actor.require("webhooks:manage")
    if kind not in ShopConnection.Kind.values:
        raise InvalidValue("This must be Shopify or WooCommerce.", param="kind")
    host = clean_domain(kind, domain)
    chosen = _clean_secret(kind, secret)
    rows = list_shops(actor.organization_id)
    if rows.count() >= MAX_SHOPS:
        raise TooManyShops(limit=MAX_SHOPS)
    if rows.filter(kind=kind, domain=host).exists():
        raise ShopAlreadyConnected(domain=host)
    connection = ShopConnection.objects.create(
        organization_id=actor.organization_id,
        kind=kind,
        domain=host,
        secret=chosen,
        created_at=at,
        updated_at=at,
    )
    _note("shop.connected", connection, actor, at, sequence=1)
    return connection


@transaction.atomic
def replace_secret(
    *, actor: Actor, at: datetime.datetime, connection_id: Any, secret: str = ""
) -> ShopConnection:
    """Another secret from now on, readable on the returned row. Raises NotFound, InvalidValue."""
    actor.require("webhooks:manage")
    connection = _locked(actor, connection_id)
    connection.secret = _clean_secret(connection.kind, secret)
    connection.updated_at = at
    connection.save(update_fields=["secret", "updated_at"])
    _note("shop.secret_replaced", connection, actor, at)
    return connection


@transaction.atomic
def switch_shop(
    *, actor: Actor, at: datetime.datetime, connection_id: Any, is_active: bool
) -> ShopConnection:
    """Take deliveries or not; what came stays on record. Raises NotFound."""
    actor.require("webhooks:manage")
    connection = _locked(actor, connection_id)
    if connection.is_active != is_active:
        connection.is_active = is_active
        connection.updated_at = at
        connection.save(update_fields=["is_active", "updated_at"])
        _note("shop.switched_on" if is_active else "shop.switched_off", connection, actor, at)
    return connection


def get_shop(organization_id: int, connection_id: Any) -> ShopConnection:
    """By row id or uuid. Raises NotFound."""
    return _find(ShopConnection.objects.of(organization_id), connection_id)


def list_shops(organization_id: int) -> QuerySet[ShopConnection]:
    """The organization's shops, the newest first."""
    return ShopConnection.objects.of(organization_id).order_by("-id")


def clean_domain(kind: str, domain: str) -> str:
    """The host alone, in small letters. Raises InvalidValue."""
    host = domain.strip().lower()
    host = host.removeprefix("https://").removeprefix("http://").partition("/")[0]
    if not _HOST.match(host):
        raise InvalidValue("This must be a domain such as shop.example.com.", param="domain")
    if kind == ShopConnection.Kind.SHOPIFY and not host.endswith(_SHOPIFY):
        raise InvalidValue(
            f"Give the shop's own Shopify domain, which ends in {_SHOPIFY}.", param="domain"
        )
    return host


def _clean_secret(kind: str, secret: str) -> str:
    chosen = secret.strip()
    if not chosen and kind == ShopConnection.Kind.WOOCOMMERCE:
        return random_text()
    if not chosen:
        raise InvalidValue("Shopify shows it beside the shop's webhooks.", param="secret")
    if not _SHORTEST_SECRET <= len(chosen) <= _LONGEST_SECRET or not chosen.isprintable():
        raise InvalidValue(
            f"A signing secret has {_SHORTEST_SECRET} to {_LONGEST_SECRET} characters.",
            param="secret",
        )
    return chosen


def _locked(actor: Actor, connection_id: Any) -> ShopConnection:
    rows = ShopConnection.objects.of(actor.organization_id).select_for_update()
    return _find(rows, connection_id)


def _find(rows: QuerySet[ShopConnection], connection_id: Any) -> ShopConnection:
    if isinstance(connection_id, int):
        found = rows.filter(pk=connection_id).first()
    else:
        value = as_uuid(connection_id)
        found = rows.filter(uuid=value).first() if value else None
    if found is None:
        raise NotFound(noun="shop", id=connection_id)
    return found


def _note(
    type: str,
    connection: ShopConnection,
    actor: Actor,
    at: datetime.datetime,
    *,
    sequence: int | None = None,
) -> None:
    snapshot = {
        "uuid": str(connection.uuid),
        "kind": connection.kind,
        "domain": connection.domain,
        "is_active": connection.is_active,
    }
    events.emit(type, subject=connection, data=snapshot, actor=actor, at=at, sequence=sequence)
