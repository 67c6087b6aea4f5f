"""The customer portal: who came in, and what they announced, to look at."""

from django.contrib import admin

from billing.models import PortalLink, PortalSession, Remittance, RemittanceLine
from core.admin import ReadOnlyAdmin, ReadOnlyInline, money, shown


@admin.register(PortalLink)
class PortalLinkAdmin(ReadOnlyAdmin):
    list_display = ("email", "organization", "created_at", "mailed_at", "used_at", "expires_at")
    list_select_related = ("organization",)
    list_filter = ("organization__livemode",)
    search_fields = ("email",)
    detail = shown(PortalLink, hidden=("digest",))


@admin.register(PortalSession)
class PortalSessionAdmin(ReadOnlyAdmin):
    list_display = ("email", "customer", "organization", "seen_at", "expires_at", "ended_at")
    list_select_related = ("customer", "organization")
    list_filter = ("organization__livemode",)
    search_fields = ("email", "customer__name")
    detail = shown(PortalSession, hidden=("digest",))


class RemittanceLineInline(ReadOnlyInline):
    model = RemittanceLine
    fields = ["invoice", money("amount", "remittance.currency")]


@admin.register(Remittance)
class RemittanceAdmin(ReadOnlyAdmin):
    list_display = ("reference", "customer", "organization", "status", money("amount"), "payment")
    list_select_related = ("customer", "organization", "payment")
    list_filter = ("status", "organization__livemode")
    search_fields = ("reference", "customer__name", "announced_by")
    inlines = (RemittanceLineInline,)
    detail = shown(Remittance, currencies={"amount": "currency"})


@admin.register(RemittanceLine)
class RemittanceLineAdmin(ReadOnlyAdmin):
    list_display = ("remittance", "invoice", money("amount", "remittance.currency"))
    list_select_related = ("remittance", "invoice")
    search_fields = ("invoice__number",)
    detail = shown(RemittanceLine, currencies={"amount": "remittance.currency"})
