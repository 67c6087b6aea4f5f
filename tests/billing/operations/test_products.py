"""The catalogue."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from billing.models import Product
from billing.operations.products import SkuTaken, delete_product, update_product
from billing.queries.lookup import UnknownReference
from core import exactjson
from core.errors import Forbidden, InvalidValue, NotFound
from core.models import Event
from tests import builders
from tests.instants import AT


def test_a17_price_keeps_twelve_places(actor: Actor) -> None:
    product = builders.product(actor, "0.01110515964")
    product.refresh_from_db()
    assert product.unit_price == Decimal("0.01110515964")
    assert product.currency == "USD"
    assert Event.objects.get(type="product.created").subject_id == product.pk


def test_update_tells_only_what_changed(actor: Actor) -> None:
    vat = builders.tax_profile(actor)
    product = builders.product(actor, tax_profile_id=vat.uuid)
    update_product(actor=actor, at=AT, product_id=product.pk, tax_profile_id=None)
    update_product(actor=actor, at=AT, product_id=product.pk, unit_price=Decimal("1200.00"))
    event = Event.objects.get(type="product.updated")
    assert exactjson.loads(event.previous) == {
        "tax_profile": {"uuid": str(vat.uuid), "name": vat.name}
    }


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"unit_price": Decimal(-1)}, "unit_price"),
        ({"unit_price": Decimal("NaN")}, "unit_price"),
        ({"unit_price": Decimal("0.0000000000001")}, "unit_price"),
        ({"cost_price": Decimal(-1)}, "cost_price"),
        ({"unit_price": 1.5}, "unit_price"),
        ({"unit_price": True}, "unit_price"),
    ],
)
def test_refused_by_field(actor: Actor, fields: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        builders.product(actor, **fields)
    assert refused.value.param == param
    assert not Product.objects.exists()


def test_sku_is_unique_in_an_organization(actor: Actor, mallory_actor: Actor) -> None:
    builders.product(actor, sku="H-1")
    builders.product(mallory_actor, sku="H-1")
    other = builders.product(actor, sku="H-2")
    with pytest.raises(SkuTaken):
        builders.product(actor, sku="H-1")
    with pytest.raises(SkuTaken):
        update_product(actor=actor, at=AT, product_id=other.pk, sku="H-1")
    assert Product.objects.of(actor.organization_id).count() == 2


def test_tax_profile_of_another_organization_is_unknown(actor: Actor, mallory_actor: Actor) -> None:
    vat = builders.tax_profile(mallory_actor)
    with pytest.raises(UnknownReference):
        builders.product(actor, tax_profile_id=vat.pk)


def test_sold_is_archived_and_unsold_deleted(actor: Actor) -> None:
    unsold, sold = builders.product(actor), builders.product(actor)
    builders.draft_invoice(actor, lines=[{"product_id": sold.pk, "quantity": Decimal(1)}])
    for product in (unsold, sold):
        delete_product(actor=actor, at=AT, product_id=product.pk)
    assert [(p.pk, p.is_active) for p in Product.objects.all()] == [(sold.pk, False)]
    assert Event.objects.filter(type="product.deleted").count() == 2


def test_viewer_and_stranger(actor: Actor, bob_actor: Actor, mallory_actor: Actor) -> None:
    product = builders.product(actor)
    with pytest.raises(Forbidden):
        builders.product(bob_actor)
    with pytest.raises(NotFound):
        delete_product(actor=mallory_actor, at=AT, product_id=product.pk)
