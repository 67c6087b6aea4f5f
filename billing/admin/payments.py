"""Money in, where it went, and money back: to look at."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from billing.models import Allocation, Payment, Refund
from core.admin import ReadOnlyAdmin, ReadOnlyInline, money, shown


class AllocationInline(ReadOnlyInline):
    model = Allocation
    fields = ["invoice", money("amount", "invoice.currency"), "allocated_on", "reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("invoice")


class RefundInline(ReadOnlyInline):
    model = Refund
    fields = ["number", money("amount"), "refund_date", "status", "reason"]


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "customer",
        "organization",
        "status",
        "method",
        "payment_date",
        money("amount"),
        money("amount_unapplied"),
    )
    list_select_related = ("customer", "organization")
    list_filter = ("status", "method", "currency", "organization__livemode")
    search_fields = ("number", "customer__name", "transaction_id", "reference")
    inlines = (AllocationInline, RefundInline)
    detail = shown(Payment)


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin):
    list_display = (
        "invoice",
        "kind",
        "payment",
        "credit_note",
        money("amount", "invoice.currency"),
        "allocated_on",
    )
    list_select_related = ("invoice", "payment", "credit_note")
    list_filter = ("kind",)
    search_fields = ("invoice__number", "payment__number", "credit_note__number")
    detail = shown(Allocation, currencies={"*": "invoice.currency"})


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ("number", "payment", "organization", "status", "refund_date", money("amount"))
    list_select_related = ("payment", "organization")
    list_filter = ("status", "currency", "organization__livemode")
    search_fields = ("number", "payment__number", "transaction_id")
    detail = shown(Refund)
