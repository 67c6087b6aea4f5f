"""Addresses that anyone with the link may open."""

from django.urls import path

from billing.web import public, public_payments, public_quotes

app_name = "public"

urlpatterns = [
    path("i/<str:token>", public.show_invoice, name="invoice"),
    path("i/<str:token>/pdf", public.download_invoice, name="invoice-pdf"),
    path("i/<str:token>/theme.css", public.theme, name="invoice-theme"),
    path("i/<str:token>/viewed", public.note_viewed, name="invoice-viewed"),
    path("q/<str:token>", public_quotes.show_quote, name="quote"),
    path("q/<str:token>/pdf", public_quotes.download_quote, name="quote-pdf"),
    path("q/<str:token>/theme.css", public_quotes.theme, name="quote-theme"),
    path("q/<str:token>/viewed", public_quotes.note_viewed, name="quote-viewed"),
    path("q/<str:token>/accept", public_quotes.accept, name="quote-accept"),
    path("q/<str:token>/decline", public_quotes.decline, name="quote-decline"),
    path("pay/<str:token>", public_payments.payment_page, name="pay"),
    path("pay/<str:token>/theme.css", public_payments.theme, name="pay-theme"),
]
