"""What was sold, by product: revenue without tax, as the ledger books it.

Issuing an invoice books its revenue by product, every discount spread over the lines, and
a credit note books it back. The rows therefore add up to the net sales of the same days
in the sales report, to the minor unit.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from billing.models import (
    CreditNote,
    CreditNoteLine,
    Invoice,
    InvoiceLine,
    LedgerAccount,
    Posting,
    Product,
)
from billing.queries.spans import Span
from billing.reports.sales import Scope

PRODUCT = "product"


@dataclass(slots=True)
class ProductFigures:
    """One product's sums in one currency, minor units; `quantity` in the product's unit.

    `product` is None for lines without a product and for charges on whole documents.
    """

    product: Product | None
    quantity: Decimal = Decimal(0)
    invoices_count: int = 0
    net_invoiced: int = 0
    net_credited: int = 0

    @property
    def net_sales(self) -> int:
        return self.net_invoiced - self.net_credited


@dataclass(slots=True)
class ProductSection:
    """One currency: its products, and the sums of their amounts."""

    currency: str
    rows: list[ProductFigures]

    @property
    def net_invoiced(self) -> int:
        return sum(row.net_invoiced for row in self.rows)

    @property
    def net_credited(self) -> int:
        return sum(row.net_credited for row in self.rows)

    @property
    def net_sales(self) -> int:
        return self.net_invoiced - self.net_credited


@dataclass(slots=True)
class ProductReport:
    """Sections by currency; the first is the one asked for."""

    span: Span
    sections: list[ProductSection]


Key = tuple[str, int | None]


def product_report(scope: Scope) -> ProductReport:
    """Net sales by product, each currency apart, what sold best first.

    Quantities are those of the lines, less what was credited of them.
    """
    found: dict[Key, ProductFigures] = defaultdict(lambda: ProductFigures(None))
    issued = Invoice.objects.of(scope.organization_id).issued()
    for currency, product_id, net, count in _revenue(
        scope, "invoice.issued", scope.of(issued, "issue_date")
    ):
        figures = found[currency, product_id]
        figures.net_invoiced, figures.invoices_count = -net, count
    notes = CreditNote.objects.of(scope.organization_id).filter(status=CreditNote.Status.ISSUED)
    credited = scope.of(notes, "issue_date")
    for currency, product_id, net, _count in _revenue(scope, "credit_note.created", credited):
        found[currency, product_id].net_credited = net
    _count_units(scope, found, InvoiceLine, "invoice", scope.of(issued, "issue_date"), 1)
    _count_units(scope, found, CreditNoteLine, "credit_note", credited, -1)
    return ProductReport(scope.span, _sections(scope, found))


def _revenue(scope: Scope, kind: str, documents: QuerySet[Any]) -> QuerySet[Any]:
    """(currency, product, sum of postings, documents) of the entries of those documents."""
    postings = Posting.objects.of(scope.organization_id).filter(
        account__system_role=LedgerAccount.SystemRole.REVENUE,
        entry__kind=kind,
        entry__source_id__in=documents.values("pk"),
        **scope.span.lookup("entry_date"),
    )
    return (
        postings.order_by()
        .values_list("currency", "product_id")
        .annotate(net=Sum("amount"), documents=Count("entry_id", distinct=True))
    )


def _count_units(
    scope: Scope,
    found: dict[Key, ProductFigures],
    lines: Any,
    document: str,
    documents: QuerySet[Any],
    sign: int,
) -> None:
    """Add up quantities of lines with a product: equal ones are counted by the database.

    Only so are they exact on a database without decimals.
    """
    rows = lines.objects.of(scope.organization_id).filter(
        product__isnull=False, **{f"{document}__in": documents.values("pk")}
    )
    equal = (
        rows.order_by()
        .values_list(f"{document}__currency", "product_id", "quantity")
        .annotate(times=Count("pk"))
    )
    for currency, product_id, quantity, times in equal:
        found[currency, product_id].quantity += sign * quantity * times


def _sections(scope: Scope, found: dict[Key, ProductFigures]) -> list[ProductSection]:
    wanted = [pk for _, pk in found if pk is not None]
    known = Product.objects.of(scope.organization_id).in_bulk(wanted)
    sections = {scope.currency: ProductSection(scope.currency, [])}
    for (currency, product_id), figures in found.items():
        figures.product = known[product_id] if product_id is not None else None
        sections.setdefault(currency, ProductSection(currency, [])).rows.append(figures)
    for section in sections.values():
        section.rows.sort(key=lambda row: (-row.net_sales, row.product.pk if row.product else 0))
    return sorted(sections.values(), key=lambda s: (s.currency != scope.currency, s.currency))
