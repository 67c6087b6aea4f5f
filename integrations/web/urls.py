"""Staff pages about ways in and out."""

from django.urls import path

from integrations.web import (
    applications,
    connections,
    email_templates,
    mail,
    shops,
    unsubscribe,
    webhooks,
)

app_name = "integrations"
urlpatterns = [
    path("settings/webhooks", webhooks.index, name="webhooks"),
    path("settings/webhooks/<uuid:uuid>", webhooks.detail, name="webhook-detail"),
    path("settings/webhooks/<uuid:uuid>/test", webhooks.test, name="webhook-test"),
    path("settings/webhooks/<uuid:uuid>/switch", webhooks.switch, name="webhook-switch"),
    path("settings/webhooks/<uuid:uuid>/rotate", webhooks.rotate, name="webhook-rotate"),
    path("settings/webhooks/<uuid:uuid>/delete", webhooks.delete, name="webhook-delete"),
    path("settings/shops", shops.index, name="shops"),
    path("settings/shops/<uuid:uuid>", shops.detail, name="shop-detail"),
    path("settings/shops/<uuid:uuid>/switch", shops.switch, name="shop-switch"),
    path(
        "settings/shops/<uuid:uuid>/deliveries/<int:delivery_id>/retry",
        shops.retry,
        name="shop-retry",
    ),
    path("settings/applications", applications.index, name="applications"),
    path("settings/applications/<uuid:uuid>", applications.detail, name="application-detail"),
    path(
        "settings/applications/<uuid:uuid>/rotate", applications.rotate, name="application-rotate"
    ),
    path(
        "settings/applications/<uuid:uuid>/delete", applications.delete, name="application-delete"
    ),
    path(
        "settings/applications/<uuid:uuid>/connections/<uuid:grant>/disconnect",
        applications.disconnect,
        name="application-disconnect",
    ),
    path("settings/email-templates", email_templates.index, name="email-templates"),
    path(
        "settings/email-templates/<slug:kind>/<slug:language>",
        email_templates.edit,
        name="email-template",
    ),
    path(
        "settings/email-templates/<slug:kind>/<slug:language>/reset",
        email_templates.reset,
        name="email-template-reset",
    ),
    path("mail/failed", mail.failed, name="mail-failed"),
    path("mail/failed/<int:recipient_id>/resend", mail.resend, name="mail-resend"),
    path("unsubscribe/<str:token>", unsubscribe.unsubscribe, name="unsubscribe"),
    path("connections", connections.index, name="connections"),
    path("connections/<uuid:uuid>/disconnect", connections.disconnect, name="disconnect"),
]
