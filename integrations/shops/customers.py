"""Whose order it is: the shop's customer id, else the e-mail address, else somebody new.

An address that matches is enough here, unlike on a payment link: what is on file goes to
the shop's owner, who has it already, and never to the person who typed the address.
"""

from typing import Any

from billing.models import Customer
from billing.operations.customers import create_customer, update_customer
from integrations.models import ShopRecord
from integrations.shops.orders import Address, Buyer
from integrations.shops.shop import Shop

_WALK_IN = "walk-in"
# Customers that came with an order say so, and follow the address of later orders.
_MADE_BY = "shop_connection"


def customer_of(shop: Shop, buyer: Buyer) -> Customer:
    """The buyer as a customer, made if unknown; an order without any name is a walk-in's."""
    is_nobody = not (buyer.external_id or buyer.email or _name(buyer))
    external_id = _WALK_IN if is_nobody else buyer.external_id
    known = shop.find(ShopRecord.Kind.CUSTOMER, external_id) if external_id else None
    customer = known.customer if known else None
    customer = customer or _by_email(shop, buyer.email) or _make(shop, buyer)
    if external_id and (known is None or known.customer_id != customer.pk):
        record = known or shop.remember(ShopRecord.Kind.CUSTOMER, external_id)
        record.customer = customer
        record.save(update_fields=["customer"])
    return _keep_address(shop, customer, buyer)


def _by_email(shop: Shop, email: str) -> Customer | None:
    if not email:
        return None
    rows = Customer.objects.of(shop.organization.pk).filter(email__iexact=email)
    return rows.exclude(status=Customer.Status.ARCHIVED).order_by("pk").first()


def _make(shop: Shop, buyer: Buyer) -> Customer:
    name = buyer.billing.company or _name(buyer) or buyer.email
    return create_customer(
        actor=shop.actor,
        at=shop.at,
        name=(name or f"Walk-in customers of {shop.connection.domain}")[:200],
        kind=Customer.Kind.BUSINESS if buyer.billing.company else Customer.Kind.INDIVIDUAL,
        first_name=buyer.first_name,
        last_name=buyer.last_name,
        email=buyer.email,
        phone=buyer.phone,
        metadata={"shop": shop.connection.domain, _MADE_BY: str(shop.connection.uuid)},
        **_address(buyer.billing),
    )


def _keep_address(shop: Shop, customer: Customer, buyer: Buyer) -> Customer:
    """Take the order's address for a customer of the shop's own, or one without any."""
    is_ours = customer.metadata.get(_MADE_BY) == str(shop.connection.uuid)
    if not buyer.billing.line1 or not (is_ours or not customer.address_line1):
        return customer
    return update_customer(
        actor=shop.actor, at=shop.at, customer_id=customer.pk, **_address(buyer.billing)
    )


def _name(buyer: Buyer) -> str:
    names = (buyer.first_name, buyer.last_name)
    return " ".join(name for name in names if name) or buyer.billing.name


def _address(given: Address) -> dict[str, Any]:
    return {
        "address_line1": given.line1,
        "address_line2": given.line2,
        "city": given.city,
        "subdivision": given.subdivision,
        "postal_code": given.postal_code,
        "country": given.country,
    }
