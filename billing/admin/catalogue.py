"""What is sold, how it is taxed, and what currencies are worth."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.operators import moment, operator_on
from billing.models import ExchangeRate, Product, TaxProfile
from billing.operations import exchange_rates, products, tax_profiles
from core.admin import OperationAdmin, exact


@admin.register(TaxProfile)
class TaxProfileAdmin(OperationAdmin):
    """Documents copy the rule, so a change reaches only what is written from now on."""

    list_display = ("name", "organization", "type", exact("rate"), "category", "is_active")
    list_select_related = ("organization",)
    list_filter = ("is_active", "type", "category", "organization__livemode")
    search_fields = ("name", "jurisdiction", "organization__name")
    autocomplete_fields = ("organization",)
    fields = (
        "organization",
        "name",
        "type",
        "kind",
        "rate",
        "fixed_amount",
        "currency",
        "is_compound",
        "is_inclusive",
        "is_in_tax_base",
        "category",
        "exemption_reason",
        "jurisdiction",
        "description",
        "is_active",
        "uuid",
        "created_at",
        "updated_at",
    )
    readonly_fields = ("uuid", "created_at", "updated_at")
    fixed = ("organization",)
    can_delete = True

    def create(self, request: HttpRequest, values: dict[str, Any]) -> TaxProfile:
        organization = values.pop("organization")
        return tax_profiles.create_tax_profile(
            actor=operator_on(request, organization), at=moment(), **_given(values, "currency")
        )

    def update(self, request: HttpRequest, row: TaxProfile, changes: dict[str, Any]) -> TaxProfile:
        return tax_profiles.update_tax_profile(
            actor=operator_on(request, row.organization),
            at=moment(),
            tax_profile_id=row.pk,
            **changes,
        )

    def remove(self, request: HttpRequest, row: TaxProfile) -> None:
        tax_profiles.delete_tax_profile(
            actor=operator_on(request, row.organization), at=moment(), tax_profile_id=row.pk
        )


@admin.register(Product)
class ProductAdmin(OperationAdmin):
    list_display = (
        "name",
        "organization",
        "sku",
        exact("unit_price"),
        "currency",
        "tax_profile",
        "is_active",
    )
    list_select_related = ("organization", "tax_profile")
    list_filter = ("is_active", "kind", "currency", "organization__livemode")
    search_fields = ("name", "sku", "organization__name")
    autocomplete_fields = ("organization", "tax_profile")
    fields = (
        "organization",
        "name",
        "description",
        "sku",
        "kind",
        "unit_price",
        "currency",
        "cost_price",
        "unit",
        "unit_code",
        "tax_profile",
        "category",
        "stock_quantity",
        "low_stock_threshold",
        "is_active",
        "metadata",
        "uuid",
        "created_at",
        "updated_at",
    )
    readonly_fields = ("uuid", "created_at", "updated_at")
    fixed = ("organization",)
    can_delete = True

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Product:
        organization = values.pop("organization")
        return products.create_product(
            actor=operator_on(request, organization), at=moment(), **_with_tax(values)
        )

    def update(self, request: HttpRequest, row: Product, changes: dict[str, Any]) -> Product:
        return products.update_product(
            actor=operator_on(request, row.organization),
            at=moment(),
            product_id=row.pk,
            **_with_tax(changes),
        )

    def remove(self, request: HttpRequest, row: Product) -> None:
        products.delete_product(
            actor=operator_on(request, row.organization), at=moment(), product_id=row.pk
        )


@admin.register(ExchangeRate)
class ExchangeRateAdmin(OperationAdmin):
    """A rate set again for the same day replaces the one before."""

    list_display = ("currency", "base_currency", "valid_from", exact("rate"), "organization")
    list_select_related = ("organization",)
    list_filter = ("currency", "base_currency")
    search_fields = ("currency", "organization__name")
    autocomplete_fields = ("organization",)
    ordering = ("-valid_from", "currency")
    fields = ("organization", "currency", "base_currency", "valid_from", "rate")
    fixed = ("organization", "currency", "base_currency", "valid_from")

    def create(self, request: HttpRequest, values: dict[str, Any]) -> ExchangeRate:
        organization = values.pop("organization")
        return exchange_rates.set_exchange_rate(
            actor=operator_on(request, organization), at=moment(), **values
        )

    def update(
        self, request: HttpRequest, row: ExchangeRate, changes: dict[str, Any]
    ) -> ExchangeRate:
        return exchange_rates.set_exchange_rate(
            actor=operator_on(request, row.organization),
            at=moment(),
            currency=row.currency,
            base_currency=row.base_currency,
            valid_from=row.valid_from,
            rate=changes.get("rate", row.rate),
        )


def _with_tax(values: dict[str, Any]) -> dict[str, Any]:
    if "tax_profile" in values:
        profile = values.pop("tax_profile")
        values["tax_profile_id"] = profile.pk if profile else None
    return values


def _given(values: dict[str, Any], *optional: str) -> dict[str, Any]:
    """Without the optional ones that were left empty."""
    return {name: value for name, value in values.items() if value or name not in optional}
