"""Lines as people give them, turned into rows: looked up, cleaned, taxed.

A line spec is a dict: `product_id` or `name`/`description`; `quantity`; `unit_price`
(major units of the document's currency); and optionally `unit`, `unit_code`,
`price_base_quantity`, `tax_profile_id` or `tax_profile_ids`, `discount_type`,
`discount_value`, `period_start`, `period_end`, `buyer_item_id`, `seller_item_id`.
What is left out or None comes from the product; an empty `tax_profile_ids` means no tax.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from billing.models import Customer, Product, TaxProfile
from billing.models.base import DiscountType, DocumentLine
from billing.operations.fields import clean_decimal, clean_money, clean_percent, cleaned
from billing.operations.tax_profiles import DEFAULT_REASONS
from billing.queries.lookup import Ref, UnknownReference
from billing.totals import TaxRule
from billing.totals.errors import NegativePrice
from core.errors import DomainError, InvalidValue, Kind
from core.ids import uuid7
from core.models import as_uuid
from core.rows import new_row
from core.text import clean_line, clean_text

Spec = Mapping[str, Any]
L = TypeVar("L", bound=DocumentLine)
M = TypeVar("M", bound=Model)

KEYS = frozenset(
    {
        "product_id",
        "name",
        "description",
        "quantity",
        "unit_price",
        "price_base_quantity",
        "unit",
        "unit_code",
        "tax_profile_id",
        "tax_profile_ids",
        "discount_type",
        "discount_value",
        "period_start",
        "period_end",
        "buyer_item_id",
        "seller_item_id",
    }
)
MOST_LINES = 1000
MOST_CHARGES = 20
NAME_LENGTH = 200
_PLAIN = ("unit", "unit_code", "period_start", "period_end", "buyer_item_id", "seller_item_id")
# EN 16931 wants a category even where nothing is charged.
EXEMPT = TaxRule(
    key="exempt",
    name="Tax exempt",
    rate=Decimal(0),
    category=TaxProfile.Category.EXEMPT,
    exemption_reason=DEFAULT_REASONS[TaxProfile.Category.EXEMPT],
)


class ProductNotForSale(DomainError):
    kind, code = Kind.INVALID, "product_inactive"
    message = "'{name}' is archived and cannot be put on a new line."


class TaxProfileRetired(DomainError):
    kind, code = Kind.INVALID, "tax_profile_inactive"
    message = "'{name}' is retired and cannot be put on a new line."


class PriceInOtherCurrency(DomainError):
    kind, code = Kind.INVALID, "price_in_other_currency"
    message = "'{name}' is priced in {have}; give a unit_price in {want}."


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The products and tax profiles that a set of specs refers to, found in two queries."""

    products: Mapping[Ref, Product]
    profiles: Mapping[Ref, TaxProfile]

    def product(self, reference: Ref, param: str) -> Product:
        return _known(self.products, reference, "product", param)

    def rule(self, reference: Ref, currency: str, param: str) -> TaxRule:
        return tax_rule(_known(self.profiles, reference, "tax profile", param), currency, param)


def look_up(organization_id: int, specs: Iterable[Spec]) -> Catalogue:
    """Find what the specs refer to; what is missing shows when it is asked for."""
    products: set[Ref] = set()
    profiles: set[Ref] = set()
    for spec in specs:
        if spec.get("product_id") is not None:
            products.add(spec["product_id"])
        profiles.update(_profile_references(spec) or ())
    return Catalogue(
        _by_reference(Product.objects.of(organization_id).select_related("tax_profile"), products),
        _by_reference(TaxProfile.objects.of(organization_id), profiles),
    )


def build_lines(
    line_class: type[L],
    *,
    organization_id: int,
    currency: str,
    customer: Customer,
    specs: Sequence[Spec],
    catalogue: Catalogue,
) -> list[L]:
    """Unsaved lines in order. Raises InvalidValue and the errors above, naming the field."""
    if not specs:
        raise InvalidValue("There must be at least one line.", param="line_items")
    if len(specs) > MOST_LINES:
        raise InvalidValue(f"At most {MOST_LINES} lines.", param="line_items")
    return [
        _build(line_class, organization_id, currency, customer, spec, catalogue, position)
        for position, spec in enumerate(specs)
    ]


def build_charges(
    charges: Sequence[Spec], *, currency: str, customer: Customer, catalogue: Catalogue
) -> list[dict[str, Any]]:
    """Charges and allowances as the document keeps them: amounts as digits, taxes frozen."""
    if len(charges) > MOST_CHARGES:
        raise InvalidValue(f"At most {MOST_CHARGES} charges.", param="charges")
    built = []
    for index, spec in enumerate(charges):
        param = f"charges.{index}"
        amount = spec.get("amount")
        if clean_money(amount, currency, param=f"{param}.amount") <= 0:
            raise InvalidValue("A charge must be above 0.", param=f"{param}.amount")
        taxes = _rules(spec, None, customer, catalogue, currency, param)
        name = clean_line(
            spec.get("name"), param=f"{param}.name", max_length=NAME_LENGTH, required=True
        )
        built.append(
            {
                "name": name,
                "amount": format(Decimal(amount), "f"),  # type: ignore[arg-type]
                "is_charge": bool(spec.get("is_charge", True)),
                "taxes": [rule.as_dict() for rule in taxes],
            }
        )
    return built


def tax_rule(profile: TaxProfile, currency: str, param: str) -> TaxRule:
    """The profile as a document freezes it: one in use, and a fixed tax in its currency.

    Raises TaxProfileRetired, also for the tax of a product, and InvalidValue.
    """
    if not profile.is_active:
        raise TaxProfileRetired(name=profile.name, param=param)
    if profile.kind == TaxProfile.Kind.FIXED and profile.currency != currency:
        raise InvalidValue(
            f"'{profile.name}' is an amount in {profile.currency}, but this is in {currency}.",
            param=param,
        )
    return TaxRule(
        key=str(profile.uuid),
        name=profile.name,
        rate=profile.rate,
        kind=profile.kind,
        amount=profile.fixed_amount,
        is_compound=profile.is_compound,
        is_in_tax_base=profile.is_in_tax_base,
        category=profile.category,
        exemption_reason=profile.exemption_reason,
        tax_profile_id=profile.pk,
        is_inclusive=profile.is_inclusive,
    )


def clean_discount(kind: Any, value: Any, currency: str, prefix: str = "") -> tuple[str, Decimal]:
    """A discount's type and value: percent 0 to 100, or an amount the currency can hold."""
    number = Decimal(0) if value is None else value
    if not kind:
        if clean_decimal(number, param=f"{prefix}discount_value", places=6):
            raise InvalidValue(
                "Say whether the discount is 'percent' or 'fixed'.", param=f"{prefix}discount_type"
            )
        return "", Decimal(0)
    if kind == DiscountType.PERCENT:
        return str(kind), clean_percent(number, param=f"{prefix}discount_value")
    if kind != DiscountType.FIXED:
        raise InvalidValue("This must be one of percent, fixed.", param=f"{prefix}discount_type")
    if clean_money(number, currency, param=f"{prefix}discount_value") < 0:
        raise InvalidValue("A discount cannot be negative.", param=f"{prefix}discount_value")
    return str(kind), clean_decimal(number, param=f"{prefix}discount_value", places=6)


def _build(
    line_class: type[L],
    organization_id: int,
    currency: str,
    customer: Customer,
    spec: Spec,
    catalogue: Catalogue,
    position: int,
) -> L:
    unknown = set(spec) - KEYS
    if unknown:
        raise TypeError(f"a line takes no {', '.join(sorted(unknown))}")
    param = f"line_items.{position}"
    product = None
    if spec.get("product_id") is not None:
        product = catalogue.product(spec["product_id"], f"{param}.product_id")
        if not product.is_active:
            raise ProductNotForSale(name=product.name, param=f"{param}.product_id")
    name, description = _wording(spec, product, param)
    kind, value = clean_discount(
        spec.get("discount_type"), spec.get("discount_value"), currency, f"{param}."
    )
    given = {key: spec[key] for key in _PLAIN if spec.get(key) is not None}
    line = new_row(
        line_class,
        uuid=uuid7(),
        organization_id=organization_id,
        position=position + 1,
        name=name,
        description=description,
        quantity=_quantity(spec, "quantity", param),
        unit_price=_price(spec, product, currency, param),
        price_base_quantity=Decimal(1),
        discount_type=kind,
        discount_value=value,
        taxes=[
            rule.as_dict() for rule in _rules(spec, product, customer, catalogue, currency, param)
        ],
        **_from_product(product),
    )
    line.product = product
    for key, item in cleaned(line_class, given, _PLAIN, prefix=f"{param}.").items():
        setattr(line, key, item)
    if spec.get("price_base_quantity") is not None:
        line.price_base_quantity = _quantity(spec, "price_base_quantity", param)
    if line.price_base_quantity < 0:
        raise InvalidValue("This must be above 0.", param=f"{param}.price_base_quantity")
    if line.period_start and line.period_end and line.period_end < line.period_start:
        raise InvalidValue("The period ends before it starts.", param=f"{param}.period_end")
    return line


def _from_product(product: Product | None) -> dict[str, Any]:
    if product is None:
        return {}
    return {
        "unit": product.unit,
        "unit_code": product.unit_code,
        "seller_item_id": product.sku,
    }


def _wording(spec: Spec, product: Product | None, param: str) -> tuple[str, str]:
    """Name and description. A description alone is the name, if it fits on one line."""
    description = clean_text(spec.get("description") or "", param=f"{param}.description")
    name = spec.get("name") or ""
    if name:
        return clean_line(name, param=f"{param}.name", max_length=NAME_LENGTH), description
    if product is not None:
        return product.name, description or product.description
    if not description:
        raise InvalidValue("A line needs a name or a product.", param=f"{param}.name")
    if len(description) <= NAME_LENGTH and "\n" not in description:
        return description, ""
    return description.split("\n", 1)[0][:NAME_LENGTH].strip(), description


def _quantity(spec: Spec, key: str, param: str) -> Decimal:
    quantity = clean_decimal(spec.get(key), param=f"{param}.{key}", places=6)
    if quantity == 0:
        raise InvalidValue("This must not be 0.", param=f"{param}.{key}")
    return quantity


def _price(spec: Spec, product: Product | None, currency: str, param: str) -> Decimal:
    if spec.get("unit_price") is not None:
        price = clean_decimal(spec["unit_price"], param=f"{param}.unit_price", places=12)
        if price < 0:
            raise NegativePrice(param=f"{param}.unit_price")
        return price
    if product is None:
        raise InvalidValue("A line needs a unit_price or a product.", param=f"{param}.unit_price")
    if product.currency != currency:
        raise PriceInOtherCurrency(
            name=product.name, have=product.currency, want=currency, param=f"{param}.unit_price"
        )
    return product.unit_price


def _rules(
    spec: Spec,
    product: Product | None,
    customer: Customer,
    catalogue: Catalogue,
    currency: str,
    param: str,
) -> list[TaxRule]:
    references = _profile_references(spec)
    if references is not None:
        if len(references) > 5:
            raise InvalidValue("At most 5 taxes.", param=f"{param}.tax_profile_ids")
        where = f"{param}.tax_profile_id"
        return [catalogue.rule(reference, currency, where) for reference in references]
    if customer.is_tax_exempt:
        return [EXEMPT]
    if product is None or product.tax_profile is None:
        return []
    return [tax_rule(product.tax_profile, currency, f"{param}.product_id")]


def _profile_references(spec: Spec) -> list[Ref] | None:
    """What the spec says about tax, or None when it says nothing."""
    if spec.get("tax_profile_ids") is not None:
        return list(dict.fromkeys(spec["tax_profile_ids"]))
    return None if spec.get("tax_profile_id") is None else [spec["tax_profile_id"]]


def _by_reference(rows: QuerySet[M], references: set[Ref]) -> dict[Ref, M]:
    if not references:
        return {}
    ids = [r for r in references if isinstance(r, int) and 0 < r < 2**63]
    uuids = {r: as_uuid(r) for r in references if not isinstance(r, int)}
    wanted = Q(pk__in=ids) | Q(uuid__in=[value for value in uuids.values() if value])
    by_id: dict[int, M] = {}
    by_uuid: dict[uuid.UUID, M] = {}
    for row in rows.filter(wanted):
        by_id[row.pk] = row
        by_uuid[row.uuid] = row  # type: ignore[attr-defined]
    found: dict[Ref, M] = {r: by_id[r] for r in ids if r in by_id}
    found |= {r: by_uuid[value] for r, value in uuids.items() if value in by_uuid}
    return found


def _known(rows: Mapping[Ref, M], reference: Ref, noun: str, param: str) -> M:
    row = rows.get(reference)
    if row is None:
        raise UnknownReference(noun=noun, id=reference, param=param)
    return row
