"""Document numbers and the fate of each: to look at."""

from django.contrib import admin

from billing.models import NumberCounter, NumberRegister, NumberSeries
from core.admin import ReadOnlyAdmin


@admin.register(NumberSeries)
class NumberSeriesAdmin(ReadOnlyAdmin):
    list_display = ("document", "name", "organization", "pattern", "reset", "is_default")
    list_select_related = ("organization",)
    list_filter = ("document", "reset")
    search_fields = ("name", "pattern", "organization__name")


@admin.register(NumberCounter)
class NumberCounterAdmin(ReadOnlyAdmin):
    list_display = ("series", "organization", "period", "last", "started_after")
    list_select_related = ("series", "organization")
    search_fields = ("period", "organization__name")


@admin.register(NumberRegister)
class NumberRegisterAdmin(ReadOnlyAdmin):
    list_display = ("number", "organization", "series", "period", "n", "fate", "updated_at")
    list_select_related = ("organization", "series")
    list_filter = ("fate", "series__document")
    search_fields = ("number", "organization__name")
