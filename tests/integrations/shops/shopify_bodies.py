"""Deliveries as Shopify sends them, written from its public description of the fields."""

import uuid
from decimal import Decimal
from typing import Any

from django.test import Client

from core import exactjson
from integrations.models import ShopConnection
from integrations.shops.signing import sign

ORDER_ID = 5_500_000_000_101
LINE_A, LINE_B, SHIPPING = 13_000_000_000_001, 13_000_000_000_002, 4_000_000_000_001


def bag(amount: str, currency: str = "USD", presentment: str = "") -> dict[str, Any]:
    """A money bag: shop money, and another amount of another currency that must not count."""
    return {
        "shop_money": {"amount": amount, "currency_code": currency},
        "presentment_money": {"amount": presentment or amount, "currency_code": "CAD"},
    }


def tax(price: str, rate: str, title: str = "State Tax", currency: str = "USD") -> dict[str, Any]:
    return {
        "title": title,
        "price": price,
        "rate": Decimal(rate),
        "price_set": bag(price, currency),
        "channel_liable": False,
    }


def line(
    id: int, price: str, quantity: int = 1, *taxes: dict[str, Any], off: str = "", **more: Any
) -> dict[str, Any]:
    allocations = [{"amount": off, "amount_set": bag(off), "discount_application_index": 0}]
    return {
        "id": id,
        "name": "Canvas bag - Blue",
        "title": "Canvas bag",
        "sku": "BAG-BLU",
        "quantity": quantity,
        "price": price,
        "price_set": bag(price),
        "total_discount": "0.00",
        "discount_allocations": allocations if off else [],
        "tax_lines": list(taxes),
        "duties": [],
        "gift_card": False,
        **more,
    }


def shipping(price: str, *taxes: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": SHIPPING,
        "title": "Standard",
        "price": price,
        "price_set": bag(price),
        "discounted_price": price,
        "discounted_price_set": bag(price),
        "discount_allocations": [],
        "tax_lines": list(taxes),
    }


ADDRESS = {
    "first_name": "Ada",
    "last_name": "Byron",
    "name": "Ada Byron",
    "company": None,
    "address1": "12 Rue des Lilas",
    "address2": "2nd floor",
    "city": "Lyon",
    "province": "Auvergne-Rhône-Alpes",
    "province_code": None,
    "zip": "69001",
    "country": "France",
    "country_code": "FR",
    "phone": "+33 4 00 00 00 00",
}


def order(**changes: Any) -> dict[str, Any]:
    """Two bags of 50.00 and a strap of 20.00, 10 % tax, shipping 10.00 untaxed: 142.00."""
    return {
        "id": ORDER_ID,
        "name": "#1001",
        "order_number": 1001,
        "email": "ada@buyer.test",
        "currency": "USD",
        "presentment_currency": "CAD",
        "created_at": "2025-01-15T09:00:00-05:00",
        "updated_at": "2025-01-15T09:00:05-05:00",
        "cancelled_at": None,
        "financial_status": "pending",
        "payment_gateway_names": ["shopify_payments"],
        "taxes_included": False,
        "test": False,
        "total_price": "142.00",
        "total_price_set": bag("142.00", presentment="191.70"),
        "total_tax": "12.00",
        "total_tax_set": bag("12.00"),
        "total_discounts": "0.00",
        "total_tip_received": "0.00",
        "customer": {"id": 7_700_000_000_001, "email": "ada@buyer.test", "first_name": "Ada"},
        "billing_address": ADDRESS,
        "shipping_address": ADDRESS,
        "line_items": [
            line(LINE_A, "50.00", 2, tax("10.00", "0.1")),
            line(LINE_B, "20.00", 1, tax("2.00", "0.1"), name="Strap", sku=None),
        ],
        "shipping_lines": [shipping("10.00")],
        "refunds": [],
        **changes,
    }


def paid(**changes: Any) -> dict[str, Any]:
    return order(**{"financial_status": "paid", "total_outstanding": "0.00", **changes})


def refund(
    money: str = "", lines: dict[int, int] | None = None, id: int = 900_001, **changes: Any
) -> dict[str, Any]:
    """What went back, and for which quantities of which lines."""
    transactions = [
        {
            "id": id + 1,
            "order_id": ORDER_ID,
            "kind": "refund",
            "gateway": "shopify_payments",
            "status": "success",
            "amount": money,
            "currency": "USD",
            "parent_id": 800_001,
        }
    ]
    return {
        "id": id,
        "order_id": ORDER_ID,
        "created_at": "2025-01-16T10:00:00-05:00",
        "note": "Wrong colour",
        "order_adjustments": [],
        "refund_line_items": [
            {"id": id + 10 + n, "line_item_id": line_id, "quantity": quantity}
            for n, (line_id, quantity) in enumerate((lines or {}).items())
        ],
        "transactions": transactions if money else [],
        **changes,
    }


def post(
    shop: ShopConnection,
    topic: str,
    body: Any,
    *,
    delivery: str = "",
    secret: str = "",
    **headers: str,
) -> Any:
    """Deliver it as Shopify does, signed; the answer."""
    raw = body if isinstance(body, bytes) else exactjson.dumps(body).encode()
    given = {
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": sign(secret or shop.secret, raw),
        "X-Shopify-Shop-Domain": shop.domain,
        "X-Shopify-Webhook-Id": delivery or str(uuid.uuid4()),
        "X-Shopify-API-Version": "2025-01",
        **headers,
    }
    return Client().post(
        f"/hooks/shops/{shop.uuid}",
        data=raw,
        content_type="application/json",
        headers={name: value for name, value in given.items() if value},
    )
