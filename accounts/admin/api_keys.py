"""API keys: made, rotated and revoked here; the secret is on the screen once."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.admin.operators import moment, operator_on
from accounts.key_formats import DIALECTS
from accounts.models import ApiKey
from accounts.operations import api_keys
from accounts.queries.api_keys import is_usable
from accounts.scopes import SCOPES
from core.admin import OperationAdmin


class ApiKeyForm(forms.ModelForm):
    dialect = forms.ChoiceField(choices=[(name, name) for name in DIALECTS])
    scopes = forms.MultipleChoiceField(
        choices=[(scope, f"{scope}: {meaning}") for scope, meaning in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ApiKey
        fields = ("organization", "name", "dialect", "scopes", "expires_at")


@admin.register(ApiKey)
class ApiKeyAdmin(OperationAdmin):
    """Keys are not edited: a key with other rights is another key."""

    form = ApiKeyForm
    list_display = (
        "name",
        "shown_prefix",
        "organization",
        "dialect",
        "usable",
        "last_used_at",
        "expires_at",
    )
    list_select_related = ("organization",)
    list_filter = ("dialect", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "prefix", "organization__name")
    autocomplete_fields = ("organization",)
    fields = ("organization", "name", "dialect", "scopes", "expires_at")
    actions = ("revoke", "rotate")
    _record = (
        "organization",
        "name",
        "dialect",
        "shown_prefix",
        "client_key",
        "app",
        "scopes",
        "is_installation_wide",
        "created_by",
        "created_at",
        "expires_at",
        "revoked_at",
        "replaced_by",
        "last_used_at",
        "last_ip",
    )

    @admin.display(description="key", ordering="prefix")
    def shown_prefix(self, key: ApiKey) -> str:
        return f"{key.prefix}…"

    @admin.display(boolean=True)
    def usable(self, key: ApiKey) -> bool:
        return is_usable(key, moment())

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        if obj:
            return self._record
        # What reaches every organization is a superuser's to give.
        wide = ("is_installation_wide",) if request.user.is_superuser else ()
        return (*self.fields, *wide)

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        return self._record if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def create(self, request: HttpRequest, values: dict[str, Any]) -> ApiKey:
        organization = values.pop("organization")
        key, secret = api_keys.create_api_key(
            actor=operator_on(request, organization),
            at=moment(),
            organization_id=organization.pk,
            **values,
        )
        request.fresh_secret = secret  # type: ignore[attr-defined]
        return key

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._show_once(request, obj, request.fresh_secret)  # type: ignore[attr-defined]

    @admin.action(description="Revoke selected keys now", permissions=["change"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        for key in keys.select_related("organization"):
            api_keys.revoke_api_key(
                actor=operator_on(request, key.organization),
                at=moment(),
                organization_id=key.organization_id,
                api_key_id=key.pk,
            )
        messages.success(request, "The selected keys open nothing any more.")

    @admin.action(description="Replace the selected key and show the new one", permissions=["add"])
    def rotate(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> HttpResponse | None:
        chosen = list(keys.select_related("organization")[:2])
        if len(chosen) != 1:
            messages.error(request, "Select one key: its successor is shown once.")
            return None
        old = chosen[0]
        if old.is_installation_wide and not request.user.is_superuser:
            messages.error(request, "Only a superuser replaces an installation-wide key.")
            return None
        key, secret = api_keys.rotate_api_key(
            actor=operator_on(request, old.organization),
            at=moment(),
            organization_id=old.organization_id,
            api_key_id=old.pk,
        )
        return self._show_once(request, key, secret)

    def _show_once(self, request: HttpRequest, key: ApiKey, secret: str) -> HttpResponse:
        """The secret on a page of its own: a message would lie in the session or a cookie."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Copy the secret now",
            "key": key,
            "secret": secret,
        }
        return TemplateResponse(request, "admin/accounts/apikey/secret.html", context)
