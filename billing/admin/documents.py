"""Invoices, credit notes and quotes: to look at. Drafts are written in the product's own pages."""

from typing import Any, ClassVar

from django.contrib import admin

from billing.models import (
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
    Instalment,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    Quote,
    QuoteLine,
)
from core.admin import ReadOnlyAdmin, ReadOnlyInline, exact, money, shown

# The link of the public page opens the document to anyone who has it.
_HIDDEN = ("public_token",)


def _line_columns(document: str) -> list[Any]:
    currency = f"{document}.currency"
    return [
        "position",
        "name",
        exact("quantity"),
        "unit",
        exact("unit_price"),
        money("discount_amount", currency),
        money("net_amount", currency),
        money("tax_amount", currency),
        money("total", currency),
    ]


def _tax_columns(document: str) -> list[Any]:
    return [
        "name",
        "category",
        exact("rate"),
        money("base_amount", f"{document}.currency"),
        money("tax_amount", f"{document}.currency"),
        money("accounting_amount", f"{document}.accounting_currency"),
    ]


class InvoiceLineInline(ReadOnlyInline):
    model = InvoiceLine
    fields = _line_columns("invoice")


class InvoiceTaxInline(ReadOnlyInline):
    model = InvoiceTax
    fields = _tax_columns("invoice")


class InstalmentInline(ReadOnlyInline):
    model = Instalment
    fields = ["position", "due_date", money("amount", "invoice.currency")]


class CreditNoteLineInline(ReadOnlyInline):
    model = CreditNoteLine
    fields = _line_columns("credit_note")


class CreditNoteTaxInline(ReadOnlyInline):
    model = CreditNoteTax
    fields = _tax_columns("credit_note")


class QuoteLineInline(ReadOnlyInline):
    model = QuoteLine
    fields = _line_columns("quote")


class _DocumentAdmin(ReadOnlyAdmin):
    list_select_related: ClassVar[tuple[str, ...]] = ("customer", "organization")
    search_fields = ("number", "customer__name", "organization__name", "purchase_order")


@admin.register(Invoice)
class InvoiceAdmin(_DocumentAdmin):
    list_display = (
        "__str__",
        "customer",
        "organization",
        "status",
        "issue_date",
        "due_date",
        money("total"),
        money("amount_due"),
    )
    list_filter = ("status", "kind", "currency", "source", "organization__livemode")
    inlines = (InvoiceLineInline, InvoiceTaxInline, InstalmentInline)
    detail = shown(Invoice, hidden=_HIDDEN)


@admin.register(CreditNote)
class CreditNoteAdmin(_DocumentAdmin):
    list_display = (
        "__str__",
        "customer",
        "organization",
        "invoice",
        "status",
        "issue_date",
        money("total"),
        money("amount_unapplied"),
    )
    list_select_related = ("customer", "organization", "invoice")
    list_filter = ("status", "currency", "organization__livemode")
    inlines = (CreditNoteLineInline, CreditNoteTaxInline)
    detail = shown(CreditNote, hidden=_HIDDEN)


@admin.register(Quote)
class QuoteAdmin(_DocumentAdmin):
    list_display = (
        "__str__",
        "customer",
        "organization",
        "status",
        "issue_date",
        "valid_until",
        money("total"),
    )
    list_filter = ("status", "currency", "organization__livemode")
    inlines = (QuoteLineInline,)
    detail = shown(Quote, hidden=_HIDDEN)


class _LineAdmin(ReadOnlyAdmin):
    search_fields = ("name", "description")


@admin.register(InvoiceLine)
class InvoiceLineAdmin(_LineAdmin):
    list_display = ("invoice", *_line_columns("invoice"))
    list_display_links = ("name",)
    list_select_related = ("invoice",)
    detail = shown(InvoiceLine, currencies={"*": "invoice.currency"})


@admin.register(CreditNoteLine)
class CreditNoteLineAdmin(_LineAdmin):
    list_display = ("credit_note", *_line_columns("credit_note"))
    list_display_links = ("name",)
    list_select_related = ("credit_note",)
    detail = shown(CreditNoteLine, currencies={"*": "credit_note.currency"})


@admin.register(QuoteLine)
class QuoteLineAdmin(_LineAdmin):
    list_display = ("quote", *_line_columns("quote"))
    list_display_links = ("name",)
    list_select_related = ("quote",)
    detail = shown(QuoteLine, currencies={"*": "quote.currency"})


@admin.register(InvoiceTax)
class InvoiceTaxAdmin(ReadOnlyAdmin):
    list_display = ("invoice", *_tax_columns("invoice"))
    list_select_related = ("invoice",)
    list_filter = ("category",)
    search_fields = ("name", "invoice__number")
    detail = shown(
        InvoiceTax,
        currencies={
            "*": "invoice.currency",
            "accounting_amount": "invoice.accounting_currency",
        },
    )


@admin.register(CreditNoteTax)
class CreditNoteTaxAdmin(ReadOnlyAdmin):
    list_display = ("credit_note", *_tax_columns("credit_note"))
    list_select_related = ("credit_note",)
    list_filter = ("category",)
    search_fields = ("name", "credit_note__number")
    detail = shown(
        CreditNoteTax,
        currencies={
            "*": "credit_note.currency",
            "accounting_amount": "credit_note.accounting_currency",
        },
    )


@admin.register(Instalment)
class InstalmentAdmin(ReadOnlyAdmin):
    list_display = ("invoice", "position", "due_date", money("amount", "invoice.currency"))
    list_select_related = ("invoice",)
    search_fields = ("invoice__number",)
    detail = shown(Instalment, currencies={"*": "invoice.currency"})
