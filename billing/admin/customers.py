"""Who is billed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.operators import moment, operator_on
from accounts.models.parties import PARTY_FIELDS
from billing.models import (
    Customer,
    CustomerAddress,
    CustomerBalance,
    CustomerContact,
    MailSuppression,
)
from billing.operations import customers
from core.admin import OperationAdmin, ReadOnlyAdmin, ReadOnlyInline, money, shown


class ContactInline(ReadOnlyInline):
    model = CustomerContact
    fields = ["name", "position", "email", "phone", "is_primary", "receives_invoices"]


class AddressInline(ReadOnlyInline):
    model = CustomerAddress
    fields = ["kind", "name", "line1", "line2", "city", "postal_code", "country"]


class BalanceInline(ReadOnlyInline):
    model = CustomerBalance
    fields = [money("receivable"), money("credit")]


@admin.register(Customer)
class CustomerAdmin(OperationAdmin):
    list_display = ("name", "organization", "email", "country", "currency", "status", "created_at")
    list_select_related = ("organization",)
    list_filter = ("status", "kind", "currency", "organization__livemode")
    search_fields = ("name", "legal_name", "email", "vat_id", "organization__name")
    autocomplete_fields = ("organization",)
    readonly_fields = ("uuid", money("credit_limit"), "created_at", "updated_at")
    fixed = ("organization",)
    can_delete = True
    inlines = (ContactInline, AddressInline, BalanceInline)
    fieldsets = (
        (None, {"fields": ("organization", "name", "kind", "status", "tags")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "phone", "locale")}),
        ("Registrations, address and contact", {"fields": tuple(PARTY_FIELDS)}),
        (
            "Billing",
            {
                "fields": (
                    "currency",
                    "payment_terms_days",
                    "payment_terms",
                    "buyer_reference",
                    "is_tax_exempt",
                    readonly_fields[1],
                )
            },
        ),
        ("More", {"fields": ("notes", "external_reference", "metadata")}),
        ("Record", {"fields": ("uuid", "created_at", "updated_at")}),
    )

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Customer:
        organization = values.pop("organization")
        return customers.create_customer(
            actor=operator_on(request, organization), at=moment(), **values
        )

    def update(self, request: HttpRequest, row: Customer, changes: dict[str, Any]) -> Customer:
        return customers.update_customer(
            actor=operator_on(request, row.organization),
            at=moment(),
            customer_id=row.pk,
            **changes,
        )

    def remove(self, request: HttpRequest, row: Customer) -> None:
        customers.delete_customer(
            actor=operator_on(request, row.organization), at=moment(), customer_id=row.pk
        )


@admin.register(CustomerContact)
class CustomerContactAdmin(ReadOnlyAdmin):
    list_display = ("name", "customer", "email", "position", "is_primary", "receives_invoices")
    list_select_related = ("customer",)
    list_filter = ("is_primary", "receives_invoices")
    search_fields = ("name", "email", "customer__name")


@admin.register(CustomerAddress)
class CustomerAddressAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "customer", "kind", "postal_code", "country")
    list_select_related = ("customer",)
    list_filter = ("kind",)
    search_fields = ("line1", "city", "customer__name")


@admin.register(CustomerBalance)
class CustomerBalanceAdmin(ReadOnlyAdmin):
    """Kept by the ledger; `manage.py verify_ledger` proves it."""

    list_display = ("customer", "organization", money("receivable"), money("credit"))
    list_select_related = ("customer", "organization")
    list_filter = ("currency",)
    search_fields = ("customer__name", "organization__name")
    detail = shown(CustomerBalance)


@admin.register(MailSuppression)
class MailSuppressionAdmin(ReadOnlyAdmin):
    list_display = ("address", "reason", "organization", "detail", "created_at", "lifted_at")
    list_select_related = ("organization",)
    list_filter = ("reason",)
    search_fields = ("address", "detail", "organization__name")
