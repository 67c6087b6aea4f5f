"""The books: append-only, so there is nothing to do here but look."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from billing.models import JournalEntry, LedgerAccount, Posting, Transaction
from core.admin import ReadOnlyAdmin, ReadOnlyInline, money, shown


class PostingInline(ReadOnlyInline):
    model = Posting
    fields = [
        "account",
        money("amount"),
        money("base_amount", "base_currency"),
        "customer",
        "invoice",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("account", "customer", "invoice")


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "organization", "type", "system_role", "is_active")
    list_select_related = ("organization",)
    list_filter = ("type", "system_role")
    search_fields = ("code", "name", "organization__name")
    ordering = ("organization", "code")


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    list_display = ("entry_date", "kind", "organization", "source_type", "source_id", "memo")
    list_select_related = ("organization",)
    list_filter = ("kind",)
    search_fields = ("kind", "memo", "organization__name")
    inlines = (PostingInline,)


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin):
    list_display = (
        "entry_date",
        "account",
        money("amount"),
        money("base_amount", "base_currency"),
        "customer",
        "invoice",
    )
    list_select_related = ("account", "customer", "invoice")
    list_filter = ("currency", "account__type")
    search_fields = ("account__name", "customer__name", "invoice__number")
    detail = shown(Posting, currencies={"base_amount": "base_currency"})


@admin.register(Transaction)
class TransactionAdmin(ReadOnlyAdmin):
    list_display = ("date", "kind", "organization", "account", "category", money("amount"))
    list_select_related = ("organization", "account", "category")
    list_filter = ("kind", "currency", "organization__livemode")
    search_fields = ("description", "reference")
    detail = shown(Transaction)
