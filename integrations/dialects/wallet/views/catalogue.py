"""/api/v0/products and /api/v0/taxes."""

from decimal import Decimal
from typing import Any, ClassVar, NoReturn

from django.http import HttpRequest, HttpResponse

from billing.models import TaxProfile
from billing.operations import products, tax_profiles
from billing.queries.products import get_product, list_products
from billing.queries.tax_profiles import get_tax_profile, list_tax_profiles
from core.errors import InvalidValue
from integrations.dialects.base.endpoint import Endpoint, Endpoints, partial_update
from integrations.dialects.base.fields import Text
from integrations.dialects.base.query import FlagText
from integrations.dialects.wallet import bodies, shapes
from integrations.dialects.wallet.presenters import present_product, present_tax, tax_type
from integrations.dialects.wallet.refusals import IdMissing
from integrations.dialects.wallet.views.base import (
    WalletView,
    changing,
    creating,
    deleting,
    listing,
    reading,
)

PRODUCT_EXAMPLE = {
    "name": "Website Development",
    "price": 2500.00,
    "currency": "USD",
    "productType": "SERVICE",
}
TAX_EXAMPLE = {"name": "Standard Sales Tax", "percentage": 8.5}


class ProductList(WalletView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing(
            "products",
            "products:read",
            shapes.PRODUCT,
            status=bodies.Word(words=("ACTIVE", "INACTIVE")),
            name=Text(most=200, description="A part of the name."),
        ),
        "POST": creating(
            "a product",
            "products:write",
            bodies.PRODUCT,
            shapes.PRODUCT,
            errors=(products.SkuTaken,),
            example=PRODUCT_EXAMPLE,
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        rows = list_products(self.actor.organization_id)
        if word := query.get("status"):
            rows = rows.filter(is_active=word == "ACTIVE")
        if name := query.get("name"):
            rows = rows.filter(name__icontains=name)
        found, total = self.slice(rows, query)
        return self.listed([present_product(row, self.app) for row in found], total)

    def post(self, request: HttpRequest) -> HttpResponse:
        made = products.create_product(**self.who, **_product(self.body()))
        where = f"/api/v0/products/{made.uuid}"
        return self.answer(present_product(made, self.app), 201, location=where)


class ProductDetail(WalletView):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("a product", "products:read", shapes.PRODUCT),
        **partial_update(
            changing(
                "a product",
                "products:write",
                bodies.PRODUCT.optional(),
                shapes.PRODUCT,
                errors=(products.SkuTaken,),
                example={"price": "2750.00"},
            )
        ),
        "DELETE": deleting(
            "a product",
            "products:write",
            description="One that was sold is kept as `INACTIVE`.",
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        row = get_product(self.actor.organization_id, self.path_uuid("product", id))
        return self.answer(present_product(row, self.app))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        changed = products.update_product(
            **self.who, product_id=self.path_uuid("product", id), **_product(self.body())
        )
        return self.answer(present_product(changed, self.app))

    def patch(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.put(request, id)

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        products.delete_product(**self.who, product_id=self.path_uuid("product", id))
        return self.done("Product deleted")


_UNNAMED = Endpoint(
    summary="Refused: say which tax",
    scopes=("products:write",),
    answer=shapes.DONE,
    errors=(IdMissing,),
)


class TaxList(WalletView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing(
            "taxes",
            "products:read",
            shapes.TAX,
            active=FlagText(description="Whether it may be put on new invoices."),
            name=Text(most=100, description="A part of the name."),
        ),
        "POST": creating(
            "a tax",
            "products:write",
            bodies.TAX,
            shapes.TAX,
            description="`rate` and `percentage` are the same of a `PERCENTAGE` and a"
            " `COMPOUND` tax, which is charged on the product's own tax too. Of a `FIXED` tax"
            " `rate` is an amount in `currency` for each unit.",
            errors=(tax_profiles.TaxProfileNameTaken,),
            example=TAX_EXAMPLE,
        ),
        "PUT": _UNNAMED,
        "DELETE": _UNNAMED,
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        rows = list_tax_profiles(self.actor.organization_id)
        if "active" in query:
            rows = rows.filter(is_active=query["active"])
        if name := query.get("name"):
            rows = rows.filter(name__icontains=name)
        found, total = self.slice(rows, query)
        return self.listed([present_tax(row, self.app) for row in found], total)

    def post(self, request: HttpRequest) -> HttpResponse:
        fields = _tax(self.body(), None, self.organization.currency)
        made = tax_profiles.create_tax_profile(**self.who, **fields)
        where = f"/api/v0/taxes/{made.uuid}"
        return self.answer(present_tax(made, self.app), 201, location=where)

    def put(self, request: HttpRequest) -> NoReturn:
        raise IdMissing(method=request.method, path="/api/v0/taxes")

    def delete(self, request: HttpRequest) -> NoReturn:
        raise IdMissing(method=request.method, path="/api/v0/taxes")


class TaxDetail(WalletView):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("a tax", "products:read", shapes.TAX),
        **partial_update(
            changing(
                "a tax",
                "products:write",
                bodies.TAX.optional(),
                shapes.TAX,
                errors=(tax_profiles.TaxProfileNameTaken,),
                example={"percentage": 9},
            )
        ),
        "DELETE": deleting(
            "a tax", "products:write", description="One that was charged is kept, inactive."
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.answer(present_tax(self._row(id), self.app))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        row = self._row(id)
        fields = _tax(self.body(), row, self.organization.currency)
        changed = tax_profiles.update_tax_profile(**self.who, tax_profile_id=row.pk, **fields)
        return self.answer(present_tax(changed, self.app))

    def patch(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.put(request, id)

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        tax_profiles.delete_tax_profile(**self.who, tax_profile_id=self._row(id).pk)
        return self.done("Tax deleted")

    def _row(self, id: str) -> TaxProfile:
        return get_tax_profile(self.actor.organization_id, self.path_uuid("tax profile", id))


def _product(values: dict[str, Any]) -> dict[str, Any]:
    status = values.pop("status", "")
    return {**values, "is_active": status == "ACTIVE"} if status else values


def _tax(values: dict[str, Any], row: TaxProfile | None, currency: str) -> dict[str, Any]:
    """The body as the operations take it. Raises InvalidValue."""
    fields = dict(values)
    word = fields.pop("type", tax_type(row) if row else "PERCENTAGE")
    rate = fields.pop("rate", None)
    percentage = fields.pop("percentage", None)
    if "inclusive" in fields:
        fields["is_inclusive"] = fields.pop("inclusive")
    figure = rate if percentage is None else percentage
    if row is None and figure is None:
        raise InvalidValue("percentage should not be empty", param="rate")
    if word == "FIXED":
        fields["kind"] = TaxProfile.Kind.FIXED
        fields["is_compound"] = False
        if figure is not None:
            fields["fixed_amount"] = figure
        if row is None or not row.currency:
            fields.setdefault("currency", currency)
        return fields
    # A currency goes with an amount, and there is none.
    fields.pop("currency", None)
    fields |= {"kind": TaxProfile.Kind.PERCENT, "is_compound": word == "COMPOUND"}
    if figure is not None:
        if figure > Decimal(100):
            raise InvalidValue("percentage must not be greater than 100", param="rate")
        fields["rate"] = figure
    return fields
