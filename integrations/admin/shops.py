"""Connected shops, what they sent, and what it became. Signing secrets are never shown."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin, shown
from integrations.models import ShopConnection, ShopDelivery, ShopRecord


@admin.register(ShopConnection)
class ShopConnectionAdmin(ReadOnlyAdmin):
    list_display = ("domain", "kind", "organization", "is_active", "created_at")
    list_select_related = ("organization",)
    list_filter = ("kind", "is_active", "organization__livemode")
    search_fields = ("domain", "organization__name")
    detail = shown(ShopConnection, hidden=("secret",))


@admin.register(ShopDelivery)
class ShopDeliveryAdmin(ReadOnlyAdmin):
    list_display = (
        "received_at",
        "topic",
        "connection",
        "order_reference",
        "state",
        "attempts_made",
        "error",
    )
    list_select_related = ("connection",)
    list_filter = ("state",)
    search_fields = ("topic", "order_reference", "connection__domain", "delivery_id")
    detail = shown(ShopDelivery, structures=("body",))


@admin.register(ShopRecord)
class ShopRecordAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "connection",
        "kind",
        "external_id",
        "customer",
        "invoice",
        "credit_note",
    )
    list_select_related = ("connection", "customer", "invoice", "credit_note")
    list_filter = ("kind",)
    search_fields = ("external_id", "connection__domain")
    detail = shown(ShopRecord)
