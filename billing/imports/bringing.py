"""Bringing one object of a file in: as a new row, into the row that is there, or not at all."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from billing.models import Customer, Invoice, Product, TaxProfile
from billing.operations.customers import create_customer, delete_customer, update_customer
from billing.operations.invoices import create_invoice, delete_invoice, update_invoice
from billing.operations.products import create_product, delete_product, update_product
from core.errors import InvalidFields

SKIP, UPDATE = "skip", "update"
NEW, CHANGED, SKIPPED = "new", "changed", "skipped"
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Brought:
    """The row, and whether it is `new`, `changed` or was `skipped`."""

    row: Any
    how: str


def bring_in(
    noun: str, *, actor: Actor, at: datetime.datetime, values: Mapping[str, Any], existing: str
) -> Brought:
    """The object with these values. `existing` is SKIP or UPDATE.

    Customers are known again by number, else by e-mail; products by SKU; invoices by the
    number in the file, which is kept as their reference.
    Raises what the operations of the noun raise, and InvalidFields for names nobody has.
    """
    return _BRINGERS[noun](actor, at, dict(values), existing)


def take_back(noun: str, *, actor: Actor, at: datetime.datetime, row: Any) -> None:
    """Remove what was brought in as new. Raises what deleting it raises."""
    if noun == "customers":
        delete_customer(actor=actor, at=at, customer_id=row.pk)
    elif noun == "products":
        delete_product(actor=actor, at=at, product_id=row.pk)
    else:
        delete_invoice(actor=actor, at=at, invoice_id=row.pk)


def _customer(actor: Actor, at: datetime.datetime, values: Values, existing: str) -> Brought:
    first, last = values.get("first_name", ""), values.get("last_name", "")
    if not values.get("name"):
        values["name"] = f"{first} {last}".strip()
        values.setdefault("kind", Customer.Kind.INDIVIDUAL)
    row = _known_customer(actor.organization_id, values)
    if row is None:
        return Brought(create_customer(actor=actor, at=at, **values), NEW)
    if existing == SKIP:
        return Brought(row, SKIPPED)
    row = update_customer(actor=actor, at=at, customer_id=row.pk, **values)
    return Brought(row, CHANGED)


def _product(actor: Actor, at: datetime.datetime, values: Values, existing: str) -> Brought:
    if "tax" in values:
        values["tax_profile_id"] = _tax(actor.organization_id, values.pop("tax"))
    rows = Product.objects.of(actor.organization_id)
    row = rows.filter(sku=values["sku"]).first() if values.get("sku") else None
    if row is None:
        return Brought(create_product(actor=actor, at=at, **values), NEW)
    if existing == SKIP:
        return Brought(row, SKIPPED)
    row = update_product(actor=actor, at=at, product_id=row.pk, **values)
    return Brought(row, CHANGED)


def _invoice(actor: Actor, at: datetime.datetime, values: Values, existing: str) -> Brought:
    organization_id = actor.organization_id
    number = values.pop("number", "")
    customer = _billed(organization_id, values)
    lines = [_line(organization_id, line) for line in values.pop("lines")]
    values |= {"customer_id": customer.pk, "lines": lines}
    if number:
        values["reference"] = number
    row = None
    if number:
        rows = Invoice.objects.of(organization_id)
        row = rows.filter(Q(reference=number) | Q(number=number)).order_by("pk").first()
    if row is None:
        return Brought(create_invoice(actor=actor, at=at, **values), NEW)
    if existing == SKIP:
        return Brought(row, SKIPPED)
    if row.number == number:
        values.pop("reference")
    row = update_invoice(actor=actor, at=at, invoice_id=row.pk, **values)
    return Brought(row, CHANGED)


_BRINGERS = {"customers": _customer, "products": _product, "invoices": _invoice}


def _known_customer(organization_id: int, values: Mapping[str, Any]) -> Customer | None:
    rows = Customer.objects.of(organization_id).order_by("pk")
    number, email = values.get("external_reference"), values.get("email")
    if number:
        found = rows.filter(external_reference=number).first()
        if found is not None:
            return found
    # Who has another number is somebody else, though they share an address.
    others = rows.filter(external_reference="") if number else rows
    return others.filter(email__in=_spellings(email)).first() if email else None


def _billed(organization_id: int, values: Values) -> Customer:
    """Whom the invoice is for, by the surest thing that the row says."""
    ways = (
        ("customer_number", "external_reference"),
        ("customer_email", "email"),
        ("customer_name", "name"),
    )
    said = [(name, field, values.pop(name)) for name, field in ways if name in values]
    if not said:
        raise _refused("customer_name", _("It is not said who the invoice is for."))
    name, field, text = said[0]
    return _only(Customer.objects.of(organization_id), name, field, text)


def _spellings(text: str) -> set[str]:
    """As it stands and in small letters: an index finds both."""
    return {text, text.lower()}


def _line(organization_id: int, values: Values) -> Values:
    spec: Values = {"quantity": 1, **values}
    spec.pop("row", None)
    tax, sku = spec.pop("tax", None), spec.pop("sku", "")
    percent = spec.pop("discount_percent", None)
    if tax is not None:
        profile = _tax(organization_id, tax)
        spec["tax_profile_ids"] = [] if profile is None else [profile]
    if sku:
        rows = Product.objects.of(organization_id).filter(is_active=True)
        spec["product_id"] = _only(rows, "sku", "sku", sku).pk
    if percent:
        spec |= {"discount_type": "percent", "discount_value": percent}
    return spec


def _tax(organization_id: int, text: str) -> int | None:
    """The tax of that name, or the only one of that rate; nothing for no tax at all."""
    rows = TaxProfile.objects.of(organization_id).filter(is_active=True)
    named = list(rows.filter(name__iexact=text)[:2])
    if not named:
        digits = text.replace("%", "").replace(",", ".").strip()
        named = [row for row in rows if _is_rate(digits, row)]
        if not named and digits.strip("0.") == "":
            return None
    if len(named) == 1:
        return named[0].pk
    raise _refused("tax", _one_of(named, text))


def _is_rate(digits: str, row: TaxProfile) -> bool:
    rate = format(row.rate.normalize(), "f")
    return row.kind == TaxProfile.Kind.PERCENT and _trimmed(digits) == _trimmed(rate)


def _trimmed(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _only(rows: QuerySet[Any], name: str, field: str, text: str) -> Any:
    found = list(rows.filter(**{f"{field}__in": _spellings(text)}).order_by("pk")[:2])
    if len(found) == 1:
        return found[0]
    raise _refused(name, _one_of(found, text))


def _one_of(found: list[Any], text: str) -> str:
    if found:
        return _("There is more than one '{text}'.").format(text=text[:60])
    return _("There is no '{text}'.").format(text=text[:60])


def _refused(name: str, sentence: str) -> InvalidFields:
    return InvalidFields([(name, "unknown_reference", sentence)])
