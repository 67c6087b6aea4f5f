"""Staff pages about ways in and out."""

from django.urls import path

from integrations.web import (
    applications,
    collecting,
    connections,
    email_templates,
    inbox,
    mail,
    samples,
    shops,
    sources,
    tracking,
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
    path(
        "settings/webhooks/<uuid:uuid>/deliveries/<uuid:delivery>/replay",
        webhooks.replay,
        name="webhook-replay",
    ),
    path("settings/collecting", collecting.index, name="collecting"),
    path(
        "settings/collecting/bearers/<uuid:uuid>/rotate",
        collecting.rotate,
        name="collecting-rotate",
    ),
    path("settings/collecting/secret", collecting.secret, name="collecting-secret"),
    path("settings/collecting/test", collecting.test, name="collecting-test"),
    path(
        "settings/collecting/deliveries/<int:delivery_id>/replay",
        collecting.replay,
        name="collecting-replay",
    ),
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
    path("settings/test-mode", samples.index, name="samples"),
    path("settings/test-mode/fill", samples.fill, name="samples-fill"),
    path("settings/test-mode/empty", samples.empty, name="samples-empty"),
    path("inbox", inbox.index, name="inbox"),
    path("inbox/upload", inbox.upload, name="inbox-upload"),
    path("inbox/<uuid:uuid>", inbox.detail, name="inbox-detail"),
    path("inbox/<uuid:uuid>/document", inbox.document, name="inbox-document"),
    path("inbox/<uuid:uuid>/reject", inbox.reject, name="inbox-reject"),
    path("inbox/<uuid:uuid>/reopen", inbox.reopen, name="inbox-reopen"),
    path("inbox/sources", sources.index, name="sources"),
    path("inbox/sources/new/<slug:source>", sources.connect, name="source-connect"),
    path("inbox/sources/<uuid:uuid>", sources.detail, name="source-detail"),
    path("inbox/sources/<uuid:uuid>/collect", sources.collect, name="source-collect"),
    path("inbox/sources/<uuid:uuid>/pause", sources.pause, name="source-pause"),
    path("inbox/sources/<uuid:uuid>/code", sources.code, name="source-code"),
    path("inbox/sources/<uuid:uuid>/remove", sources.remove, name="source-remove"),
    path("mail/failed", mail.failed, name="mail-failed"),
    path("mail/failed/<int:recipient_id>/resend", mail.resend, name="mail-resend"),
    path("settings/mail-tracking", tracking.settings, name="mail-tracking"),
    path("m/<str:token>/dot.gif", tracking.dot, name="mail-dot"),
    path("m/<str:token>/open", tracking.follow, name="mail-follow"),
    path("unsubscribe/<str:token>", unsubscribe.unsubscribe, name="unsubscribe"),
    path("connections", connections.index, name="connections"),
    path("connections/<uuid:uuid>/disconnect", connections.disconnect, name="disconnect"),
]
