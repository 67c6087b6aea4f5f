"""/v1/products and /v1/tax-profiles."""

from dataclasses import replace
from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from billing.operations import products, tax_profiles
from billing.queries.products import get_product, list_products
from billing.queries.tax_profiles import get_tax_profile, list_tax_profiles
from billing.snapshots import product_snapshot, tax_profile_snapshot
from integrations.dialects.base.endpoint import Endpoint, Endpoints, partial_update
from integrations.dialects.base.faults import Fault
from integrations.dialects.base.fields import Choice, CurrencyCode, Text
from integrations.dialects.base.pagination import PageRequest, SortKey, read_text
from integrations.dialects.base.query import FlagText, InstantRange, filtered
from integrations.dialects.enterprise.bodies.others import PRODUCT, TAX_PROFILE, tax_profile_values
from integrations.dialects.enterprise.presenters.catalogue import (
    present_product,
    present_tax_profile,
)
from integrations.dialects.enterprise.shapes import catalogue as SHAPES
from integrations.dialects.enterprise.views.base import (
    BY_CREATION,
    BY_UPDATE,
    EnterpriseView,
    list_query,
)
from integrations.dialects.enterprise.words import PRODUCT_TYPES, TAX_CATEGORIES, TAX_TYPES

PRODUCTS = list_query(
    "product",
    type=Choice(name="kind", table=PRODUCT_TYPES),
    category=Text(most=100),
    sku=Text(most=100),
    currency=CurrencyCode(),
    is_active=FlagText(),
    created_at=InstantRange(),
    updated_at=InstantRange(),
)
TAX_PROFILES = list_query(
    "tax profile",
    type=Choice(table=TAX_TYPES),
    category=Choice(table=TAX_CATEGORIES),
    is_active=FlagText(),
    created_at=InstantRange(),
    updated_at=InstantRange(),
)
SORTS = {**BY_CREATION, **BY_UPDATE, "name": (SortKey("name", read_text),)}
PRODUCT_SORTS = {**SORTS, "sku": (SortKey("sku", read_text),)}
PRODUCT_EXAMPLE = {
    "name": "Web Development Services",
    "description": "Hourly web development services",
    "sku": "WEB-DEV-001",
    "unit_price": 150.00,
    "unit": "hour",
    "category": "Services",
}


class ProductList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List products",
            scopes=("products:read",),
            query=PRODUCTS,
            answer=SHAPES.PRODUCTS,
        ),
        "POST": Endpoint(
            summary="Create a product",
            scopes=("products:write",),
            body=PRODUCT,
            answer=SHAPES.PRODUCT,
            status=201,
            example=PRODUCT_EXAMPLE,
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        page = PageRequest.taken_from(query)
        rows = filtered(list_products(self.actor.organization_id), query)
        return self.list_answer(
            rows, page, lambda row: present_product(product_snapshot(row)), sorts=PRODUCT_SORTS
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        product = products.create_product(actor=self.actor, at=self.at, **self.body())
        shown = present_product(product_snapshot(product))
        return self.answer(shown, 201, location=f"/v1/products/{shown['id']}")


class ProductDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve a product", scopes=("products:read",), answer=SHAPES.PRODUCT
        ),
        **partial_update(
            Endpoint(
                summary="Update a product",
                scopes=("products:write",),
                body=PRODUCT.optional(),
                answer=SHAPES.PRODUCT,
            )
        ),
        "DELETE": Endpoint(
            summary="Delete a product",
            scopes=("products:write",),
            status=204,
            description="One that a document uses is archived instead.",
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        product = get_product(self.actor.organization_id, self.uuid_of("product", id))
        return self.answer(present_product(product_snapshot(product)))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        product = products.update_product(
            actor=self.actor,
            at=self.at,
            product_id=self.uuid_of("product", id),
            **self.body(),
        )
        return self.answer(present_product(product_snapshot(product)))

    patch = put

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        products.delete_product(
            actor=self.actor, at=self.at, product_id=self.uuid_of("product", id)
        )
        return self.no_content()


class _TaxProfileView(EnterpriseView):
    def _spell_reference(self, fault: Fault) -> Fault:
        """Elsewhere our `kind` is the wire's `type`; a tax profile has both."""
        fault = super()._spell_reference(fault)
        errors = tuple((_own(name) or "", *rest) for name, *rest in fault.errors)
        return replace(fault, param=_own(fault.param), errors=errors)  # type: ignore[arg-type]


class TaxProfileList(_TaxProfileView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List tax profiles",
            scopes=("products:read",),
            query=TAX_PROFILES,
            answer=SHAPES.TAX_PROFILES,
        ),
        "POST": Endpoint(
            summary="Create a tax profile",
            scopes=("products:write",),
            body=TAX_PROFILE,
            answer=SHAPES.TAX_PROFILE,
            status=201,
            description=(
                "`kind` is `percent` or `fixed`: so much of `currency` per unit sold, which with"
                " `in_tax_base` is itself taxed by the taxes after it. The order of"
                " `tax_profile_ids` on a line is the order of taxation; a `compound` one is"
                " charged on those before it too. E, AE, K, G and O carry no rate, and a reason"
                " of their own unless you give a better one."
            ),
            errors=(tax_profiles.TaxProfileNameTaken,),
            example={"name": "GST (10%)", "type": "GST", "rate": 10},
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        page = PageRequest.taken_from(query)
        rows = filtered(list_tax_profiles(self.actor.organization_id), query)
        return self.list_answer(
            rows, page, lambda row: present_tax_profile(tax_profile_snapshot(row)), sorts=SORTS
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        profile = tax_profiles.create_tax_profile(
            actor=self.actor, at=self.at, **tax_profile_values(self.body())
        )
        shown = present_tax_profile(tax_profile_snapshot(profile))
        return self.answer(shown, 201, location=f"/v1/tax-profiles/{shown['id']}")


class TaxProfileDetail(_TaxProfileView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve a tax profile", scopes=("products:read",), answer=SHAPES.TAX_PROFILE
        ),
        **partial_update(
            Endpoint(
                summary="Update a tax profile",
                scopes=("products:write",),
                body=TAX_PROFILE.optional(),
                answer=SHAPES.TAX_PROFILE,
            )
        ),
        "DELETE": Endpoint(
            summary="Delete a tax profile",
            scopes=("products:write",),
            status=204,
            description="One that a document uses is archived instead.",
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        profile = get_tax_profile(self.actor.organization_id, self.uuid_of("tax profile", id))
        return self.answer(present_tax_profile(tax_profile_snapshot(profile)))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        profile = tax_profiles.update_tax_profile(
            actor=self.actor,
            at=self.at,
            tax_profile_id=self.uuid_of("tax profile", id),
            **self.body(),
        )
        return self.answer(present_tax_profile(tax_profile_snapshot(profile)))

    patch = put

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        tax_profiles.delete_tax_profile(
            actor=self.actor, at=self.at, tax_profile_id=self.uuid_of("tax profile", id)
        )
        return self.no_content()


def _own(param: str | None) -> str | None:
    return ".kind" if param == "kind" else param
