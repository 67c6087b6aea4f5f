"""The product and tax profile objects."""

from integrations.dialects.base.shapes import (
    choice,
    flag,
    labels,
    maybe,
    number,
    page_of,
    text,
    whole,
)
from integrations.dialects.enterprise.shapes.resources import TIMES, reference, resource
from integrations.dialects.enterprise.words import (
    PRODUCT_TYPES,
    TAX_CATEGORIES,
    TAX_KINDS,
    TAX_TYPES,
)

PRODUCT = resource(
    "Product",
    "product",
    "product",
    {
        "type": choice(*PRODUCT_TYPES.words),
        "name": text(),
        "description": text(),
        "sku": maybe(text()),
        "unit_price": number(),
        "currency": text(),
        "cost_price": maybe(number()),
        "track_inventory": flag(),
        "inventory_quantity": maybe(number("Null where no stock is kept.")),
        "low_stock_threshold": maybe(whole()),
        "unit": text(),
        "unit_code": text("UN/ECE Recommendation 20."),
        "tax_profile_id": maybe(reference("tax profile")),
        "category": text(),
        "is_active": flag(),
        "metadata": labels(),
        **TIMES,
    },
)
PRODUCTS = page_of(PRODUCT)
TAX_PROFILE = resource(
    "TaxProfile",
    "tax profile",
    "tax_profile",
    {
        "name": text(),
        "type": choice(*TAX_TYPES.words),
        "kind": choice(*TAX_KINDS.words),
        "rate": number("Percent."),
        "fixed_amount": maybe(number("Per unit sold; null for a percentage.")),
        "currency": maybe(text("Of the fixed amount.")),
        "in_tax_base": flag("Later taxes are charged on this fixed one."),
        "category": choice(*TAX_CATEGORIES.words, description="UNTDID 5305."),
        "compound": flag("Charged on the taxes before it."),
        "inclusive": flag("Prices already contain it."),
        "exemption_reason": text(),
        "jurisdiction": text(),
        "description": text(),
        "is_active": flag(),
        **TIMES,
    },
)
TAX_PROFILES = page_of(TAX_PROFILE)
