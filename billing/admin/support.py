"""Tickets, leads, and the files that belong to documents: to look at."""

from django.contrib import admin

from billing.models import Attachment, Department, Lead, Ticket, TicketReply
from core.admin import ReadOnlyAdmin, ReadOnlyInline, shown


@admin.register(Department)
class DepartmentAdmin(ReadOnlyAdmin):
    list_display = ("name", "organization", "is_active")
    list_select_related = ("organization",)
    list_filter = ("is_active", "organization__livemode")
    search_fields = ("name", "organization__name")


class TicketReplyInline(ReadOnlyInline):
    model = TicketReply
    fields = ["created_at", "author", "author_name", "message"]


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    list_display = (
        "subject",
        "customer",
        "organization",
        "department",
        "status",
        "priority",
        "created_at",
    )
    list_select_related = ("customer", "organization", "department")
    list_filter = ("status", "priority", "organization__livemode")
    search_fields = ("subject", "customer__name")
    inlines = (TicketReplyInline,)


@admin.register(TicketReply)
class TicketReplyAdmin(ReadOnlyAdmin):
    list_display = ("ticket", "author", "author_name", "created_at")
    list_select_related = ("ticket",)
    list_filter = ("author",)
    search_fields = ("ticket__subject", "author_name")


@admin.register(Lead)
class LeadAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "organization", "status", "source", "customer", "created_at")
    list_select_related = ("organization", "customer")
    list_filter = ("status", "organization__livemode")
    search_fields = ("first_name", "last_name", "company", "email")


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "organization", "media_type", "size", "uploaded_by", "created_at")
    list_select_related = ("organization",)
    list_filter = ("media_type", "send_with_invoice", "organization__livemode")
    search_fields = ("file_name", "sha256")
    # Its place in the store is nobody's business; the file itself is downloaded by its owner.
    detail = shown(Attachment, hidden=("storage_name",))
