from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """Django's admin behind the product's own login, with its throttle and second factor."""

    default_site = "invoiceapp.admin_site.AdminSite"


class InstallationConfig(AppConfig):
    """The commands that are about the installation as a whole."""

    name = "invoiceapp"
    verbose_name = "Installation"

    def ready(self) -> None:
        from django.conf import settings

        from integrations.mail import providers
        from invoiceapp import reporting, tracing

        providers.check()
        release = f"{settings.PRODUCT_NAME}@{settings.PRODUCT_VERSION}"
        reporting.start(settings.SENTRY_DSN, release=release)
        tracing.start(settings.OTEL_EXPORTER_OTLP_ENDPOINT, release=release)
