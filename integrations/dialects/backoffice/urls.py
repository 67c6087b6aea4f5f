"""The addresses of /api/v2. Whatever is not listed is answered by the last line, in its shape."""

from django.urls import path, re_path

from integrations.dialects.backoffice.views import (
    books,
    catalogue,
    customers,
    invoices,
    settings,
    support,
)
from integrations.dialects.backoffice.views.base import UnknownBackofficeRoute

urlpatterns = [
    path("customers", customers.CustomerList.as_view()),
    path("customers/<str:id>", customers.CustomerDetail.as_view()),
    path("batch/customers", customers.CustomerBatch.as_view()),
    path("invoices", invoices.InvoiceList.as_view()),
    path("invoices/<str:id>", invoices.InvoiceDetail.as_view()),
    path("invoices/<str:id>/payments", invoices.InvoicePayments.as_view()),
    path("transactions", books.TransactionList.as_view()),
    path("transactions/<str:id>", books.TransactionDetail.as_view()),
    path("accounts", books.AccountList.as_view()),
    path("categories", books.CategoryList.as_view()),
    path("reports/financial", books.FinancialReport.as_view()),
    path("products", catalogue.ProductList.as_view()),
    path("products/<str:id>", catalogue.ProductDetail.as_view()),
    path("quotes", catalogue.QuoteList.as_view()),
    path("quotes/<str:id>", catalogue.QuoteDetail.as_view()),
    path("quotes/<str:id>/convert", catalogue.QuoteConvert.as_view()),
    path("departments", support.DepartmentList.as_view()),
    path("tickets", support.TicketList.as_view()),
    path("tickets/<str:id>", support.TicketDetail.as_view()),
    path("tickets/<str:id>/replies", support.TicketReplies.as_view()),
    path("leads", support.LeadList.as_view()),
    path("leads/<str:id>", support.LeadDetail.as_view()),
    path("leads/<str:id>/convert", support.LeadConvert.as_view()),
    path("users", settings.UserList.as_view()),
    path("users/<str:id>", settings.UserDetail.as_view()),
    path("webhooks", settings.WebhookList.as_view()),
    path("webhooks/<str:id>", settings.WebhookDetail.as_view()),
    path("webhooks/<str:id>/test", settings.WebhookTest.as_view()),
    re_path(r"^.*$", UnknownBackofficeRoute.as_view()),
]
