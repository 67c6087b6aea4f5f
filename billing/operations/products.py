"""The catalogue: make, change, remove what is sold."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing.models import (
    CreditNoteLine,
    InvoiceLine,
    Posting,
    Product,
    QuoteLine,
    RecurringLine,
    TaxProfile,
)
from billing.operations.fields import cleaned
from billing.queries.lookup import Ref, find, refer
from billing.queries.organizations import get_organization
from billing.snapshots import changed, product_snapshot
from core.errors import DomainError, InvalidValue, Kind
from core.events import emit
from core.staleness import refuse_stale

EDITABLE = frozenset(
    {
        "name",
        "description",
        "sku",
        "kind",
        "unit_price",
        "currency",
        "cost_price",
        "unit",
        "unit_code",
        "category",
        "stock_quantity",
        "low_stock_threshold",
        "is_active",
        "metadata",
    }
)


class SkuTaken(DomainError):
    kind, code = Kind.CONFLICT, "sku_taken"
    message = "There is already a product with the SKU '{sku}'."
    default_param = "sku"


@transaction.atomic
def create_product(
    *,
    actor: Actor,
    at: datetime.datetime,
    name: str,
    unit_price: Decimal,
    tax_profile_id: Ref | None = None,
    **fields: Any,
) -> Product:
    """A new product; `unit_price` in major units of `currency`, by default the organization's.

    Raises Forbidden, InvalidValue, UnknownReference, SkuTaken, UnknownCurrency.
    """
    actor.require("products:write")
    if "currency" not in fields:
        fields["currency"] = get_organization(actor.organization_id).currency
    product = Product(organization_id=actor.organization_id, created_at=at, updated_at=at)
    _apply(product, {"name": name, "unit_price": unit_price, **fields})
    _set_tax_profile(product, tax_profile_id)
    product.save(force_insert=True)
    emit(
        "product.created",
        subject=product,
        data=product_snapshot(product),
        actor=actor,
        at=at,
        sequence=1,
    )
    return product


@transaction.atomic
def update_product(
    *,
    actor: Actor,
    at: datetime.datetime,
    product_id: Ref,
    expected_sequence: int | None = None,
    **changes: Any,
) -> Product:
    """Change what is in EDITABLE, or `tax_profile_id` (None takes the tax away).

    Lines that were written keep their price. Raises Forbidden, NotFound, InvalidValue,
    SkuTaken, UnknownCurrency, ChangedMeanwhile.
    """
    actor.require("products:write")
    product = _locked(actor, product_id)
    refuse_stale(product, expected_sequence)
    before = product_snapshot(product)
    if "tax_profile_id" in changes:
        _set_tax_profile(product, changes.pop("tax_profile_id"))
    _apply(product, changes)
    previous = changed(before, product_snapshot(product))
    if not previous:
        return product
    product.updated_at = at
    product.save(force_update=True)
    emit(
        "product.updated",
        subject=product,
        data=product_snapshot(product),
        previous=previous,
        actor=actor,
        at=at,
    )
    return product


@transaction.atomic
def delete_product(*, actor: Actor, at: datetime.datetime, product_id: Ref) -> None:
    """Remove a product that no document uses; one that was sold is archived and kept.

    Raises Forbidden, NotFound.
    """
    actor.require("products:write")
    product = _locked(actor, product_id)
    was_active = product.is_active
    product.is_active = False
    product.updated_at = at
    emit(
        "product.deleted",
        subject=product,
        data=product_snapshot(product),
        previous={"is_active": True} if was_active else {},
        actor=actor,
        at=at,
    )
    users = (InvoiceLine, QuoteLine, CreditNoteLine, RecurringLine, Posting)
    own = {"organization_id": actor.organization_id, "product": product}
    if any(model.objects.filter(**own).exists() for model in users):
        product.save(update_fields=["is_active", "updated_at"])
    else:
        product.delete()


def _locked(actor: Actor, reference: Ref) -> Product:
    rows = Product.objects.of(actor.organization_id).select_for_update()
    return find(rows, reference, "product")


def _apply(product: Product, values: dict[str, Any]) -> None:
    for name, value in cleaned(Product, values, EDITABLE).items():
        setattr(product, name, value)
    for name in ("unit_price", "cost_price"):
        price = getattr(product, name)
        if price is not None and price < 0:
            raise InvalidValue("A price cannot be negative.", param=name)
    twins = Product.objects.of(product.organization_id).filter(sku=product.sku)
    if product.sku and twins.exclude(pk=product.pk).exists():
        raise SkuTaken(sku=product.sku)


def _set_tax_profile(product: Product, reference: Ref | None) -> None:
    product.tax_profile = (
        None
        if reference is None
        else refer(
            TaxProfile.objects.of(product.organization_id),
            reference,
            "tax profile",
            "tax_profile_id",
        )
    )
