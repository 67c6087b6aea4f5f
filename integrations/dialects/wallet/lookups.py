"""From what a request names to rows, refused in the document's words."""

from typing import Any

from billing.models import Customer, Product, TaxProfile, Wallet
from billing.operations.app_prices import Item
from billing.queries.customers import list_customers
from billing.queries.lookup import UnknownReference
from billing.queries.wallets import default_wallet, list_wallets
from core.errors import InvalidFields
from integrations.dialects.wallet.ids import read_id
from integrations.dialects.wallet.presenters import customer_status
from integrations.dialects.wallet.refusals import CustomerBlacklisted, Missing, ProductMissing
from integrations.dialects.wallet.words import BLACKLISTED


def find_customer(organization_id: int, reference: Any) -> Customer:
    """Raises Missing, also for one that was deleted, and CustomerBlacklisted."""
    rows = list_customers(organization_id).exclude(status=Customer.Status.ARCHIVED)
    customer = rows.filter(uuid=reference).first()
    if customer is None:
        raise Missing(noun="customer")
    if customer_status(customer) == BLACKLISTED:
        raise CustomerBlacklisted(name=customer.name)
    return customer


def find_wallet(organization_id: int, reference: str, currency: str | None) -> Wallet:
    """The wallet that is named, else the default one of the currency. Raises Missing."""
    found = None
    if reference:
        value = read_id(reference)
        found = value and list_wallets(organization_id).filter(uuid=value).first()
    elif currency:
        found = default_wallet(organization_id, currency)
    if not found:
        raise Missing(noun="wallet")
    return found


def find_items(organization_id: int, items: list[dict[str, Any]]) -> list[Item]:
    """Raises InvalidFields where no product is named, ProductMissing for one that is not sold."""
    unnamed = [
        (f"items.{position}.product_id", "required", "product_id is required")
        for position, item in enumerate(items)
        if not item.get("product_id")
    ]
    if unnamed:
        raise InvalidFields(unnamed)
    wanted = {item["product_id"]: read_id(item["product_id"]) for item in items}
    products = Product.objects.of(organization_id).filter(is_active=True)
    rows = products.select_related("tax_profile").filter(
        uuid__in=[value for value in wanted.values() if value]
    )
    by_uuid = {row.uuid: row for row in rows}
    found = []
    for item in items:
        value = wanted[item["product_id"]]
        if value is None or value not in by_uuid:
            raise ProductMissing(product=item["product_id"])
        found.append(Item(by_uuid[value], item["quantity"]))
    return found


def find_tax(organization_id: int, reference: str | None) -> TaxProfile | None:
    """None where no tax is named. Raises Missing."""
    if not reference:
        return None
    value = read_id(reference)
    rows = TaxProfile.objects.of(organization_id).filter(is_active=True)
    found = value and rows.filter(uuid=value).first()
    if not found:
        raise Missing(noun="tax profile")
    return found


def refer_id(noun: str, reference: str, param: str) -> Any:
    """The UUID that a field names. Raises UnknownReference."""
    value = read_id(reference)
    if value is None:
        raise UnknownReference(noun=noun, id=reference, param=param)
    return value
