"""What the interface remembers between requests.

Stored answers are not shown: the answer that made an API key holds its secret.
"""

from django.contrib import admin

from core.admin import ReadOnlyAdmin, shown
from integrations.models import IdempotencyRecord, RateLimitWindow


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(ReadOnlyAdmin):
    list_display = ("key", "organization", "status_code", "created_at", "expires_at")
    list_select_related = ("organization",)
    list_filter = ("status_code",)
    search_fields = ("key", "organization__name")
    detail = shown(IdempotencyRecord, hidden=("body",))


@admin.register(RateLimitWindow)
class RateLimitWindowAdmin(ReadOnlyAdmin):
    list_display = ("key", "window_start", "used")
    search_fields = ("key",)
