"""Whatever stands in a field, reading ends in an order or in a sentence, never in a crash."""

import copy
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from core.errors import DomainError
from integrations.shops import reading, shopify, woocommerce
from integrations.shops.orders import Order, OrderRefused, Refund
from tests.integrations.shops import shopify_bodies, test_woocommerce

ODD: list[Any] = [
    None,
    "",
    "x" * 400,
    "\ud800\x00",
    "-1",
    "1e999999",
    "1e-999999",
    "NaN",
    -7,
    10**400,
    Decimal("1e-30"),
    True,
    [],
    {},
    [[{}]],
    {"shop_money": 5},
]
Read = Callable[[dict[str, Any]], Order | Refund | None]
Path = tuple[Any, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The way to every value of the body, containers too."""
    if path:
        yield path
    if isinstance(value, Mapping):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def changed(body: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    body = copy.deepcopy(body)
    inner: Any = body
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return body


SHOPIFY = shopify_bodies.order(
    refunds=[shopify_bodies.refund("5.00", {shopify_bodies.LINE_A: 1})],
    transactions=[{"id": 1, "kind": "sale", "status": "success", "amount": "1.00"}],
    total_tip_received="1.00",
)
WOO = test_woocommerce.order(
    refunds=[{"id": 1, "total": "-1", "line_items": [{"refunded_item_id": 315, "quantity": -1}]}],
    fee_lines=[{"id": 9, "name": "Fee", "total": "1.00", "total_tax": "0.00", "taxes": []}],
)


@pytest.mark.parametrize(
    ("body", "read"),
    [
        pytest.param(SHOPIFY, lambda body: shopify.read("orders/create", body), id="order"),
        pytest.param(
            SHOPIFY["refunds"][0], lambda body: shopify.read("refunds/create", body), id="refund"
        ),
        pytest.param(WOO, lambda body: woocommerce.read("order.updated", body), id="woocommerce"),
    ],
)
def test_every_field_may_hold_anything(body: dict[str, Any], read: Read) -> None:
    assert isinstance(read(body), Order | Refund)
    refused = 0
    for path in places(body):
        for value in ODD:
            try:
                assert isinstance(read(changed(body, path, value)), Order | Refund)
            except DomainError as error:
                refused += 1
                assert str(error)
    assert refused > 10


def test_rates_lose_the_noise_of_binary_fractions() -> None:
    assert reading.rate(Decimal("0.07249999999999999"), is_fraction=True) == Decimal("7.25")
    assert reading.rate("9.975", is_fraction=False) == Decimal("9.975")


def test_the_same_rate_twice_is_one_tax_of_twice_the_rate() -> None:
    two, one = Decimal(2), Decimal(1)
    assert reading.charged([(two, one), (two, one)], Decimal(50)) == (Decimal(4),)
    assert reading.charged([(two, Decimal(0))], Decimal(50)) == ()


def test_a_price_per_unit_gives_back_the_whole() -> None:
    price = reading.unit_price(Decimal("10.00"), Decimal(3))
    assert round(price * 3, 2) == Decimal("10.00")


@pytest.mark.parametrize("value", ["1,50", "EUR 5", "0x10", [], True, "9" * 41])
def test_amounts_are_digits(value: Any) -> None:
    with pytest.raises(OrderRefused):
        reading.amount(value, "total")
