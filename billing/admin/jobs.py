"""What people have done to many rows at once, and the lists they keep. To look at."""

from django.contrib import admin

from billing.models import Export, Import, Job, JobItem, SavedFilter
from core.admin import ReadOnlyAdmin


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("action", "noun", "organization", "requested_by", "created_at", "finished_at")
    list_select_related = ("organization",)
    list_filter = ("noun", "action", "organization__livemode")
    search_fields = ("requested_by",)


@admin.register(JobItem)
class JobItemAdmin(ReadOnlyAdmin):
    list_display = ("label", "organization", "job", "status", "note")
    list_select_related = ("organization", "job")
    list_filter = ("status", "organization__livemode")
    search_fields = ("label", "note")


@admin.register(SavedFilter)
class SavedFilterAdmin(ReadOnlyAdmin):
    list_display = ("name", "page", "organization", "owner", "is_shared")
    list_select_related = ("organization", "owner")
    list_filter = ("page", "is_shared")
    search_fields = ("name", "owner__email")


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "noun", "organization", "requested_by", "created_at", "job")
    list_select_related = ("organization", "job")
    list_filter = ("noun", "organization__livemode")
    search_fields = ("file_name", "requested_by")


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "organization", "requested_by", "created_at", "finished_at", "size")
    list_select_related = ("organization",)
    list_filter = ("organization__livemode",)
    search_fields = ("requested_by", "file_name")
