"""A document about nothing real, to show how a template looks with one's own name and logo."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from accounts.models import Organization
from billing.documents.building import invoice_view
from billing.documents.printing import draw, draw_picture
from billing.documents.view import DocumentView
from billing.models import Customer, InvoiceLine, InvoiceTax, TaxProfile
from billing.operations.composing import compose
from billing.operations.drafting import tax_rows
from billing.operations.lines import Catalogue

_CUSTOMER = {
    "name": "ACME Corporation",
    "legal_name": "ACME Corporation",
    "email": "billing@acme.example",
    "address_line1": "123 Main Street",
    "city": "San Francisco",
    "subdivision": "CA",
    "postal_code": "94105",
    "country": "US",
}
_TAX = 0
_LINES = (("Web Development Services", 40, "150.00"), ("Annual Web Hosting", 1, "1200.00"))


def sample_pdf(organization: Organization, template: str, on: datetime.date) -> bytes:
    """An invoice of that day in the template, as PDF, marked as the draft it is."""
    return draw(_sample_view(organization, template, on))


def sample_picture(
    organization: Organization, template: str, on: datetime.date, *, logo: bytes | None = None
) -> str:
    """The same as `svg` elements. The organization may be a copy with settings to try."""
    return draw_picture(_sample_view(organization, template, on), logo=logo)


def _sample_view(organization: Organization, template: str, on: datetime.date) -> DocumentView:
    """Nothing of it is written: the rows live as long as the drawing."""
    customer = Customer(organization=organization, currency=organization.currency, **_CUSTOMER)
    tax = TaxProfile(
        organization=organization, name="VAT", rate=Decimal(10), fixed_amount=Decimal(0)
    )
    draft = compose(
        customer,
        datetime.datetime.combine(on, datetime.time(), datetime.UTC),
        lines=[
            {
                "name": name,
                "quantity": Decimal(count),
                "unit_price": Decimal(price),
                "tax_profile_id": _TAX,
            }
            for name, count, price in _LINES
        ],
        issue_date=on,
        discount_type="percent",
        discount_value=Decimal(10),
        template=template,
        catalogue=Catalogue(products={}, profiles={_TAX: tax}),
    )
    invoice = draft.invoice
    # Without an id no row can be asked for its lines; this one is never written.
    invoice.pk = 0
    taxes = tax_rows(InvoiceTax, invoice, draft.groups)
    invoice._prefetched_objects_cache = {  # type: ignore[attr-defined]
        "lines": _as_loaded(InvoiceLine, draft.lines),
        "taxes": _as_loaded(InvoiceTax, taxes),
    }
    return invoice_view(invoice, public_url="")


def _as_loaded(model: type[Model], rows: Sequence[Model]) -> QuerySet[Any]:
    """The rows as a query set that has been read."""
    loaded: QuerySet[Any] = model._default_manager.none()
    loaded._result_cache = list(rows)
    return loaded
