"""What bills and reminds by itself, and links that ask for money: to look at."""

from django.contrib import admin

from billing.models import (
    Dispute,
    LateFee,
    LateFeePolicy,
    PaymentLink,
    RecurringInvoice,
    RecurringLine,
    RecurringRun,
    Reminder,
    ReminderPolicy,
    ReminderStep,
    ScheduledSend,
)
from core.admin import ReadOnlyAdmin, ReadOnlyInline, exact, money, shown


class RecurringLineInline(ReadOnlyInline):
    model = RecurringLine
    fields = ["position", "product", "name", exact("quantity"), exact("unit_price")]


class RecurringRunInline(ReadOnlyInline):
    model = RecurringRun
    fields = ["intended_date", "status", "issue_date", "invoice", "error"]


@admin.register(RecurringInvoice)
class RecurringInvoiceAdmin(ReadOnlyAdmin):
    list_display = (
        "__str__",
        "customer",
        "organization",
        "status",
        "frequency",
        "next_date",
        "runs_made",
        "last_error",
    )
    list_select_related = ("customer", "organization")
    list_filter = ("status", "frequency", "action", "organization__livemode")
    search_fields = ("name", "customer__name", "reference")
    inlines = (RecurringLineInline, RecurringRunInline)


@admin.register(RecurringLine)
class RecurringLineAdmin(ReadOnlyAdmin):
    list_display = ("recurring", "position", "name", exact("quantity"), exact("unit_price"))
    list_select_related = ("recurring",)
    search_fields = ("name", "recurring__name")


@admin.register(RecurringRun)
class RecurringRunAdmin(ReadOnlyAdmin):
    list_display = ("recurring", "intended_date", "status", "invoice", "attempts", "error_code")
    list_select_related = ("recurring", "invoice")
    list_filter = ("status",)
    search_fields = ("recurring__name", "invoice__number", "error")


class ReminderStepInline(ReadOnlyInline):
    model = ReminderStep
    fields = ["days", "is_active", "active_since", "subject"]


@admin.register(ReminderPolicy)
class ReminderPolicyAdmin(ReadOnlyAdmin):
    list_display = ("organization", "is_enabled", "send_time", "checked_on")
    list_select_related = ("organization",)
    list_filter = ("is_enabled", "organization__livemode")
    search_fields = ("organization__name",)
    inlines = (ReminderStepInline,)
    detail = shown(ReminderPolicy, currencies={"minimum_due": "organization.base_currency"})


@admin.register(ReminderStep)
class ReminderStepAdmin(ReadOnlyAdmin):
    list_display = ("organization", "days", "is_active", "active_since")
    list_select_related = ("organization",)
    list_filter = ("is_active",)
    search_fields = ("organization__name", "subject")


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ("invoice", "organization", "days", "planned_date", "status", "reason")
    list_select_related = ("invoice", "organization")
    list_filter = ("status", "organization__livemode")
    search_fields = ("invoice__number", "reason")


@admin.register(ScheduledSend)
class ScheduledSendAdmin(ReadOnlyAdmin):
    list_display = ("invoice", "organization", "send_at", "status", "error")
    list_select_related = ("invoice", "organization")
    list_filter = ("status", "organization__livemode")
    search_fields = ("invoice__number", "error")


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    list_display = ("invoice", "organization", "kind", "status", "outcome", "opened_on")
    list_select_related = ("invoice", "organization")
    list_filter = ("kind", "status", "outcome", "organization__livemode")
    search_fields = ("invoice__number", "reference", "reason")
    detail = shown(Dispute, currencies={"amount": "invoice.currency"})


@admin.register(LateFeePolicy)
class LateFeePolicyAdmin(ReadOnlyAdmin):
    list_display = ("organization", "customer", "is_enabled", "fee_type", "checked_on")
    list_select_related = ("organization", "customer")
    list_filter = ("is_enabled", "organization__livemode")
    search_fields = ("organization__name", "customer__name")
    detail = shown(LateFeePolicy, currencies={"most_amount": "organization.base_currency"})


@admin.register(LateFee)
class LateFeeAdmin(ReadOnlyAdmin):
    list_display = ("invoice", "organization", "kind", "intended_date", "fee_invoice", "waived_at")
    list_select_related = ("invoice", "organization", "fee_invoice")
    list_filter = ("kind", "organization__livemode")
    search_fields = ("invoice__number", "fee_invoice__number")
    detail = shown(
        LateFee,
        currencies={"base_amount": "invoice.currency", "amount": "invoice.currency"},
    )


@admin.register(PaymentLink)
class PaymentLinkAdmin(ReadOnlyAdmin):
    list_display = (
        "name",
        "organization",
        "invoice",
        "product",
        "status",
        money("amount"),
        "times_used",
        "expires_at",
    )
    list_select_related = ("organization", "invoice", "product")
    list_filter = ("status", "currency", "organization__livemode")
    search_fields = ("name", "invoice__number", "product__name")
    # Whoever knows the token can open the page.
    detail = shown(PaymentLink, hidden=("public_token",))
