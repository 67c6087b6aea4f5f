"""Where sandboxes' clocks are going, and where the feed of events stands."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from integrations.models import ClockAdvance, FeedCounter


@admin.register(ClockAdvance)
class ClockAdvanceAdmin(ReadOnlyAdmin):
    list_display = ("organization", "target", "requested_at", "next_attempt_at", "locked_until")
    list_select_related = ("organization",)
    search_fields = ("organization__name",)


@admin.register(FeedCounter)
class FeedCounterAdmin(ReadOnlyAdmin):
    list_display = ("id", "last")
    search_fields = ("=id",)
