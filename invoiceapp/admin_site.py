"""Django admin for operators, signed in through the product's own login."""

from collections.abc import Iterable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db.models import Model
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from invoiceapp.operator_page import show_figures

# Tables of libraries that would write past our operations or show a secret: addresses
# nobody has verified, sign-in providers and kinds of tokens this product does not offer.
_LEFT_OUT = {"account", "socialaccount", "oauth2_provider"}


class AdminSite(admin.AdminSite):
    site_header = "InvoiceApp administration"
    site_title = "InvoiceApp admin"
    index_title = "Installation"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            path("figures/", self.admin_view(self.figures), name="figures"),
            *super().get_urls(),
        ]

    def figures(self, request: HttpRequest) -> HttpResponse:
        """How the installation fares."""
        return show_figures(self, request)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        answer: HttpResponse = secure_admin_login(super().login)(
            request, extra_context=extra_context
        )
        return answer

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: Any = None,
        **options: Any,
    ) -> None:
        """Our own pages come first: a library's page for the same table is left out."""
        given = (
            [model_or_iterable]
            if isinstance(model_or_iterable, ModelBase)
            else list(model_or_iterable)
        )
        wanted = [
            model
            for model in given
            if model._meta.app_label not in _LEFT_OUT and not self.is_registered(model)
        ]
        super().register(wanted, admin_class, **options)
