"""The addresses of /api/v0. Whatever is not listed is answered by the last line, in its shape."""

from django.urls import path, re_path

from integrations.dialects.wallet.views import (
    catalogue,
    customers,
    health,
    invoices,
    links,
    wallets,
    webhooks,
)
from integrations.dialects.wallet.views.base import UnknownWalletRoute

urlpatterns = [
    path("invoices", invoices.InvoiceList.as_view()),
    path("invoices/<str:id>", invoices.InvoiceDetail.as_view()),
    path("customers", customers.CustomerList.as_view()),
    path("customers/<str:id>", customers.CustomerDetail.as_view()),
    path("products", catalogue.ProductList.as_view()),
    path("products/<str:id>", catalogue.ProductDetail.as_view()),
    path("taxes", catalogue.TaxList.as_view()),
    path("taxes/<str:id>", catalogue.TaxDetail.as_view()),
    path("wallets", wallets.WalletList.as_view()),
    path("wallets/<str:id>", wallets.WalletDetail.as_view()),
    path("payment-links", links.LinkList.as_view()),
    path("payment-links/<str:id>", links.LinkDetail.as_view()),
    path("webhooks", webhooks.WebhookList.as_view()),
    path("webhooks/<str:id>", webhooks.WebhookDetail.as_view()),
    path("health", health.Health.as_view()),
    path("health/public", health.PublicHealth.as_view()),
    re_path(r"^.*$", UnknownWalletRoute.as_view()),
]
