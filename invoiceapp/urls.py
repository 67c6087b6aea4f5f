"""Every address of the installation, by owner."""

from django.contrib import admin
from django.urls import include, path, re_path

from integrations.web import mail_hooks, shop_hooks
from invoiceapp import errors, health
from invoiceapp.metrics.views import metrics

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("accounts/email/", errors.not_offered, name="account_email"),
    path("accounts/", include("allauth.urls")),
    re_path(r"^v1(?:/|$)", include("integrations.dialects.enterprise.urls")),
    re_path(r"^api/v0(?:/|$)", include("integrations.dialects.wallet.urls")),
    re_path(r"^api/v1(?:/|$)", include("integrations.dialects.collector.urls")),
    re_path(r"^api/v2(?:/|$)", include("integrations.dialects.backoffice.urls")),
    re_path(r"^sandbox/api/v2(?:/|$)", include("integrations.dialects.backoffice.urls")),
    re_path(r"^api/integrations(?:/|$)", include("integrations.dialects.directory.urls")),
    path("hooks/shops/<path:address>", shop_hooks.receive, name="shop-hook"),
    path("hooks/mail", mail_hooks.receive, name="mail-hook"),
    path("", include("integrations.oauth.urls")),
    path("", include("integrations.web.docs_urls")),
    path("", include("accounts.web.urls")),
    path("", include("billing.web.public_urls")),
    path("", include("billing.web.portal.urls")),
    path("", include("integrations.web.urls")),
    path("", include("billing.web.urls")),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
