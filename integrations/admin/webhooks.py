"""Where events are delivered, and every attempt. Signing secrets are never shown."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.operators import moment, operator_on
from core.admin import ReadOnlyAdmin, ReadOnlyInline, shown
from integrations.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from integrations.webhooks.endpoints import update_endpoint


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    list_display = (
        "url",
        "organization",
        "dialect",
        "is_active",
        "consecutive_failures",
        "disabled_reason",
    )
    list_select_related = ("organization",)
    list_filter = ("is_active", "dialect", "organization__livemode")
    search_fields = ("url", "description", "organization__name")
    actions = ("switch_on", "switch_off")
    detail = shown(WebhookEndpoint, hidden=("secret", "previous_secret"))

    @admin.action(description="Switch the selected endpoints on")
    def switch_on(self, request: HttpRequest, endpoints: QuerySet[WebhookEndpoint]) -> None:
        self._switch(request, endpoints, is_active=True)

    @admin.action(description="Switch the selected endpoints off")
    def switch_off(self, request: HttpRequest, endpoints: QuerySet[WebhookEndpoint]) -> None:
        self._switch(request, endpoints, is_active=False)

    def _switch(
        self, request: HttpRequest, endpoints: QuerySet[WebhookEndpoint], *, is_active: bool
    ) -> None:
        if not request.user.has_perm("integrations.change_webhookendpoint"):
            messages.error(request, "You may look at endpoints, not change them.")
            return
        for endpoint in endpoints.select_related("organization"):
            update_endpoint(
                actor=operator_on(request, endpoint.organization),
                at=moment(),
                endpoint_id=endpoint.pk,
                is_active=is_active,
            )


class AttemptInline(ReadOnlyInline):
    model = WebhookAttempt
    fields = ["number", "attempted_at", "duration_ms", "response_code", "error", "response_body"]


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "event_type",
        "endpoint",
        "status",
        "attempts_made",
        "next_attempt_at",
    )
    list_select_related = ("endpoint",)
    list_filter = ("status",)
    search_fields = ("event_type", "endpoint__url")
    inlines = (AttemptInline,)
    detail = shown(WebhookDelivery, structures=("body",))


@admin.register(WebhookAttempt)
class WebhookAttemptAdmin(ReadOnlyAdmin):
    list_display = ("attempted_at", "delivery", "number", "response_code", "duration_ms", "error")
    list_select_related = ("delivery",)
    list_filter = ("response_code",)
    search_fields = ("error", "delivery__event_type")
