"""Whatever happened to documents and money, the reports sum to them to the minor unit.

A history is a list of numbers that a test turns into operations; what the house refuses
is left out of it. REPORT_EXAMPLES makes it try more of them.
"""

import datetime
import os
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import Actor, system_actor
from accounts.operations.organizations import create_organization
from billing.models import (
    CreditNote,
    CreditNoteTax,
    Invoice,
    InvoiceTax,
    LedgerAccount,
    Payment,
    Posting,
    Refund,
)
from billing.operations.credit_notes import create_credit_note, void_credit_note
from billing.operations.issuing import void_invoice
from billing.operations.payments import delete_payment, mark_paid, record_payment
from billing.operations.refunds import refund_payment
from billing.queries.ledger_checks import find_problems
from billing.queries.spans import Span
from billing.reports.payments import payment_report
from billing.reports.product_sales import product_report
from billing.reports.sales import Scope, sales_report
from billing.reports.tax import TaxReport, accrual_report
from billing.reports.tax_cash import cash_report
from billing.totals import cash_basis_tax
from core.errors import DomainError
from tests import builders
from tests.instants import AT

EXAMPLES = int(os.environ.get("REPORT_EXAMPLES", "12"))
FIRST = datetime.date(2025, 1, 1)
YEAR = Span(FIRST, datetime.date(2025, 12, 31))
MONTHS = [
    Span(datetime.date(2025, month, 1), datetime.date(2025, month, 15)) for month in range(1, 13)
] + [
    Span(
        datetime.date(2025, month, 16),
        (datetime.date(2025, month, 28) + datetime.timedelta(days=4)).replace(day=1)
        - datetime.timedelta(days=1),
    )
    for month in range(1, 13)
]

DAYS = st.integers(0, 300).map(lambda days: FIRST + datetime.timedelta(days=days))
CENTS = st.integers(1, 9999).map(lambda cents: Decimal(cents) / 100)
LINES = st.lists(
    st.tuples(CENTS, st.integers(1, 5), st.lists(st.integers(0, 4), max_size=2, unique=True)),
    min_size=1,
    max_size=4,
)
BILL = st.tuples(
    st.just("bill"), DAYS, LINES, st.sampled_from([0, 0, 7, 33]), st.booleans(), st.booleans()
)
PICK = st.integers(0, 9)
STEP = st.one_of(
    BILL,
    st.tuples(st.just("pay"), PICK, DAYS, st.sampled_from([1, 37, 100, 120])),
    st.tuples(st.just("credit"), PICK, DAYS, st.integers(1, 3)),
    st.tuples(st.just("refund"), PICK, DAYS, st.sampled_from([1, 50, 100])),
    st.tuples(st.just("goodwill"), DAYS, CENTS, st.integers(0, 4)),
    st.tuples(st.just("undo"), PICK, st.sampled_from(["invoice", "payment", "note"])),
)
HISTORY = st.lists(BILL, min_size=1, max_size=3).flatmap(
    lambda bills: st.lists(STEP, max_size=10).map(lambda steps: [*bills, *steps])
)
trying = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Books:
    """One organization, a customer, and five taxes of which two have the same rate."""

    def __init__(self) -> None:
        organization = create_organization(at=AT, name="Till", slug="till", currency="USD")
        self.actor: Actor = system_actor(organization.pk)
        self.common: dict[str, Any] = {"actor": self.actor, "at": AT}
        self.payer = builders.customer(self.actor).pk
        self.taxes = [
            builders.tax_profile(self.actor, "19", name="Goods").pk,
            builders.tax_profile(self.actor, "19", name="Services").pk,
            builders.tax_profile(self.actor, "7").pk,
            builders.tax_profile(self.actor, "9.975", is_compound=True).pk,
            builders.tax_profile(self.actor, "0", category="E").pk,
        ]
        self.invoices: list[Invoice] = []
        self.payments: list[Payment] = []
        self.notes: list[CreditNote] = []

    def scope(self, span: Span = YEAR) -> Scope:
        return Scope(self.actor.organization_id, span, "USD")

    def play(self, history: list[tuple[Any, ...]]) -> None:
        for name, *values in history:
            step: Callable[..., None] = getattr(self, name)
            try:
                with transaction.atomic():
                    step(*values)
            except DomainError:
                pass

    def bill(
        self, on: datetime.date, lines: Any, percent: int, is_foreign: bool, is_inclusive: bool
    ) -> None:
        foreign = {"currency": "EUR", "exchange_rate": Decimal("1.0837")} if is_foreign else {}
        rows = [
            builders.line(str(price), str(quantity), tax_profile_ids=[self.taxes[i] for i in taxes])
            for price, quantity, taxes in lines
        ]
        fields: dict[str, Any] = {"customer_id": self.payer, "lines": rows, "issue_date": on}
        fields |= {"prices_include_tax": is_inclusive, **foreign}
        if percent:
            fields |= {"discount_type": "percent", "discount_value": Decimal(percent)}
        self.invoices.append(builders.issued_invoice(self.actor, **fields))

    def pay(self, i: int, on: datetime.date, percent: int) -> None:
        invoice = self.invoices[i % len(self.invoices)]
        invoice.refresh_from_db()
        cents = max(1, invoice.amount_due * percent // 100)
        self.payments.append(
            record_payment(
                **self.common,
                amount=Decimal(cents) / 100,
                currency=invoice.currency,
                method="card",
                payment_date=on,
                invoice_id=invoice.pk,
                allow_overpayment=True,
                exchange_rate=Decimal("1.1"),
            )
        )

    def credit(self, i: int, on: datetime.date, units: int) -> None:
        invoice = self.invoices[i % len(self.invoices)]
        lines = [{"invoice_line_id": invoice.lines.all()[0].pk, "quantity": Decimal(units)}]
        make = {**self.common, "invoice_id": invoice.pk, "lines": lines, "issue_date": on}
        try:
            with transaction.atomic():
                self.notes.append(create_credit_note(**make))
        except DomainError as refusal:
            freed = refusal.details.get("freed")
            if freed:
                self.notes.append(create_credit_note(**make, credit_amount=freed))

    def refund(self, p: int, on: datetime.date, percent: int) -> None:
        if self.payments:
            payment = self.payments[p % len(self.payments)]
            cents = max(1, payment.amount * percent // 100)
            refund_payment(
                **self.common,
                payment_id=payment.pk,
                amount=Decimal(cents) / 100,
                refund_date=on,
            )

    def goodwill(self, on: datetime.date, price: Decimal, tax: int) -> None:
        lines = [builders.line(str(price), tax_profile_id=self.taxes[tax])]
        note = create_credit_note(**self.common, customer_id=self.payer, lines=lines, issue_date=on)
        self.notes.append(note)

    def undo(self, i: int, what: str) -> None:
        if what == "invoice":
            void_invoice(**self.common, invoice_id=self.invoices[i % len(self.invoices)].pk)
        elif what == "payment" and self.payments:
            delete_payment(**self.common, payment_id=self.payments[i % len(self.payments)].pk)
        elif what == "note" and self.notes:
            void_credit_note(**self.common, credit_note_id=self.notes[i % len(self.notes)].pk)


def summed(rows: Any, *names: str) -> dict[str, tuple[int, ...]]:
    """Sums of columns by currency."""
    sums = rows.order_by().values_list("code").annotate(**{f"sum_{n}": Sum(n) for n in names})
    return {code: tuple(amounts) for code, *amounts in sums if any(amounts)}


def less(one: dict[str, tuple[int, ...]], two: dict[str, tuple[int, ...]]) -> Any:
    found = {}
    for code in one.keys() | two.keys():
        width = len(next(iter((one or two).values())))
        nothing = (0,) * width
        a, b = one.get(code, nothing), two.get(code, nothing)
        found[code] = tuple(x - y for x, y in zip(a, b, strict=True))
    return {code: amounts for code, amounts in found.items() if any(amounts)}


def tax_sums(report: TaxReport) -> dict[str, tuple[int, ...]]:
    found = {
        section.currency: (
            section.total_sales,
            section.total_tax,
            sum(section.accounting().values()),
        )
        for section in report.sections
    }
    return {code: amounts for code, amounts in found.items() if any(amounts)}


@trying
@given(HISTORY)
def test_e7_the_tax_report_is_the_subtotals_of_documents_and_the_ledgers_tax(
    db: None, history: list[Any]
) -> None:
    with transaction.atomic():
        books = Books()
        books.play(history)
        issued = ["issued", "uncollectible"]
        columns = ("base_amount", "tax_amount", "accounting_amount")
        charged = InvoiceTax.objects.filter(invoice__status__in=issued)
        credited = CreditNoteTax.objects.filter(credit_note__status="issued")
        documents = less(
            summed(charged.annotate(code=F("invoice__currency")), *columns),
            summed(credited.annotate(code=F("credit_note__currency")), *columns),
        )
        report = accrual_report(books.scope())
        assert tax_sums(report) == documents
        posted = Posting.objects.filter(
            account__system_role=LedgerAccount.SystemRole.TAX_PAYABLE
        ).annotate(code=F("currency"))
        ledger = {code: -amount for code, (amount,) in summed(posted, "amount").items()}
        assert ledger == {code: tax for code, (_, tax, _) in tax_sums(report).items() if tax}
        # Period by period it is the same, and never a cent between two of them.
        parts: dict[str, int] = {}
        for span in MONTHS:
            for section in accrual_report(books.scope(span)).sections:
                parts[section.currency] = parts.get(section.currency, 0) + section.total_tax
        assert {code: tax for code, tax in parts.items() if tax} == {
            code: tax for code, tax in ledger.items() if tax
        }
        transaction.set_rollback(True)


@trying
@given(HISTORY)
def test_c9_the_cash_basis_declares_what_every_invoice_was_paid(
    db: None, history: list[Any]
) -> None:
    with transaction.atomic():
        books = Books()
        books.play(history)
        whole = {s.currency: s.total_tax for s in cash_report(books.scope()).sections}
        parts: dict[str, int] = {}
        for span in MONTHS:
            for section in cash_report(books.scope(span)).sections:
                parts[section.currency] = parts.get(section.currency, 0) + section.total_tax
        assert {k: v for k, v in parts.items() if v} == {k: v for k, v in whole.items() if v}
        expected: dict[str, int] = {}
        for invoice in Invoice.objects.all():
            notes = CreditNote.objects.filter(invoice=invoice, status="issued")
            total = invoice.total - sum(note.total for note in notes)
            tax = invoice.tax_total - sum(note.tax_total for note in notes)
            paid = [row.amount for row in invoice.allocations.filter(kind="payment").order_by("pk")]
            declared = sum(cash_basis_tax(total, tax, [sum(paid)]))
            expected[invoice.currency] = expected.get(invoice.currency, 0) + declared
        assert {k: v for k, v in whole.items() if v} == {k: v for k, v in expected.items() if v}
        transaction.set_rollback(True)


@trying
@given(HISTORY)
def test_c9_once_all_is_paid_both_bases_agree(db: None, history: list[Any]) -> None:
    with transaction.atomic():
        books = Books()
        books.play([step for step in history if step[0] != "goodwill"])
        for invoice in Invoice.objects.filter(status="issued"):
            if invoice.amount_due:
                mark_paid(
                    **books.common, invoice_id=invoice.pk, payment_date=datetime.date(2025, 12, 1)
                )
        by_profile = [
            {
                (section.currency, row.key): (row.sums.tax, row.sums.base)
                for section in report.sections
                for row in section.rows
                if row.sums.tax or row.sums.base
            }
            for report in (accrual_report(books.scope()), cash_report(books.scope()))
        ]
        assert by_profile[0] == by_profile[1]
        transaction.set_rollback(True)


@trying
@given(HISTORY)
def test_e8_sales_and_payments_are_the_sums_of_their_rows(db: None, history: list[Any]) -> None:
    with transaction.atomic():
        books = Books()
        books.play(history)
        issued = Invoice.objects.filter(status__in=["issued", "uncollectible"])
        rows = issued.annotate(code=F("currency"), net=F("total") - F("tax_total"))
        columns = ("total", "amount_paid", "amount_credited", "tax_total", "net")
        documents = summed(rows, *columns)
        notes = CreditNote.objects.filter(status="issued")
        credited = summed(
            notes.annotate(code=F("currency"), net=F("total") - F("tax_total")), "total", "net"
        )
        for step in ("day", "week", "month", "quarter", "year", "customer"):
            for section in sales_report(books.scope(), step).sections:
                sums = section.summary
                found = (
                    sums.total_invoiced,
                    sums.total_paid,
                    sums.total_credited,
                    sums.total_tax,
                    sums.net_invoiced,
                )
                assert found == documents.get(section.currency, (0,) * 5)
                note_sums = credited.get(section.currency, (0, 0))
                assert (sums.total_credit_notes, sums.net_credited) == note_sums
                due = sum(row.amount_due for row in issued.filter(currency=section.currency))
                assert sums.total_outstanding == due
        net = {
            s.currency: s.summary.net_sales for s in sales_report(books.scope(), "year").sections
        }
        by_product = {s.currency: s.net_sales for s in product_report(books.scope()).sections}
        assert {k: v for k, v in net.items() if v} == {k: v for k, v in by_product.items() if v}
        came = summed(
            Payment.objects.filter(status="succeeded").annotate(code=F("currency")), "amount"
        )
        went = summed(Refund.objects.annotate(code=F("currency")), "amount")
        for step in ("day", "month", "method", "gateway", "customer"):
            sections = payment_report(books.scope(), step).sections
            found = {s.currency: (s.summary.net,) for s in sections if s.summary.net}
            assert found == less(came, went)
        assert list(find_problems(books.actor.organization_id)) == []
        transaction.set_rollback(True)
