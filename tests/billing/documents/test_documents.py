"""Documents made by the operations, on paper: the right figures, frozen for ever."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import BankAccount, Organization
from billing.documents import (
    credit_note_pdf,
    invoice_pdf,
    pdf_file_name,
    quote_pdf,
    receipt_pdf,
)
from billing.documents.building import (
    credit_note_view,
    invoice_view,
    quote_view,
    receipt_view,
)
from billing.models import Customer, Invoice, Payment, Product
from billing.operations.credit_notes import create_credit_note
from billing.operations.instalments import set_instalments
from billing.operations.issuing import issue_invoice, void_invoice
from billing.operations.payments import record_payment
from billing.operations.quote_answers import open_quote
from billing.queries.invoices import get_invoice
from tests.billing.documents.pdfs import text
from tests.builders import customer, draft_invoice, draft_quote, issued_invoice, line, tax_profile
from tests.instants import AT, TODAY

URL = "https://bill.example/i/token"


def seed_invoice(actor: Actor, **fields: Any) -> Invoice:
    """The example of the rules: 40 x 150.00 + 1200.00, 10 % off, 10 % tax (A2)."""
    tax = tax_profile(actor, "10")
    lines = [
        line("150.00", "40", name="Consulting", tax_profile_ids=[tax.pk]),
        line("1200.00", name="Annual Web Hosting", tax_profile_ids=[tax.pk]),
    ]
    discount: dict[str, Any] = {"discount_type": "percent", "discount_value": Decimal(10)}
    draft = draft_invoice(actor, lines=lines, **{**discount, **fields})
    return get_invoice(actor.organization_id, draft.pk)


def totals(invoice: Invoice) -> dict[str, str]:
    return {row.key: row.amount for row in invoice_view(invoice, public_url=URL).totals}


@pytest.fixture
def bank(acme: Organization) -> BankAccount:
    return BankAccount.objects.create(
        organization=acme,
        name="Acme GmbH",
        iban="DE89370400440532013000",
        bic="COBADEFFXXX",
        currency="EUR",
        is_default=True,
        created_at=AT,
        updated_at=AT,
    )


def test_a2_every_figure_of_the_sum_is_shown(actor: Actor) -> None:
    invoice = seed_invoice(actor)
    assert totals(invoice) == {
        "subtotal": "$7,200.00",
        "discount": "-$720.00",
        "tax": "$648.00",
        "total": "$7,128.00",
        "amount_due": "$7,128.00",
    }
    view = invoice_view(invoice, public_url=URL)
    assert [(t.base, t.tax) for t in view.taxes] == [("6,480.00", "648.00")]
    assert [row.cells for row in view.rows] == [
        ("40", "150.00", "10%", "6,000.00"),
        ("1", "1,200.00", "10%", "1,200.00"),
    ]
    content = text(invoice_pdf(invoice, public_url=URL))
    assert "$7,128.00" in content
    assert "Discount 10%" in content


def test_a3_a_row_per_tax_rate(actor: Actor) -> None:
    nineteen, seven = tax_profile(actor, "19"), tax_profile(actor, "7")
    lines = [
        line("100.00", tax_profile_ids=[nineteen.pk]),
        line("50.00", tax_profile_ids=[seven.pk]),
    ]
    discount: dict[str, Any] = {"discount_type": "percent", "discount_value": Decimal(10)}
    invoice = draft_invoice(actor, lines=lines, **discount)
    view = invoice_view(invoice, public_url=URL)
    assert [(t.rate, t.base, t.tax) for t in view.taxes] == [
        ("19%", "90.00", "17.10"),
        ("7%", "45.00", "3.15"),
    ]
    assert totals(invoice)["total"] == "$155.25"


def test_a12_prices_that_include_tax_show_gross_lines(actor: Actor) -> None:
    tax = tax_profile(actor, "19")
    Organization.objects.filter(pk=actor.organization_id).update(prices_include_tax=True)
    lines = [
        line("340.00", tax_profile_ids=[tax.pk]),
        line("13.90", tax_profile_ids=[tax.pk]),
    ]
    invoice = draft_invoice(actor, lines=lines)
    view = invoice_view(invoice, public_url=URL)
    assert [row.cells[-1] for row in view.rows] == ["340.00", "13.90"]
    assert view.columns[-1].label == "Amount incl. tax"
    assert totals(invoice) == {
        "subtotal": "$297.39",
        "tax": "$56.51",
        "total": "$353.90",
        "amount_due": "$353.90",
    }


@pytest.mark.parametrize(
    ("currency", "price", "quantity", "total"),
    [
        ("JPY", "333", "3", "¥999"),
        ("KWD", "0.333", "3", "KWD\u00a00.999"),
        ("USDC", "1.234567", "1", "USDC\u00a01.234567"),
        ("EUR", "99999999999999.99", "1", "€99,999,999,999,999.99"),
    ],
)
def test_a18_a20_every_currency_in_its_own_places(
    actor: Actor, currency: str, price: str, quantity: str, total: str
) -> None:
    buyer = customer(actor, currency=currency)
    invoice = draft_invoice(
        actor, lines=[line(price, quantity)], customer_id=buyer.pk, currency=currency
    )
    assert totals(invoice)["total"] == total


def test_charges_and_allowances_stand_in_the_sum_without_tax(actor: Actor) -> None:
    tax = tax_profile(actor, "10")
    charges = [
        {"name": "Shipping", "amount": Decimal("20.00"), "tax_profile_ids": [tax.pk]},
        {"name": "Trade-in", "amount": Decimal("5.00"), "is_charge": False},
    ]
    lines = [line("100.00", tax_profile_ids=[tax.pk])]
    invoice = draft_invoice(actor, lines=lines, charges=charges)
    rows = invoice_view(invoice, public_url=URL).totals
    assert [(row.label, row.amount) for row in rows] == [
        ("Subtotal", "$100.00"),
        ("Shipping", "$20.00"),
        ("Trade-in", "-$5.00"),
        ("Tax", "$12.00"),
        ("Total", "$127.00"),
        ("Amount due", "$127.00"),
    ]


def test_c13_instalments_say_when_how_much_is_due(actor: Actor, bank: BankAccount) -> None:
    buyer = customer(actor, currency="EUR")
    invoice = issued_invoice(actor, "100.00", customer_id=buyer.pk, currency="EUR")
    days = [datetime.date(2025, 2, 1), datetime.date(2025, 3, 1), datetime.date(2025, 4, 1)]
    set_instalments(actor=actor, at=AT, invoice_id=invoice.pk, due_dates=days)
    view = invoice_view(get_invoice(actor.organization_id, invoice.pk), public_url=URL)
    assert view.payment is not None
    assert [(f.label, f.value) for f in view.payment.facts if f.key == "instalment"] == [
        ("Instalment 1", "Feb 1, 2025 · €33.33"),
        ("Instalment 2", "Mar 1, 2025 · €33.33"),
        ("Instalment 3", "Apr 1, 2025 · €33.34"),
    ]


def test_a_draft_shows_live_parties_and_no_code(actor: Actor, bank: BankAccount) -> None:
    buyer = customer(actor, currency="EUR")
    draft = draft_invoice(actor, customer_id=buyer.pk, currency="EUR")
    view = invoice_view(draft, public_url=URL)
    assert (view.mark, view.watermark) == ("draft", "Draft")
    assert view.payment is not None
    assert view.payment.code == ""
    assert URL not in text(invoice_pdf(draft, public_url=URL))
    Customer.objects.of(actor.organization_id).filter(pk=buyer.pk).update(name="Renamed Inc.")
    again = get_invoice(actor.organization_id, draft.pk)
    assert "Renamed Inc." in text(invoice_pdf(again, public_url=URL))


def test_an_issued_euro_invoice_carries_the_epc_code(actor: Actor, bank: BankAccount) -> None:
    buyer = customer(actor, currency="EUR")
    invoice = issued_invoice(actor, "119.00", customer_id=buyer.pk, currency="EUR")
    view = invoice_view(invoice, public_url=URL)
    assert view.payment is not None
    assert view.payment.code_kind == "epc"
    assert "EUR119" in view.payment.code.split("\n")
    assert invoice.payment_reference in view.payment.code


def test_a_sandbox_prints_test_and_asks_for_no_money(sandbox_actor: Actor) -> None:
    Organization.objects.filter(pk=sandbox_actor.organization_id).update(locale="de_DE")
    invoice = issued_invoice(sandbox_actor, "10.00")
    view = invoice_view(invoice, public_url=URL)
    assert view.watermark == "Test"
    assert view.payment is not None
    assert view.payment.code == URL


def test_b11_an_issued_document_is_the_same_bytes_for_ever(actor: Actor, bank: BankAccount) -> None:
    invoice = issue_invoice(actor=actor, at=AT, invoice_id=seed_invoice(actor).pk)
    before = invoice_pdf(invoice, public_url=URL)
    org = actor.organization_id
    Customer.objects.of(org).update(name="Renamed", legal_name="Renamed Ltd", city="Elsewhere")
    Product.objects.of(org).update(name="Other", unit_price=Decimal(1))
    BankAccount.objects.of(org).update(iban="", name="Someone else")
    Organization.objects.filter(pk=org).update(
        name="Other", legal_name="Other", accent_color="#ff0000", template="tmpl_classic",
        locale="fr_FR", email="other@acme.test", logo="logos/other.png",
    )  # fmt: skip
    assert invoice_pdf(get_invoice(org, invoice.pk), public_url=URL) == before


def test_b11_a_bank_account_added_later_is_not_on_an_old_document(actor: Actor) -> None:
    buyer = customer(actor, currency="EUR")
    invoice = issued_invoice(actor, customer_id=buyer.pk, currency="EUR")
    before = invoice_pdf(invoice, public_url=URL)
    BankAccount.objects.create(
        organization_id=actor.organization_id, name="New", iban="DE89370400440532013000",
        currency="EUR", is_default=True, created_at=AT, updated_at=AT,
    )  # fmt: skip
    again = get_invoice(actor.organization_id, invoice.pk)
    assert invoice_pdf(again, public_url=URL) == before


def test_payments_are_taken_off_and_the_state_is_marked(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    pay(actor, invoice, "60.00")
    partly = get_invoice(actor.organization_id, invoice.pk)
    view = invoice_view(partly, public_url=URL)
    assert view.mark == "partial"
    assert totals(partly) == {
        "subtotal": "$100.00",
        "tax": "$0.00",
        "total": "$100.00",
        "paid": "-$60.00",
        "amount_due": "$40.00",
    }
    pay(actor, invoice, "40.00")
    paid = invoice_view(get_invoice(actor.organization_id, invoice.pk), public_url=URL)
    assert (paid.mark, paid.mark_label, paid.payment) == ("paid", "Paid", None)


def test_b18_late_is_marked_only_when_the_day_is_given(actor: Actor) -> None:
    invoice = issued_invoice(actor, due_date=datetime.date(2025, 1, 31))
    assert invoice_view(invoice, public_url=URL).mark == ""
    assert invoice_view(invoice, public_url=URL, on=datetime.date(2025, 1, 31)).mark == ""
    assert invoice_view(invoice, public_url=URL, on=datetime.date(2025, 2, 1)).mark == "overdue"


def test_a_void_invoice_says_so_and_asks_for_nothing(actor: Actor) -> None:
    invoice = issued_invoice(actor)
    void_invoice(actor=actor, at=AT, invoice_id=invoice.pk, reason="mistake")
    view = invoice_view(get_invoice(actor.organization_id, invoice.pk), public_url=URL)
    assert (view.mark, view.watermark, view.payment) == ("void", "Void", None)
    assert view.totals[-1].key == "total"


def test_foreign_currency_shows_the_tax_in_the_books_currency(actor: Actor) -> None:
    tax = tax_profile(actor, "10")
    invoice = draft_invoice(actor, lines=[line("100.00", tax_profile_ids=[tax.pk])])
    invoice.accounting_currency, invoice.exchange_rate = "EUR", Decimal("0.92")
    invoice.taxes.update(accounting_amount=920)
    invoice = Invoice.objects.of(actor.organization_id).get(pk=invoice.pk)
    invoice.accounting_currency, invoice.exchange_rate = "EUR", Decimal("0.92")
    last = invoice_view(invoice, public_url=URL).taxes[-1]
    assert (last.name, last.tax, last.note) == ("Tax in EUR", "€9.20", "1 USD = 0.92 EUR")


def test_a_credit_note_names_its_invoice_and_has_positive_amounts(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    note = create_credit_note(
        actor=actor, at=AT, invoice_id=invoice.pk, reason="Returned", issue_date=TODAY
    )
    view = credit_note_view(note)
    assert view.title == "Credit note"
    assert [fact.value for fact in view.facts if fact.key == "for_invoice"] == [
        f"{invoice.number} · Jan 15, 2025"
    ]
    assert view.headline.amount == "$100.00"
    content = text(credit_note_pdf(note))
    assert str(note.number) in content
    assert "Returned" in content
    assert credit_note_pdf(note) == credit_note_pdf(note)


def test_a_receipt_lists_what_was_settled(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "130.00", allow_overpayment=True)
    view = receipt_view(payment)
    assert [(row.title, row.cells) for row in view.rows] == [
        (invoice.number, ("Jan 15, 2025", "100.00", "100.00"))
    ]
    assert [(row.key, row.amount) for row in view.totals] == [
        ("applied", "$100.00"),
        ("customer_credit", "$30.00"),
        ("amount_received", "$130.00"),
    ]
    content = text(receipt_pdf(payment))
    for expected in ("Receipt", payment.number, "Bank transfer", "$130.00", "Globex"):
        assert expected in content


def test_a_quote_is_valid_until_a_day_and_asks_for_no_payment(actor: Actor) -> None:
    quote = draft_quote(actor, "250.00")
    content = text(quote_pdf(quote))
    assert "Quote" in content
    assert "Valid until" in content
    assert "$250.00" in content
    assert "How to pay" not in content


@pytest.mark.parametrize(
    ("locale", "title", "total"),
    [
        ("de_DE", "Rechnung", "7.128,00\u00a0$"),
        ("fr_FR", "Facture", "7\u202f128,00\u00a0$US"),
        ("es_ES", "Factura", "7.128,00\u00a0US$"),
    ],
)
def test_the_document_speaks_its_readers_language(
    actor: Actor, locale: str, title: str, total: str
) -> None:
    buyer = customer(actor, locale=locale)
    view = invoice_view(seed_invoice(actor, customer_id=buyer.pk), public_url=URL)
    assert view.title == title
    assert view.headline.amount == total


def test_file_names_are_plain(actor: Actor) -> None:
    invoice = issued_invoice(actor)
    assert pdf_file_name(invoice) == f"Invoice_{invoice.number}.pdf"
    invoice.number = '../../evil"; name\r\nX.pdf'
    assert pdf_file_name(invoice) == "Invoice_evil-name-X.pdf.pdf"
    invoice.number = None
    assert pdf_file_name(invoice) == f"Invoice_draft-{invoice.uuid.hex[:8]}.pdf"


def pay(actor: Actor, invoice: Invoice, amount: str, **fields: Any) -> Payment:
    return record_payment(
        actor=actor,
        at=AT,
        amount=Decimal(amount),
        currency=invoice.currency,
        method="bank_transfer",
        payment_date=TODAY,
        invoice_id=invoice.pk,
        **fields,
    )


def test_an_open_quote_prints_where_it_is_answered(actor: Actor) -> None:
    made = draft_quote(actor)
    url = "https://bills.example/q/token"
    assert quote_view(made, public_url=url).payment is None
    quote = open_quote(actor=actor, at=AT, quote_id=made.pk)
    panel = quote_view(quote, public_url=url).payment
    assert panel is not None
    assert (panel.heading, panel.code) == ("How to accept", url)
    assert quote_view(quote).payment is None
