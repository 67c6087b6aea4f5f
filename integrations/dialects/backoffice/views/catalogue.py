"""/api/v2/products and /api/v2/quotes."""

from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from billing.models import Product
from billing.operations import products, quote_answers, quotes
from billing.operations.tax_rates import profile_of_rate
from billing.queries.invoices import get_invoice
from billing.queries.products import get_product, list_products
from billing.queries.quotes import get_quote, list_quotes
from integrations.dialects.backoffice import bodies, shapes
from integrations.dialects.backoffice.items import line_specs
from integrations.dialects.backoffice.presenters import (
    present_invoice,
    present_product,
    present_quote,
)
from integrations.dialects.backoffice.views.base import (
    BackofficeView,
    changing,
    creating,
    deleting,
    listing,
    reading,
)
from integrations.dialects.backoffice.words import PRODUCT_TYPES
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.fields import Choice


class _Products(BackofficeView):
    def values(self) -> dict[str, Any]:
        """The body, its bare percentage as a tax profile."""
        values = self.body()
        if "tax_rate" in values:
            profile = profile_of_rate(**self.who, rate=values.pop("tax_rate"))
            values["tax_profile_id"] = profile and profile.pk
        return values

    def shown(self, product: Product) -> dict[str, Any]:
        return present_product(get_product(self.actor.organization_id, product.pk))


class ProductList(_Products):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing(
            "products",
            "products:read",
            shapes.PRODUCT,
            type=Choice(name="kind", table=PRODUCT_TYPES),
        ),
        "POST": creating(
            "a product",
            "products:write",
            bodies.PRODUCT,
            shapes.PRODUCT,
            example={
                "name": "Web Hosting",
                "price": 99.99,
                "description": "Annual web hosting package",
                "type": "service",
                "tax_rate": 10,
            },
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        rows = list_products(self.actor.organization_id).filter(is_active=True)
        if kind := query.pop("kind", ""):
            rows = rows.filter(kind=kind)
        return self.page(rows, query, present_product)

    def post(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            made = products.create_product(**self.who, **self.values())
        return self.one(self.shown(made), 201)


class ProductDetail(_Products):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("a product", "products:read", shapes.PRODUCT),
        "PUT": changing("a product", "products:write", bodies.PRODUCT.optional(), shapes.PRODUCT),
        "DELETE": deleting(
            "a product",
            "products:write",
            description="One that a document uses is kept, but no longer listed.",
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("product", id)
        return self.one(present_product(get_product(self.actor.organization_id, number)))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("product", id)
        with transaction.atomic():
            changed = products.update_product(**self.who, product_id=number, **self.values())
        return self.one(self.shown(changed))

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        products.delete_product(**self.who, product_id=self.path_number("product", id))
        return self.done("Product deleted")


class QuoteList(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing("quotes", "invoices:read", shapes.QUOTE, customer_id=bodies.reference()),
        "POST": creating(
            "a quote",
            "invoices:write",
            bodies.QUOTE,
            shapes.QUOTE,
            example={
                "customer_id": 1,
                "valid_until": "2024-02-15",
                "items": [{"description": "Consulting Services", "amount": 2000.00, "qty": 1}],
            },
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        rows = list_quotes(self.actor.organization_id).prefetch_related("lines")
        if customer := query.pop("customer_id", None):
            rows = rows.filter(customer_id=customer)
        today = self.today
        return self.page(rows, query, lambda row: present_quote(row, today))

    def post(self, request: HttpRequest) -> HttpResponse:
        values = self.body()
        with transaction.atomic():
            values["lines"] = line_specs(self.actor, self.at, values["lines"])
            made = quotes.create_quote(**self.who, **values)
        row = get_quote(self.actor.organization_id, made.pk)
        return self.one(present_quote(row, self.today), 201)


class QuoteDetail(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("a quote", "invoices:read", shapes.QUOTE),
        "PUT": changing("a quote", "invoices:write", bodies.QUOTE.optional(), shapes.QUOTE),
        "DELETE": deleting("a draft quote", "invoices:write"),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        row = get_quote(self.actor.organization_id, self.path_number("quote", id))
        return self.one(present_quote(row, self.today))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        number, values = self.path_number("quote", id), self.body()
        with transaction.atomic():
            if "lines" in values:
                values["lines"] = line_specs(self.actor, self.at, values["lines"])
            quotes.update_quote(**self.who, quote_id=number, **values)
        row = get_quote(self.actor.organization_id, number)
        return self.one(present_quote(row, self.today))

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        quotes.delete_quote(**self.who, quote_id=self.path_number("quote", id))
        return self.done("Quote deleted")


class QuoteConvert(BackofficeView):
    """Our addition: the invoice that a quote becomes."""

    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Make an invoice of a quote",
            scopes=("invoices:write",),
            answer=shapes.one_of(shapes.INVOICE),
            status=201,
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        made = quote_answers.convert_quote(**self.who, quote_id=self.path_number("quote", id))
        row = get_invoice(self.actor.organization_id, made.pk)
        return self.one(present_invoice(row, self.today), 201)
