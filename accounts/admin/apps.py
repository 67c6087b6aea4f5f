"""Applications that bill: what their payers are told. They are made with their first key pair."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.operators import moment, operator_on
from accounts.models import App
from accounts.operations import apps
from core.admin import OperationAdmin


@admin.register(App)
class AppAdmin(OperationAdmin):
    list_display = ("name", "organization", "links_expire", "created_at")
    list_select_related = ("organization",)
    list_filter = ("links_expire", "organization__livemode")
    search_fields = ("name", "organization__name")
    fields = ("organization", *sorted(apps.EDITABLE), "created_at", "updated_at")
    readonly_fields = ("created_at", "updated_at")
    fixed = ("organization",)

    def create(self, request: HttpRequest, values: dict[str, Any]) -> App:
        organization = values.pop("organization")
        actor = operator_on(request, organization)
        app = apps.ensure_app(actor=actor, at=moment(), name=values.pop("name"))
        return apps.update_app(actor=actor, at=moment(), app_id=app.pk, **values)

    def update(self, request: HttpRequest, row: App, changes: dict[str, Any]) -> App:
        return apps.update_app(
            actor=operator_on(request, row.organization), at=moment(), app_id=row.pk, **changes
        )
