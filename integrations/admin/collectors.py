"""The collector: who is connected to what, what came and what the callback said of it.

Secrets, sessions and documents are never shown.
"""

from django.contrib import admin

from core.admin import ReadOnlyAdmin, shown
from integrations.models import (
    CallbackDelivery,
    CollectedInvoice,
    CollectorAccount,
    CollectorCredential,
    CollectorUser,
    CollectorUserToken,
    CollectRun,
    Supplier,
    SupplierInvoice,
)


@admin.register(CollectorAccount)
class CollectorAccountAdmin(ReadOnlyAdmin):
    list_display = ("name", "organization", "callback", "created_at")
    list_select_related = ("organization",)
    search_fields = ("name", "callback", "organization__name")
    detail = shown(CollectorAccount, hidden=("secret",))


@admin.register(CollectorUser)
class CollectorUserAdmin(ReadOnlyAdmin):
    list_display = ("remote_id", "organization", "locale", "terms_accepted_at", "created_at")
    list_select_related = ("organization",)
    search_fields = ("remote_id", "organization__name")
    detail = shown(CollectorUser, hidden=("code_digest",))


@admin.register(CollectorUserToken)
class CollectorUserTokenAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "user", "expires_at")
    list_select_related = ("user",)
    search_fields = ("user__remote_id",)
    detail = shown(CollectorUserToken, hidden=("digest",))


@admin.register(CollectorCredential)
class CollectorCredentialAdmin(ReadOnlyAdmin):
    list_display = ("source", "user", "state", "last_collect_at", "next_attempt_at", "key_id")
    list_select_related = ("user",)
    list_filter = ("source", "state")
    search_fields = ("source", "note", "user__remote_id")
    detail = shown(
        CollectorCredential,
        hidden=("data_key", "sealed_params", "sealed_session", "sealed_code"),
    )


@admin.register(CollectRun)
class CollectRunAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "credential", "outcome", "seen", "collected", "message")
    list_select_related = ("credential",)
    list_filter = ("outcome",)
    search_fields = ("credential__source", "message")
    detail = shown(CollectRun)


@admin.register(CollectedInvoice)
class CollectedInvoiceAdmin(ReadOnlyAdmin):
    list_display = ("external_id", "credential", "issued_at", "collected_at", "amount", "size")
    list_select_related = ("credential",)
    search_fields = ("external_id", "credential__source", "credential__user__remote_id")
    detail = shown(CollectedInvoice, hidden=("sealed_document",), plain=("size",))


@admin.register(CallbackDelivery)
class CallbackDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "credential", "status", "attempts_made", "error")
    list_select_related = ("credential",)
    list_filter = ("kind", "status")
    search_fields = ("uuid", "credential__source")
    detail = shown(CallbackDelivery)


@admin.register(Supplier)
class SupplierAdmin(ReadOnlyAdmin):
    list_display = ("name", "organization", "tax_id", "category", "updated_at")
    list_select_related = ("organization", "category")
    search_fields = ("name", "tax_id", "organization__name")
    detail = shown(Supplier)


@admin.register(SupplierInvoice)
class SupplierInvoiceAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "organization", "status", "media_type", "size", "problem")
    list_select_related = ("organization",)
    list_filter = ("status", "problem")
    search_fields = ("supplier_name", "number", "file_name", "organization__name")
    detail = shown(SupplierInvoice, hidden=("data_key", "figures"), plain=("size",))
