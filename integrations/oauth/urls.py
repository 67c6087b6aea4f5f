"""The addresses of OAuth: without /v1 before them and without slashes behind them."""

from django.urls import path, re_path

from integrations.oauth import consent, views

app_name = "oauth"
urlpatterns = [
    path("oauth/authorize", consent.authorize, name="authorize"),
    path("oauth/token", views.token, name="token"),
    path("oauth/revoke", views.revoke, name="revoke"),
    re_path(r"^oauth(?:/.*)?$", views.unknown),
    path(".well-known/oauth-authorization-server", views.metadata, name="metadata"),
]
