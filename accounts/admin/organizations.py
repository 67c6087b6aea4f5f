"""Organizations, their members and bank accounts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.http import HttpRequest

from accounts.admin.operators import moment, operator, operator_on
from accounts.models import BankAccount, Membership, Organization, User
from accounts.models.parties import PARTY_FIELDS
from accounts.operations import bank_accounts, memberships, organizations
from core.admin import OperationAdmin

_PARTY = tuple(name for name in PARTY_FIELDS if name not in ("legal_name", "trading_name"))


class OrganizationForm(forms.ModelForm):
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True),
        required=False,
        help_text="Becomes the first member, as owner.",
        widget=AutocompleteSelect(Membership._meta.get_field("user"), admin.site),
    )

    class Meta:
        model = Organization
        fields = ("name", "slug")


@admin.register(Organization)
class OrganizationAdmin(OperationAdmin):
    """Settings of the live organization; its sandbox follows and is only shown."""

    form = OrganizationForm
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ("name", "livemode", "plan", "currency", "timezone", "country", "created_at")
    list_filter = ("livemode", "plan", "currency", "country")
    search_fields = ("name", "slug", "legal_name", "vat_id", "email")
    readonly_fields = ("livemode", "uuid", "settings_version", "created_at", "updated_at")
    fixed = ("slug",)
    autocomplete_fields = ("administered_by",)
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "slug", "legal_name", "trading_name", "livemode")}),
        ("Plan", {"fields": ("plan", "rate_limit_per_minute", "administered_by")}),
        (
            "Place and language",
            {"fields": ("currency", "accounting_currency", "timezone", "locale")},
        ),
        ("Registrations, address and contact", {"fields": _PARTY}),
        (
            "Look",
            {
                "fields": (
                    "logo",
                    "accent_color",
                    "template",
                    "email",
                    "phone",
                    "website",
                    "legal_text",
                )
            },
        ),
        (
            "Billing rules",
            {
                "fields": (
                    "payment_terms_days",
                    "payment_terms",
                    "default_notes",
                    "default_terms",
                    "number_assignment",
                    "rounding",
                    "inclusive_order",
                    "prices_include_tax",
                    "cash_rounding_minor",
                    "date_order",
                    "write_off_tolerance_minor",
                    "copy_mail_to_self",
                    "tracks_mail",
                )
            },
        ),
        ("Record", {"fields": ("uuid", "settings_version", "created_at", "updated_at")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Organization | None = None) -> Any:
        rest = super().get_fieldsets(request, obj)
        return rest if obj else (("Owner", {"fields": ("owner",)}), *rest)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Organization | None = None) -> Any:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Organization | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.livemode)

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Organization:
        return organizations.create_organization(at=moment(), by=operator(request).label, **values)

    def update(
        self, request: HttpRequest, row: Organization, changes: dict[str, Any]
    ) -> Organization:
        return organizations.update_organization(
            actor=operator_on(request, row), at=moment(), **changes
        )


@admin.register(Membership)
class MembershipAdmin(OperationAdmin):
    list_display = ("user", "organization", "role", "created_at")
    list_select_related = ("user", "organization")
    list_filter = ("role",)
    search_fields = ("user__email", "user__name", "organization__name")
    autocomplete_fields = ("organization", "user")
    fields = ("organization", "user", "role", "created_at", "updated_at")
    readonly_fields = ("created_at", "updated_at")
    fixed = ("organization", "user")
    can_delete = True

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Membership:
        return memberships.invite_member(
            actor=operator_on(request, values["organization"]),
            at=moment(),
            email=values["user"].email,
            role=values["role"],
        )

    def update(self, request: HttpRequest, row: Membership, changes: dict[str, Any]) -> Membership:
        if "role" not in changes:
            return row
        return memberships.change_role(
            actor=operator_on(request, row.organization),
            at=moment(),
            membership_id=row.pk,
            role=changes["role"],
        )

    def remove(self, request: HttpRequest, row: Membership) -> None:
        memberships.remove_member(
            actor=operator_on(request, row.organization), at=moment(), membership_id=row.pk
        )


@admin.register(BankAccount)
class BankAccountAdmin(OperationAdmin):
    list_display = ("__str__", "name", "currency", "organization", "is_default", "archived_at")
    list_select_related = ("organization",)
    list_filter = ("currency", "is_default")
    search_fields = ("name", "iban", "account_number", "organization__name")
    autocomplete_fields = ("organization",)
    fields = (
        "organization",
        *sorted(bank_accounts.EDITABLE),
        "archived_at",
        "created_at",
        "updated_at",
    )
    readonly_fields = ("archived_at", "created_at", "updated_at")
    fixed = ("organization",)
    can_delete = True

    def has_change_permission(self, request: HttpRequest, obj: BankAccount | None = None) -> bool:
        """What is archived is only looked at."""
        is_kept = obj is not None and obj.archived_at is not None
        return not is_kept and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: BankAccount | None = None) -> bool:
        is_kept = obj is not None and obj.archived_at is not None
        return not is_kept and super().has_delete_permission(request, obj)

    def create(self, request: HttpRequest, values: dict[str, Any]) -> BankAccount:
        organization = values.pop("organization")
        return bank_accounts.create_bank_account(
            actor=operator_on(request, organization), at=moment(), **values
        )

    def update(
        self, request: HttpRequest, row: BankAccount, changes: dict[str, Any]
    ) -> BankAccount:
        return bank_accounts.update_bank_account(
            actor=operator_on(request, row.organization),
            at=moment(),
            bank_account_id=row.pk,
            **changes,
        )

    def remove(self, request: HttpRequest, row: BankAccount) -> None:
        bank_accounts.delete_bank_account(
            actor=operator_on(request, row.organization), at=moment(), bank_account_id=row.pk
        )
