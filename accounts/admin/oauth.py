"""OAuth applications, what people allowed them, and the tokens that are out."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.admin.operators import moment, operator_on
from accounts.models import AccessToken, Application, Grant, RefreshToken
from accounts.operations import applications, tokens
from accounts.scopes import SCOPES
from core.admin import OperationAdmin, ReadOnlyAdmin, shown


class ApplicationForm(forms.ModelForm):
    client_type = forms.ChoiceField(
        label="Kind",
        choices=[
            (Application.CLIENT_CONFIDENTIAL, "Confidential: runs on a server, keeps a secret"),
            (Application.CLIENT_PUBLIC, "Public: in a browser or on a device, uses PKCE"),
        ],
    )
    scopes = forms.MultipleChoiceField(
        choices=[(scope, f"{scope}: {meaning}") for scope, meaning in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Application
        fields = ("organization", "name", "client_type", "redirect_uris", "scopes", "acts_alone")


@admin.register(Application)
class ApplicationAdmin(OperationAdmin):
    form = ApplicationForm
    list_display = ("name", "client_id", "organization", "client_type", "acts_alone", "created_at")
    list_select_related = ("organization",)
    list_filter = ("client_type", "acts_alone")
    search_fields = ("name", "client_id", "organization__name")
    autocomplete_fields = ("organization",)
    readonly_fields = ("client_id", "secret_prefix", "created_by", "created_at", "updated_at")
    fixed = ("organization",)
    can_delete = True
    actions = ("rotate",)

    def get_fields(self, request: HttpRequest, obj: Application | None = None) -> Any:
        own = ApplicationForm.Meta.fields
        return (*own, *self.readonly_fields) if obj else own

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Application:
        organization = values.pop("organization")
        application, secret = applications.create_application(
            actor=operator_on(request, organization),
            at=moment(),
            organization_id=organization.pk,
            **_arguments(values),
        )
        request.fresh_secret = secret  # type: ignore[attr-defined]
        return application

    def update(
        self, request: HttpRequest, row: Application, changes: dict[str, Any]
    ) -> Application:
        now = Application.objects.select_related("organization").get(pk=row.pk)
        values = {
            name: getattr(now, name)
            for name in ApplicationForm.Meta.fields
            if name != "organization"
        }
        application, secret = applications.update_application(
            actor=operator_on(request, now.organization),
            at=moment(),
            application_id=now.uuid,
            **_arguments(values | changes),
        )
        request.fresh_secret = secret  # type: ignore[attr-defined]
        return application

    def remove(self, request: HttpRequest, row: Application) -> None:
        applications.delete_application(
            actor=operator_on(request, row.organization), at=moment(), application_id=row.uuid
        )

    def response_add(
        self, request: HttpRequest, obj: Application, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._show_once(request, obj, request.fresh_secret)  # type: ignore[attr-defined]

    def response_change(self, request: HttpRequest, obj: Application) -> HttpResponse:
        secret = request.fresh_secret  # type: ignore[attr-defined]
        return (
            self._show_once(request, obj, secret)
            if secret
            else super().response_change(request, obj)
        )

    @admin.action(description="Replace the secret and show the new one", permissions=["change"])
    def rotate(self, request: HttpRequest, rows: QuerySet[Application]) -> HttpResponse | None:
        chosen = list(rows.select_related("organization")[:2])
        if len(chosen) != 1:
            messages.error(request, "Select one application: its new secret is shown once.")
            return None
        application, secret = applications.rotate_client_secret(
            actor=operator_on(request, chosen[0].organization),
            at=moment(),
            application_id=chosen[0].uuid,
        )
        return self._show_once(request, application, secret)

    def _show_once(
        self, request: HttpRequest, application: Application, secret: str
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Copy the secret now" if secret else "The application is ready",
            "application": application,
            "secret": secret,
        }
        response = TemplateResponse(request, "admin/accounts/application/secret.html", context)
        response["Cache-Control"] = "no-store"
        return response


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    """Who allowed what. Ending one ends its tokens."""

    list_display = ("application_name", "person", "organization", "scope", "used_at", "revoked_at")
    list_select_related = ("organization", "membership__user")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    search_fields = ("application_name", "membership__user__email")
    detail = shown(Grant, hidden=("digest", "code_challenge"))
    actions = ("end",)

    @admin.display(ordering="membership__user__email")
    def person(self, grant: Grant) -> str:
        return str(grant.membership.user.email)

    @admin.action(description="End selected grants and their tokens now", permissions=["view"])
    def end(self, request: HttpRequest, grants: QuerySet[Grant]) -> None:
        for grant in grants.select_related("organization"):
            tokens.disconnect(
                actor=operator_on(request, grant.organization), at=moment(), grant_id=grant.uuid
            )
        messages.success(request, "The selected grants open nothing any more.")


@admin.register(AccessToken)
class AccessTokenAdmin(ReadOnlyAdmin):
    list_display = ("label", "organization", "scope", "expires", "last_used_at")
    list_select_related = ("organization",)
    search_fields = ("label",)
    detail = shown(AccessToken, hidden=("digest",))


@admin.register(RefreshToken)
class RefreshTokenAdmin(ReadOnlyAdmin):
    list_display = ("grant", "organization", "expires", "rotated_at")
    list_select_related = ("organization", "grant")
    search_fields = ("grant__application_name",)
    detail = shown(RefreshToken, hidden=("digest", "successor_salt"))


def _arguments(values: dict[str, Any]) -> dict[str, Any]:
    """The form's values as the operations take them."""
    return {
        "name": values["name"],
        "scopes": values["scopes"],
        "redirect_uris": values["redirect_uris"].split(),
        "is_public": values["client_type"] == Application.CLIENT_PUBLIC,
        "acts_alone": values["acts_alone"],
    }
