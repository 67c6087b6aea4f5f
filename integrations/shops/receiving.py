"""A request of a shop, checked and kept before anything is done about it."""

import datetime
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from core import exactjson
from core.errors import DomainError, Kind
from core.models import as_uuid
from integrations.models import ShopConnection, ShopDelivery
from integrations.shops import shopify, signing, woocommerce

MAX_BODY_BYTES = 2 * 1024 * 1024
_PING = re.compile(rb"webhook_id=\d{1,20}")


class UnknownShop(DomainError):
    """No such address, or one that is switched off: both look the same."""

    kind, code = Kind.NOT_FOUND, "shop_unknown"
    message = "No shop sends to this address."


class SignatureMismatch(DomainError):
    kind, code = Kind.UNAUTHENTICATED, "shop_signature_mismatch"
    message = "The signature does not fit the body and this shop's secret."


class UnreadableDelivery(DomainError):
    kind, code = Kind.MALFORMED, "shop_delivery_unreadable"
    message = "{reason}"


@dataclass(frozen=True, slots=True)
class Wire:
    """The headers in which a kind of shop says what it sends."""

    signature: str
    topic: str
    delivery_id: str


WIRES: dict[str, Wire] = {
    ShopConnection.Kind.SHOPIFY: Wire(
        "X-Shopify-Hmac-Sha256", "X-Shopify-Topic", "X-Shopify-Webhook-Id"
    ),
    ShopConnection.Kind.WOOCOMMERCE: Wire(
        "X-WC-Webhook-Signature", "X-WC-Webhook-Topic", "X-WC-Webhook-Delivery-ID"
    ),
}
_REFERENCES = {
    ShopConnection.Kind.SHOPIFY: shopify.order_reference,
    ShopConnection.Kind.WOOCOMMERCE: woocommerce.order_reference,
}


def find_shop(address: str) -> ShopConnection:
    """The connection behind an address: this look-up says which organization is meant.

    Raises UnknownShop.
    """
    uuid = as_uuid(address)
    found = uuid and ShopConnection.objects.filter(uuid=uuid, is_active=True).first()
    if not found:
        raise UnknownShop()
    return found


def is_ping(connection: ShopConnection, body: bytes) -> bool:
    """Whether it is WooCommerce asking, unsigned, if anybody is there."""
    is_woo = connection.kind == ShopConnection.Kind.WOOCOMMERCE
    return is_woo and _PING.fullmatch(body) is not None


def accept(
    connection: ShopConnection, headers: Mapping[str, str], raw: bytes, at: datetime.datetime
) -> tuple[ShopDelivery, bool]:
    """Check and keep a delivery: the row, and whether it is new.

    Raises SignatureMismatch and UnreadableDelivery, and keeps nothing then.
    """
    wire = WIRES[connection.kind]
    if not signing.is_genuine(connection.secret, raw, headers.get(wire.signature, "")):
        raise SignatureMismatch()
    if connection.kind == ShopConnection.Kind.SHOPIFY:
        # The secret of an app is the same for all shops that have it.
        sender = headers.get("X-Shopify-Shop-Domain", connection.domain)
        if sender.strip().lower() != connection.domain:
            raise SignatureMismatch()
    topic = _header(headers, wire.topic, 64)
    delivery_id = _header(headers, wire.delivery_id, 128)
    if connection.kind == ShopConnection.Kind.WOOCOMMERCE:
        # WooCommerce makes the id of the second, so two orders in one second share it.
        delivery_id = f"{delivery_id}:{hashlib.sha256(raw).hexdigest()[:32]}"
    body, text = _read(raw)
    reference = _REFERENCES[ShopConnection.Kind(connection.kind)](topic, body)
    delivery = ShopDelivery(
        organization_id=connection.organization_id,
        connection=connection,
        delivery_id=delivery_id,
        topic=topic,
        order_reference=reference,
        body=text,
        received_at=at,
        next_attempt_at=at,
    )
    try:
        with transaction.atomic():
            delivery.save(force_insert=True)
    except IntegrityError:
        rows = ShopDelivery.objects.of(connection.organization_id)
        known = rows.filter(connection=connection, delivery_id=delivery_id).first()
        if known is None:
            raise
        return known, False
    return delivery, True


def _header(headers: Mapping[str, str], name: str, longest: int) -> str:
    value = headers.get(name, "").strip()
    if not value or len(value) > longest or not value.isascii() or not value.isprintable():
        raise UnreadableDelivery(reason=f"The header {name} is missing or unusable.")
    return value


def _read(raw: bytes) -> tuple[Mapping[str, Any], str]:
    try:
        text = raw.decode()
        body = exactjson.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableDelivery(reason="The body is not JSON.") from None
    if not isinstance(body, Mapping):
        raise UnreadableDelivery(reason="The body is not a JSON object.")
    if "\x00" in text:
        raise UnreadableDelivery(reason="The body is not JSON.")
    return body, text
