"""Views made by hand: drawing is tested without a database, with any text and any size."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from billing.documents.formats import Formatter, known_locale
from billing.documents.payment_details import payment_details
from billing.documents.view import (
    Column,
    DocumentView,
    Fact,
    Party,
    Row,
    TaxRow,
    TotalRow,
)
from billing.documents.wording import words_for

IBAN = "DE89370400440532013000"
PUBLIC_URL = "https://bill.example/i/7kQ2mZx9Lr4TnB8vWc1Yds"
COLUMNS = ("quantity", "unit_price", "tax", "amount")
WORK = [
    ("Discovery workshop", "Two days on site with the product and support teams.", "2", "1450.00"),
    ("Interface design", "Wireframes, visual language, component library.", "38.5", "120.00"),
    ("Implementation", "Server-rendered pages, accessibility review included.", "64", "110.00"),
    ("Annual web hosting", "", "1", "1200.00"),
    ("Support retainer", "Response within four working hours.", "12", "95.00"),
]


def sample_rows(formats: Formatter, count: int, tax: str = "10", details: bool = True) -> list[Row]:
    """`count` plain lines, cycling through the same five pieces of work."""
    rows, running = [], 0
    for index in range(count):
        name, text, quantity, price = WORK[index % len(WORK)]
        running += int(Decimal(quantity) * Decimal(price) * 100)
        cells = (
            formats.quantity(Decimal(quantity)) + (" h" if Decimal(quantity) > 30 else ""),
            formats.price(Decimal(price)),
            formats.percent(Decimal(tax)),
            formats.amount(int(Decimal(quantity) * Decimal(price) * 100)),
        )
        rows.append(Row(name, (text,) if text and details else (), cells, running))
    return rows


def sample_view(
    *,
    locale: str = "en_US",
    currency: str = "USD",
    count: int = 5,
    template: str = "tmpl_modern",
    tax: str = "10",
    rows: Sequence[Row] | None = None,
    **changes: Any,
) -> DocumentView:
    """An invoice over that many lines with one tax rate; `changes` replace fields."""
    known = known_locale(locale)
    language, words = words_for(known)
    formats = Formatter(known, currency)
    rows = sample_rows(formats, count, tax) if rows is None else rows
    net = rows[-1].running if rows else 0
    tax_amount = int(net * Decimal(tax) / 100)
    due = TotalRow("amount_due", words["amount_due"], formats.money(net + tax_amount), "due")
    payment = payment_details(
        account={
            "name": "Aurora Studio GmbH",
            "iban": IBAN,
            "bic": "COBADEFFXXX",
            "bank_name": "Commerzbank",
        },
        payee="Aurora Studio GmbH",
        reference="INV-2025-001",
        amount_due=net + tax_amount,
        currency=currency,
        public_url=PUBLIC_URL,
        words=words,
        may_be_paid=True,
    )
    view = DocumentView(
        kind="invoice",
        title=words["invoice"],
        number="INV-2025-001",
        language=language,
        words=words,
        formats=formats,
        page_size="letter" if locale == "en_US" else "a4",
        template=template,
        accent="#0f766e",
        logo="",
        mark="",
        mark_label="",
        date=datetime.date(2025, 1, 15),
        seller=seller(words),
        buyer=buyer(words),
        delivery=None,
        facts=facts(formats, words),
        columns=tuple(Column(key, words[key]) for key in COLUMNS),
        rows=tuple(rows),
        taxes=(
            TaxRow(
                f"VAT {tax}%",
                formats.percent(Decimal(tax)),
                formats.amount(net),
                formats.amount(tax_amount),
            ),
        ),
        totals=(
            TotalRow("subtotal", words["subtotal"], formats.money(net)),
            TotalRow("tax", words["tax"], formats.money(tax_amount)),
            TotalRow("total", words["total"], formats.money(net + tax_amount), "strong"),
            due,
        ),
        headline=due,
        payment=payment,
        notes="Thank you for working with us. Questions? Write to billing@aurora.example.",
        terms="Payable within 30 days without deduction. Goods remain our property until paid.",
        footer="",
        legal=(
            "Aurora Studio GmbH · Torstraße 140 · 10119 Berlin · Germany",
            "billing@aurora.example · +49 30 1234567 · https://aurora.example",
            f"{words['vat_id']} DE123456789 · {words['registration']} HRB 123456 B",
            "Managing directors: Ada Quist, Jonas Weber · Amtsgericht Charlottenburg",
        ),
    )
    return replace(view, **changes)


def seller(words: dict[str, str]) -> Party:
    return Party(
        label=words["from"],
        name="Aurora Studio",
        lines=("Torstraße 140", "10119 Berlin", "Germany"),
        ids=(Fact("vat_id", words["vat_id"], "DE123456789"),),
        contact=("billing@aurora.example", "+49 30 1234567"),
    )


def buyer(words: dict[str, str]) -> Party:
    return Party(
        label=words["bill_to"],
        name="Globex Corporation",
        lines=("Attn. Hannah Lee", "500 Market Street, Floor 9", "San Francisco, CA 94105"),
        ids=(Fact("vat_id", words["vat_id"], "US-94-1234567"),),
        contact=("ap@globex.example",),
    )


def facts(formats: Formatter, words: dict[str, str]) -> tuple[Fact, ...]:
    pairs = {
        "issue_date": formats.date(datetime.date(2025, 1, 15)),
        "due_date": formats.date(datetime.date(2025, 2, 14)),
        "purchase_order": "PO-88213",
        "project": "Website relaunch",
    }
    return tuple(Fact(key, words[key], value) for key, value in pairs.items())
