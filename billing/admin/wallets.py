"""Wallets through their operations, and payment requests to look at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.operators import moment, operator_on
from billing.models import PaymentRequest, Wallet
from billing.operations import wallets
from core.admin import OperationAdmin, ReadOnlyAdmin


@admin.register(Wallet)
class WalletAdmin(OperationAdmin):
    list_display = ("name", "organization", "kind", "currency", "blockchain", "is_default")
    list_select_related = ("organization",)
    list_filter = ("kind", "blockchain", "is_active", "organization__livemode")
    search_fields = ("name", "address", "organization__name")
    autocomplete_fields = ("organization",)
    raw_id_fields = ("bank_account",)
    fields = (
        "organization",
        *sorted(wallets.EDITABLE),
        "bank_account",
        "is_active",
        "created_at",
        "updated_at",
    )
    readonly_fields = ("is_active", "created_at", "updated_at")
    fixed = ("organization",)
    can_delete = True

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Wallet:
        organization = values.pop("organization")
        return wallets.create_wallet(
            actor=operator_on(request, organization), at=moment(), **_referring(values)
        )

    def update(self, request: HttpRequest, row: Wallet, changes: dict[str, Any]) -> Wallet:
        return wallets.update_wallet(
            actor=operator_on(request, row.organization),
            at=moment(),
            wallet_id=row.pk,
            **_referring(changes),
        )

    def remove(self, request: HttpRequest, row: Wallet) -> None:
        wallets.delete_wallet(
            actor=operator_on(request, row.organization), at=moment(), wallet_id=row.pk
        )


@admin.register(PaymentRequest)
class PaymentRequestAdmin(ReadOnlyAdmin):
    list_display = ("name", "invoice", "app", "wallet", "delivery", "release_on", "created_at")
    list_select_related = ("invoice", "app", "wallet")
    list_filter = ("delivery", "organization__livemode")
    search_fields = ("name", "email", "invoice__number")


def _referring(values: dict[str, Any]) -> dict[str, Any]:
    """The account by its id, as operations take it."""
    named = dict(values)
    if "bank_account" in named:
        account = named.pop("bank_account")
        named["bank_account_id"] = account.pk if account else None
    return named
