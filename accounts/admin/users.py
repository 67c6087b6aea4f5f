"""People, and the second factors they signed up with."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.operators import moment, operator
from accounts.models import User
from accounts.operations import users
from core.admin import OperationAdmin, ReadOnlyAdmin

_RIGHTS = ("is_active", "is_staff", "is_superuser")


class UserForm(forms.ModelForm):
    new_password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Left empty, the person sets one by the reset mail or keeps the present one.",
    )

    class Meta:
        model = User
        fields = ("email",)


@admin.register(User)
class UserAdmin(OperationAdmin):
    form = UserForm
    list_display = ("email", "name", "is_active", "is_staff", "last_login", "created_at")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name", "first_name", "last_name")
    readonly_fields = ("uuid", "last_login", "created_at", "updated_at")
    fieldsets = (
        (None, {"fields": ("email", "new_password")}),
        (
            "Person",
            {"fields": ("name", "first_name", "last_name", "phone", "birth_date", "locale")},
        ),
        ("Rights in the installation", {"fields": _RIGHTS}),
        ("Record", {"fields": ("uuid", "last_login", "created_at", "updated_at")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Only a superuser makes operators, so nobody raises themselves."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else (*fields, *_RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Whoever could set a superuser's password would be one."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or request.user.is_superuser or not obj.is_staff)

    def create(self, request: HttpRequest, values: dict[str, Any]) -> User:
        password = values.pop("new_password", "") or None
        return users.create_user(at=moment(), by=operator(request), password=password, **values)

    def update(self, request: HttpRequest, row: User, changes: dict[str, Any]) -> User:
        password = changes.pop("new_password", "")
        by = operator(request)
        user = users.update_user(at=moment(), user_id=row.pk, by=by, **changes)
        if password:
            user = users.set_password(at=moment(), user_id=row.pk, password=password, by=by)
        return user


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Second factors. Their secrets are never shown; one that is lost can be removed."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type",)
    search_fields = ("user__email",)
    detail = ["user", "type", "created_at", "last_used_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # As with passwords: only a superuser weakens the sign-in of an operator.
        return bool(request.user.is_superuser)
