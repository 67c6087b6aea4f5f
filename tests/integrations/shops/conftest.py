"""Acme's shops, and the proof that its books still add up."""

from collections.abc import Callable

import pytest

from accounts.actors import Actor
from billing.queries.ledger_checks import find_problems
from integrations.models import ShopConnection
from integrations.shops.connections import connect_shop
from tests.instants import AT

SECRET = "shpss_0123456789abcdef"


@pytest.fixture
def shop(actor: Actor) -> ShopConnection:
    """Acme's shop at Shopify."""
    return connect_shop(
        actor=actor, at=AT, kind="shopify", domain="acme.myshopify.com", secret=SECRET
    )


@pytest.fixture
def woo(actor: Actor) -> ShopConnection:
    """Acme's WooCommerce shop."""
    return connect_shop(actor=actor, at=AT, kind="woocommerce", domain="shop.acme.test")


@pytest.fixture
def books_verify(actor: Actor) -> Callable[[], None]:
    """Fail with every figure that does not follow from the entries."""

    def check() -> None:
        assert [str(problem) for problem in find_problems(actor.organization_id)] == []

    return check
