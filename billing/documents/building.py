"""Views of invoices, credit notes, quotes and payments, built from rows and frozen copies."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import BigIntegerField

from accounts.models import BankAccount
from billing.documents import parties
from billing.documents.formats import Formatter, known_locale
from billing.documents.payment_details import payment_details
from billing.documents.table import columns_of, document_rows, receipt_columns, rows_of_payment
from billing.documents.totals_block import document_totals, invoice_totals, tax_rows
from billing.documents.view import DocumentView, Fact, Party, PaymentDetails, TotalRow
from billing.documents.wording import words_for
from billing.models import (
    CreditNote,
    Instalment,
    Invoice,
    InvoiceStatus,
    Payment,
    Quote,
    Settlement,
)
from billing.models.base import SalesDocument
from billing.queries.quotes import is_expired
from core.statements import Given, Statement

# Where paper is Letter and not A4.
_LETTER_COUNTRIES = frozenset(
    ["US", "CA", "MX", "PH", "CL", "CO", "VE", "CR", "GT", "PA", "DO", "SV", "NI", "HN", "PR"]
)
_INSTALMENTS = Statement(
    lambda: Instalment.objects.filter(
        organization_id=Given("organization_id", BigIntegerField()),
        invoice_id=Given("invoice_id", BigIntegerField()),
    )
)
_NEUTRAL_ACCENT = "#1d4ed8"


def invoice_view(
    invoice: Invoice,
    *,
    public_url: str,
    bank_account: BankAccount | None = None,
    on: datetime.date | None = None,
) -> DocumentView:
    """The invoice as its customer sees it.

    `on` is the organization's civil date: with it, a late invoice carries the mark
    `overdue`. Without it nothing depends on the day, and the same invoice is always drawn
    with the same bytes.
    """
    frame = _Frame(invoice)
    mark = _invoice_mark(invoice, on)
    headline, totals = invoice_totals(invoice, frame.formats, frame.words)
    return frame.view(
        kind="invoice",
        title=frame.words[invoice.kind if invoice.kind != Invoice.Kind.STANDARD else "invoice"],
        mark=mark,
        buyer_label=frame.words["bill_to"],
        facts=_invoice_facts(invoice, frame),
        totals=totals,
        headline=headline,
        taxes=tax_rows(invoice, list(invoice.taxes.all()), frame.formats, frame.words),
        payment=_payment(invoice, frame, bank_account, public_url),
    )


def credit_note_view(credit_note: CreditNote) -> DocumentView:
    """Positive amounts: the title says which way they count."""
    frame = _Frame(credit_note)
    words, formats = frame.words, frame.formats
    totals = document_totals(credit_note, formats, words, total_key="total_credit")
    facts = [("issue_date", formats.date(credit_note.issue_date))]
    if invoice := credit_note.invoice:
        facts.append(("for_invoice", f"{invoice.number} · {formats.date(invoice.issue_date)}"))
    facts += [*_references(credit_note, frame), ("reason", credit_note.reason)]
    return frame.view(
        kind="credit_note",
        title=words["credit_note"],
        mark="void" if credit_note.status == CreditNote.Status.VOID else "",
        buyer_label=words["bill_to"],
        facts=frame.facts(facts),
        totals=totals,
        headline=totals[-1],
        taxes=tax_rows(credit_note, list(credit_note.taxes.all()), formats, words),
    )


def quote_view(
    quote: Quote, *, public_url: str = "", on: datetime.date | None = None
) -> DocumentView:
    """The quote as its customer sees it.

    `on` is the organization's civil date: with it, a late quote carries the mark `expired`.
    """
    frame = _Frame(quote)
    words, formats = frame.words, frame.formats
    totals = document_totals(quote, formats, words)
    marks = {
        Quote.Status.DRAFT: "draft",
        Quote.Status.ACCEPTED: "accepted",
        Quote.Status.CONVERTED: "accepted",
        Quote.Status.DECLINED: "declined",
    }
    mark = marks.get(Quote.Status(quote.status), "")
    if on is not None and is_expired(quote, on):
        mark = "expired"
    facts = [
        ("issue_date", formats.date(quote.issue_date)),
        ("valid_until", formats.date(quote.valid_until)),
        *_references(quote, frame),
    ]
    return frame.view(
        kind="quote",
        title=words["quote"],
        mark=mark,
        buyer_label=words["prepared_for"],
        facts=frame.facts(facts),
        totals=totals,
        headline=totals[-1],
        taxes=(),
        payment=_answering(quote, words, public_url),
    )


def _answering(quote: Quote, words: dict[str, str], public_url: str) -> PaymentDetails | None:
    """Where an open quote is answered, printed where an invoice says how to pay."""
    if not public_url or quote.status != Quote.Status.OPEN:
        return None
    facts = (Fact("online", words["online"], public_url),)
    caption = words["scan_to_open"]
    return PaymentDetails(facts, public_url, "link", caption, heading=words["how_to_accept"])


def receipt_view(payment: Payment) -> DocumentView:
    """What was received, how, and which invoices it settled."""
    organization, customer = payment.organization, payment.customer
    locale = known_locale(customer.locale or organization.locale)
    language, words = words_for(locale)
    formats = Formatter(locale, payment.currency)
    seller, home = parties.live_seller(organization), organization.country
    rows, running = rows_of_payment(payment, formats)
    received = TotalRow(
        "amount_received", words["amount_received"], formats.money(payment.amount), "strong"
    )
    totals = [TotalRow("applied", words["applied"], formats.money(running))] if rows else []
    if payment.amount_unapplied:
        credit = formats.money(payment.amount_unapplied)
        totals.append(TotalRow("customer_credit", words["customer_credit"], credit))
    if payment.amount_refunded:
        refunded = formats.money(-payment.amount_refunded)
        totals.append(TotalRow("refunded", words["refunded"], refunded))
    facts = [
        ("payment_date", formats.date(payment.payment_date)),
        ("method", words[payment.method]),
        ("transaction", payment.transaction_id),
        ("reference", payment.reference),
    ]
    mark = _payment_mark(payment)
    return DocumentView(
        kind="receipt",
        title=words["receipt"],
        number=payment.number,
        language=language,
        words=words,
        formats=formats,
        page_size=page_size(home, locale),
        template=organization.template,
        accent=seller["accent_color"] or _NEUTRAL_ACCENT,
        logo=seller["logo"],
        mark=mark,
        mark_label=words[f"mark_{mark}"] if mark else "",
        date=payment.payment_date,
        seller=parties.seller_party(seller, words, language),
        buyer=parties.buyer_party(
            parties.live_buyer(customer), words, language, home, words["received_from"]
        ),
        delivery=None,
        facts=tuple(Fact(key, words[key], value) for key, value in facts if value),
        columns=receipt_columns(words),
        rows=rows,
        taxes=(),
        totals=(*totals, received),
        headline=received,
        payment=None,
        notes=payment.notes,
        terms="",
        footer="",
        legal=parties.legal_lines(seller, words, language),
        watermark=_watermark(mark, words, livemode=organization.livemode),
        has_running_total=False,
    )


class _Frame:
    """What every sales document's view shares, read once."""

    def __init__(self, document: Any) -> None:
        self.document: SalesDocument = document
        locale = known_locale(document.locale or document.organization.locale)
        self.language, self.words = words_for(locale)
        self.formats = Formatter(locale, document.currency)
        self.seller = parties.seller_of(document)
        self.buyer = parties.buyer_of(document)
        self.home = str(self.seller.get("country") or "").upper()

    def facts(self, pairs: list[tuple[str, str]]) -> tuple[Fact, ...]:
        return tuple(Fact(key, self.words[key], value) for key, value in pairs if value)

    def view(
        self,
        *,
        kind: str,
        title: str,
        mark: str,
        buyer_label: str,
        facts: tuple[Fact, ...],
        totals: tuple[TotalRow, ...],
        headline: TotalRow,
        taxes: tuple[Any, ...],
        payment: PaymentDetails | None = None,
    ) -> DocumentView:
        document, words, language = self.document, self.words, self.language
        return DocumentView(
            kind=kind,
            title=title,
            number=document.number or "",
            language=language,
            words=words,
            formats=self.formats,
            page_size=page_size(self.home, self.formats.locale),
            template=document.template,
            accent=str(self.seller.get("accent_color") or _NEUTRAL_ACCENT),
            logo=str(self.seller.get("logo") or ""),
            mark=mark,
            mark_label=words[f"mark_{mark}"] if mark else "",
            date=document.issue_date,
            seller=parties.seller_party(self.seller, words, language),
            buyer=parties.buyer_party(self.buyer, words, language, self.home, buyer_label),
            delivery=self._delivery(),
            facts=facts,
            columns=columns_of(document, words),
            rows=document_rows(document, self.formats, words),
            taxes=taxes,
            totals=totals,
            headline=headline,
            payment=payment,
            notes=document.notes,
            terms=document.terms,
            footer=document.footer,
            legal=parties.legal_lines(self.seller, words, language),
            watermark=_watermark(mark, words, livemode=document.organization.livemode),
        )

    def _delivery(self) -> Party | None:
        return parties.delivery_party(self.document.delivery, self.words, self.language, self.home)


def _invoice_mark(invoice: Invoice, on: datetime.date | None) -> str:
    if invoice.status == InvoiceStatus.DRAFT:
        return "draft"
    if invoice.status == InvoiceStatus.VOID:
        return "void"
    if invoice.settlement == Settlement.PAID:
        # What was written off as lost was not paid.
        return "" if invoice.status == InvoiceStatus.UNCOLLECTIBLE else "paid"
    if on is not None and invoice.days_overdue(on):
        return "overdue"
    return "partial" if invoice.settlement == Settlement.PARTIAL else ""


def _watermark(mark: str, words: dict[str, str], *, livemode: bool) -> str:
    """What nobody may overlook. A sandbox prints nothing that could be taken for real."""
    if mark in ("draft", "void", "cancelled", "failed"):
        return words[f"mark_{mark}"]
    return "" if livemode else words["test"]


def _payment_mark(payment: Payment) -> str:
    if payment.status != Payment.Status.SUCCEEDED:
        return payment.status
    return "refunded" if payment.refund_state == "refunded" else "paid"


def _invoice_facts(invoice: Invoice, frame: _Frame) -> tuple[Fact, ...]:
    dates = frame.formats
    tax_point = invoice.tax_point_date
    pairs = [
        ("issue_date", dates.date(invoice.issue_date)),
        ("due_date", dates.date(invoice.due_date)),
        ("early_payment", early_sentence(invoice, frame.words["early_payment_value"], dates)),
        ("tax_point_date", dates.date(tax_point) if tax_point else ""),
        *_references(invoice, frame),
    ]
    pairs += [("follows", str(before.get("number", ""))) for before in invoice.preceding]
    return frame.facts(pairs)


def early_sentence(invoice: Invoice, words: str, formats: Formatter) -> str:
    """What is to pay until when with the discount for paying early (C8); empty without one."""
    if not invoice.early_discount_until or not invoice.early_discount_amount:
        return ""
    return words.format(
        amount=formats.money(invoice.total - invoice.early_discount_amount),
        date=formats.date(invoice.early_discount_until),
    )


def _references(document: Any, frame: _Frame) -> list[tuple[str, str]]:
    spell = frame.formats.date
    delivered = document.delivery.get("date")
    period = [spell(day) for day in (document.period_start, document.period_end) if day]
    return [
        ("delivery_date", spell(datetime.date.fromisoformat(delivered)) if delivered else ""),
        ("period", " – ".join(period)),
        ("purchase_order", document.purchase_order),
        ("sales_order", document.sales_order),
        ("contract", document.contract),
        ("project", document.project),
        ("buyer_reference", document.buyer_reference),
        ("reference", document.reference),
    ]


def _payment(
    invoice: Invoice, frame: _Frame, bank_account: BankAccount | None, public_url: str
) -> PaymentDetails | None:
    if invoice.status == InvoiceStatus.VOID or not invoice.amount_due:
        return None
    instalments = [
        (frame.formats.date(part.due_date), frame.formats.money(part.amount))
        for part in _INSTALMENTS.all(organization_id=invoice.organization_id, invoice_id=invoice.pk)
    ]
    return payment_of(
        invoice,
        invoice.amount_due,
        bank_account=bank_account,
        public_url="" if invoice.is_draft else public_url,
        instalments=instalments,
    )


def payment_of(
    invoice: Invoice,
    amount: int,
    *,
    bank_account: BankAccount | None = None,
    public_url: str = "",
    instalments: Sequence[tuple[str, str]] = (),
) -> PaymentDetails | None:
    """How to pay that much of the invoice, minor units; None where there is nothing to say."""
    frame = _Frame(invoice)
    return payment_details(
        account=parties.bank_account_of(invoice, bank_account),
        payee=frame.seller.get("legal_name") or parties.display_name(frame.seller),
        reference=invoice.payment_reference or invoice.number or "",
        amount_due=amount,
        currency=invoice.currency,
        public_url=public_url,
        words=frame.words,
        may_be_paid=not invoice.is_draft and invoice.organization.livemode,
        instalments=instalments,
        wallet=parties.wallet_of(invoice),
    )


def page_size(country: str, locale: str) -> str:
    """`letter` where paper is Letter, else `a4`."""
    return "letter" if (country or locale.partition("_")[2]) in _LETTER_COUNTRIES else "a4"
