"""Messages and what became of each recipient."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin, ReadOnlyInline
from integrations.models import (
    EmailTemplate,
    MailboxCursor,
    Message,
    MessageRecipient,
    RecipientFate,
)


class RecipientInline(ReadOnlyInline):
    model = MessageRecipient
    fields = ["role", "address", "status", "detail", "updated_at"]


class FateInline(ReadOnlyInline):
    model = RecipientFate
    fields = ["occurred_at", "happened", "source", "detail"]


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "kind",
        "organization",
        "status",
        "attempts_made",
        "next_attempt_at",
        "sent_at",
    )
    list_select_related = ("organization",)
    list_filter = ("status", "kind")
    search_fields = ("message_id", "subject", "requested_by", "recipients__address")
    inlines = (RecipientInline,)


@admin.register(MessageRecipient)
class MessageRecipientAdmin(ReadOnlyAdmin):
    list_display = ("address", "role", "message", "status", "detail", "updated_at")
    list_select_related = ("message",)
    list_filter = ("status", "role")
    search_fields = ("address", "message__message_id")
    inlines = (FateInline,)


@admin.register(RecipientFate)
class RecipientFateAdmin(ReadOnlyAdmin):
    list_display = ("occurred_at", "recipient", "happened", "source", "detail")
    list_select_related = ("recipient",)
    list_filter = ("happened", "source")
    search_fields = ("recipient__address", "recipient__message__message_id", "report_id")


@admin.register(MailboxCursor)
class MailboxCursorAdmin(ReadOnlyAdmin):
    list_display = ("mailbox", "uid_validity", "last_uid", "read_at")


@admin.register(EmailTemplate)
class EmailTemplateAdmin(ReadOnlyAdmin):
    list_display = ("organization", "kind", "language", "subject", "updated_at")
    list_select_related = ("organization",)
    list_filter = ("kind", "language")
    search_fields = ("subject", "body", "organization__name")
