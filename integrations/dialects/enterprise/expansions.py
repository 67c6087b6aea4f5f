"""What `expand` takes on each object of /v1: one line per reference.

A loader gets all objects of a page and answers for all of them in a constant number of
statements. An expanded object is the resource as it is now, whatever a document prints.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from billing.models import (
    Customer,
    Invoice,
    InvoiceLine,
    Payment,
    Product,
    QuoteLine,
    Refund,
    TaxProfile,
)
from billing.queries.payments import payments_by_invoice
from billing.snapshots import (
    customer_snapshot,
    invoice_snapshot,
    lines_snapshot,
    payment_snapshot,
    product_snapshot,
    refund_snapshot,
    tax_profile_snapshot,
)
from core.ids import decode_id
from integrations.dialects.base.selection import Expansion, Expansions, Json, Scene
from integrations.dialects.base.shapes import Many, Shape
from integrations.dialects.enterprise.ids import PREFIXES
from integrations.dialects.enterprise.presenters.catalogue import (
    present_product,
    present_tax_profile,
)
from integrations.dialects.enterprise.presenters.customers import present_customer
from integrations.dialects.enterprise.presenters.invoices import present_invoice, present_line
from integrations.dialects.enterprise.presenters.payments import present_payment, present_refund
from integrations.dialects.enterprise.shapes.catalogue import PRODUCT, TAX_PROFILE
from integrations.dialects.enterprise.shapes.customers import CUSTOMER
from integrations.dialects.enterprise.shapes.invoices import INVOICE, LINE
from integrations.dialects.enterprise.shapes.payments import PAYMENT, REFUND

# The objects with these ids, presented anew by each call of the function found under an id.
Found = Mapping[uuid.UUID, Callable[[], Any]]
Fetch = Callable[[Scene, set[uuid.UUID]], Found]


def to_one(noun: str, path: str, fetch: Fetch, *, kind: str, shape: Shape, scope: str) -> Expansion:
    """The object whose id stands at `path`, such as `customer.id`; null where there is none."""
    names = path.split(".")

    def load(scene: Scene, objects: Sequence[Json]) -> list[Any]:
        ids = [_id_at(each, names, noun) for each in objects]
        found = fetch(scene, {each for each in ids if each})
        return [found[each]() if each and each in found else None for each in ids]

    return Expansion(noun=kind, shape=replace(shape, nullable=True), scopes=(scope,), load=load)


def to_many(noun: str, fetch: Fetch, *, kind: str, shape: Shape, scope: str) -> Expansion:
    """The objects that belong to each of these, which are of that noun."""

    def load(scene: Scene, objects: Sequence[Json]) -> list[Any]:
        ids = [_id_at(each, ["id"], noun) for each in objects]
        found = fetch(scene, {each for each in ids if each})
        return [found[each]() if each and each in found else [] for each in ids]

    return Expansion(noun=kind, shape=Many(shape), scopes=(scope,), load=load)


def _id_at(value: Any, names: list[str], noun: str) -> uuid.UUID | None:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return decode_id(PREFIXES[noun], value) if isinstance(value, str) else None


def _by_uuid(rows: Iterable[Any], present: Callable[[Any], Json]) -> Found:
    return {row.uuid: partial(present, row) for row in rows}


def _customers(scene: Scene, ids: set[uuid.UUID]) -> Found:
    rows = Customer.objects.of(scene.organization_id).filter(uuid__in=ids)
    return _by_uuid(
        rows.prefetch_related("balances", "addresses"),
        lambda row: present_customer(customer_snapshot(row), row.balances.all()),
    )


def _invoices(scene: Scene, ids: set[uuid.UUID]) -> Found:
    rows = Invoice.objects.of(scene.organization_id).filter(uuid__in=ids)
    rows = rows.select_related("customer").prefetch_related("lines__product", "taxes")
    return _by_uuid(rows, lambda row: present_invoice(invoice_snapshot(row), scene.today))


def _payments(scene: Scene, ids: set[uuid.UUID]) -> Found:
    rows = Payment.objects.of(scene.organization_id).filter(uuid__in=ids)
    return _by_uuid(rows.select_related("customer", "invoice"), _payment)


def _products(scene: Scene, ids: set[uuid.UUID]) -> Found:
    rows = Product.objects.of(scene.organization_id).filter(uuid__in=ids)
    return _by_uuid(
        rows.select_related("tax_profile"), lambda row: present_product(product_snapshot(row))
    )


def _tax_profiles(scene: Scene, ids: set[uuid.UUID]) -> Found:
    rows = TaxProfile.objects.of(scene.organization_id).filter(uuid__in=ids)
    return _by_uuid(rows, lambda row: present_tax_profile(tax_profile_snapshot(row)))


def _lines_of(model: Any, document: str) -> Fetch:
    """Lines of that model by the document that the foreign key of this name leads to."""

    def fetch(scene: Scene, ids: set[uuid.UUID]) -> Found:
        lines = model.objects.of(scene.organization_id).filter(**{f"{document}__uuid__in": ids})
        grouped: dict[uuid.UUID, list[Any]] = {}
        currencies: dict[uuid.UUID, str] = {}
        rows = lines.select_related("product", document).order_by(f"{document}_id", "position")
        for line in rows:
            owner = getattr(line, document)
            grouped.setdefault(owner.uuid, []).append(line)
            currencies[owner.uuid] = owner.currency

        def present(reference: uuid.UUID) -> list[Json]:
            currency = currencies[reference]
            shown = lines_snapshot(grouped[reference], currency)
            return [present_line(line, currency) for line in shown]

        return {reference: partial(present, reference) for reference in grouped}

    return fetch


def _payments_of(scene: Scene, ids: set[uuid.UUID]) -> Found:
    grouped = payments_by_invoice(scene.organization_id, ids)
    return {reference: partial(_each, _payment, rows) for reference, rows in grouped.items()}


def _refunds_of(source: str) -> Fetch:
    """Refunds by the payment or the credit note they came from."""

    def fetch(scene: Scene, ids: set[uuid.UUID]) -> Found:
        grouped: dict[uuid.UUID, list[Refund]] = {}
        rows = Refund.objects.of(scene.organization_id).filter(**{f"{source}__uuid__in": ids})
        for refund in rows.select_related("payment", "credit_note").order_by("pk"):
            grouped.setdefault(getattr(refund, source).uuid, []).append(refund)
        return {reference: partial(_each, _refund, rows) for reference, rows in grouped.items()}

    return fetch


def _payment(row: Payment) -> Json:
    return present_payment(payment_snapshot(row))


def _refund(row: Refund) -> Json:
    return present_refund(refund_snapshot(row))


def _each(present: Callable[[Any], Json], rows: Iterable[Any]) -> list[Json]:
    return [present(row) for row in rows]


def _customer_at(path: str) -> Expansion:
    return to_one(
        "customer", path, _customers, kind="customer", shape=CUSTOMER, scope="customers:read"
    )


_INVOICE = to_one(
    "invoice", "invoice_id", _invoices, kind="invoice", shape=INVOICE, scope="invoices:read"
)
EXPANSIONS: Expansions = {
    "invoice": {
        "customer": _customer_at("customer.id"),
        "line_items": to_many(
            "invoice",
            _lines_of(InvoiceLine, "invoice"),
            kind="line_item",
            shape=LINE,
            scope="invoices:read",
        ),
        "payments": to_many(
            "invoice", _payments_of, kind="payment", shape=PAYMENT, scope="payments:read"
        ),
    },
    "line_item": {
        "product": to_one(
            "product",
            "product_id",
            _products,
            kind="product",
            shape=PRODUCT,
            scope="products:read",
        ),
    },
    "payment": {
        "customer": _customer_at("customer_id"),
        "invoice": _INVOICE,
        "refunds": to_many(
            "payment", _refunds_of("payment"), kind="refund", shape=REFUND, scope="payments:read"
        ),
    },
    "quote": {
        "customer": _customer_at("customer.id"),
        "line_items": to_many(
            "quote",
            _lines_of(QuoteLine, "quote"),
            kind="line_item",
            shape=LINE,
            scope="invoices:read",
        ),
        "invoice": _INVOICE,
    },
    "credit_note": {
        "customer": _customer_at("customer.id"),
        "invoice": _INVOICE,
        "refunds": to_many(
            "credit note",
            _refunds_of("credit_note"),
            kind="refund",
            shape=REFUND,
            scope="payments:read",
        ),
    },
    "recurring_invoice": {"customer": _customer_at("customer.id")},
    "refund": {
        "payment": to_one(
            "payment",
            "payment_id",
            _payments,
            kind="payment",
            shape=PAYMENT,
            scope="payments:read",
        ),
    },
    "product": {
        "tax_profile": to_one(
            "tax profile",
            "tax_profile_id",
            _tax_profiles,
            kind="tax_profile",
            shape=TAX_PROFILE,
            scope="products:read",
        ),
    },
}
