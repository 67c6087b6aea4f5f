"""Addresses about people and organizations, beside allauth's own."""

from django.urls import path

from accounts.web import switching

app_name = "accounts"
urlpatterns = [
    path("organizations/switch", switching.switch_organization, name="switch-organization"),
    path("organizations/sandbox", switching.switch_sandbox, name="switch-sandbox"),
]
