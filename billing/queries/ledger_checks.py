"""Proving the books: every stored figure against the rows it is made of.

Sums are taken by the database, one statement per question; only documents are read
one by one, because their totals are worked out again from their lines.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Sum

from billing.models import (
    Allocation,
    CreditNote,
    Customer,
    CustomerBalance,
    Invoice,
    InvoiceStatus,
    JournalEntry,
    LedgerAccount,
    Payment,
    Posting,
    Refund,
)
from billing.queries.credit import unapplied_of_notes
from billing.queries.document_checks import check_documents
from billing.queries.problems import Problem, differs
from billing.queries.register_checks import check_registers
from core.money import convert_minor

Role = LedgerAccount.SystemRole
_INVOICE, _PAYMENT, _NOTE = "billing_invoice", "billing_payment", "billing_creditnote"


@dataclass(frozen=True, slots=True)
class Extent:
    """How much was looked at."""

    entries: int = 0
    postings: int = 0
    invoices: int = 0

    def __add__(self, other: "Extent") -> "Extent":
        return Extent(
            self.entries + other.entries,
            self.postings + other.postings,
            self.invoices + other.invoices,
        )


def find_problems(organization_id: int) -> Iterator[Problem]:
    """Everything in one organization's books that does not add up; nothing when all does."""
    yield from check_entries(organization_id)
    yield from check_invoices(organization_id)
    yield from check_payments(organization_id)
    yield from check_credit_notes(organization_id)
    yield from check_income(organization_id)
    yield from check_balances(organization_id)
    yield from check_documents(organization_id)
    yield from check_registers(organization_id)


def extent(organization_id: int) -> Extent:
    """The number of entries, postings and invoices of the organization."""
    return Extent(
        entries=JournalEntry.objects.of(organization_id).count(),
        postings=Posting.objects.of(organization_id).count(),
        invoices=Invoice.objects.of(organization_id).count(),
    )


def check_entries(organization_id: int) -> Iterator[Problem]:
    """Each entry has postings, each posting an entry, and both currencies sum to zero."""
    postings = Posting.objects.of(organization_id)
    entries = JournalEntry.objects.of(organization_id)
    for currency_field, amount_field in (("currency", "amount"), ("base_currency", "base_amount")):
        sums = postings.values_list("entry_id", currency_field).annotate(sum=Sum(amount_field))
        for uuid, currency, total in sums.exclude(sum=0).order_by("entry_id"):
            entry = entries.filter(uuid=uuid).first()
            yield differs(
                "billing_journalentry",
                entry.pk if entry else uuid,
                _label(entry),
                f"the sum of its postings' {amount_field}",
                currency,
                found=total,
                expected=0,
                source="an entry must sum to",
            )
    empty = entries.filter(~Exists(Posting.objects.filter(entry_id=OuterRef("uuid"))))
    for entry in empty:
        yield Problem("billing_journalentry", entry.pk, _label(entry), "it has no postings.")
    loose = postings.filter(~Exists(JournalEntry.objects.filter(uuid=OuterRef("entry_id"))))
    for posting in loose:
        yield Problem("billing_posting", posting.pk, "", "its journal entry does not exist.")
    moved = postings.exclude(entry__entry_date=F("entry_date"), entry__organization=organization_id)
    for posting in moved.filter(entry__isnull=False):
        yield Problem("billing_posting", posting.pk, "", "its day is not its entry's day.")


def check_invoices(organization_id: int) -> Iterator[Problem]:
    """Receivable postings are what is due; settled amounts are the sums of their allocations."""
    postings = Posting.objects.of(organization_id).filter(account__system_role=Role.RECEIVABLES)
    receivable = {
        pk: (amount, base)
        for pk, amount, base in postings.values_list("invoice_id").annotate(
            amount_sum=Sum("amount"), base_sum=Sum("base_amount")
        )
    }
    allocations = Allocation.objects.of(organization_id)
    settled: dict[tuple[int, str], int] = {
        (pk, kind): total
        for pk, kind, total in allocations.values_list("invoice_id", "kind").annotate(
            total=Sum("amount")
        )
    }
    columns = "number status total amount_paid amount_credited amount_written_off currency"
    rows = Invoice.objects.of(organization_id).only(
        *columns.split(), "accounting_currency", "exchange_rate"
    )
    for invoice in rows.order_by("pk").iterator(chunk_size=2000):
        yield from _check_settlement(invoice, settled)
        yield from _check_receivable(invoice, *receivable.get(invoice.pk, (0, 0)))


def check_payments(organization_id: int) -> Iterator[Problem]:
    """What a payment says it settled and gave back is what its rows say."""
    allocations = Allocation.objects.of(organization_id).exclude(payment=None)
    allocated = dict(allocations.values_list("payment_id").annotate(sum=Sum("amount")))
    refunds = Refund.objects.of(organization_id).filter(status=Refund.Status.SUCCEEDED)
    refunded = dict(refunds.values_list("payment_id").annotate(sum=Sum("amount")))
    rows = Payment.objects.of(organization_id).order_by("pk")
    figures = rows.values_list("pk", "number", "currency", "amount_allocated", "amount_refunded")
    for pk, number, currency, has_allocated, has_refunded in figures.iterator(chunk_size=2000):
        for figure, found, expected, source in (
            ("amount_allocated", has_allocated, allocated.get(pk, 0), "its allocations sum to"),
            ("amount_refunded", has_refunded, refunded.get(pk, 0), "its refunds sum to"),
        ):
            if found != expected:
                yield differs(
                    _PAYMENT,
                    pk,
                    number,
                    figure,
                    currency,
                    found=found,
                    expected=expected,
                    source=source,
                )


def check_credit_notes(organization_id: int) -> Iterator[Problem]:
    """What a credit note says it settled and paid out is what its rows say."""
    allocations = Allocation.objects.of(organization_id).exclude(credit_note=None)
    allocated = dict(allocations.values_list("credit_note_id").annotate(sum=Sum("amount")))
    refunds = Refund.objects.of(organization_id).exclude(credit_note=None)
    paid_out = {
        (pk, outside): total
        for pk, outside, total in refunds.values_list("credit_note_id", "is_out_of_band").annotate(
            total=Sum("amount")
        )
    }
    for note in CreditNote.objects.of(organization_id).order_by("pk").iterator(chunk_size=2000):
        for figure, expected, source in (
            ("amount_allocated", allocated.get(note.pk, 0), "its allocations sum to"),
            ("amount_refunded", paid_out.get((note.pk, False), 0), "its refunds sum to"),
            ("amount_out_of_band", paid_out.get((note.pk, True), 0), "its refunds sum to"),
        ):
            found = getattr(note, figure)
            if found != expected:
                yield differs(
                    _NOTE,
                    note.pk,
                    note.number,
                    figure,
                    note.currency,
                    found=found,
                    expected=expected,
                    source=source,
                )


def check_income(organization_id: int) -> Iterator[Problem]:
    """The entry of each invoice and credit note books its net, its tax and its rounding."""
    for table, kind, sign, documents in (
        (
            _INVOICE,
            "invoice.issued",
            -1,
            Invoice.objects.of(organization_id).exclude(status=InvoiceStatus.DRAFT),
        ),
        (_NOTE, "credit_note.created", 1, CreditNote.objects.of(organization_id)),
    ):
        sums = (
            Posting.objects.of(organization_id)
            .filter(entry__kind=kind)
            .values_list("entry__source_id", "account__system_role")
            .annotate(sum=Sum("amount"))
        )
        booked: dict[tuple[int, str], int] = {(pk, role): total for pk, role, total in sums}
        columns = ("pk", "number", "currency", "total", "tax_total", "rounding_amount")
        for pk, number, currency, total, tax, rounding in documents.order_by("pk").values_list(
            *columns
        ):
            for role, expected in (
                (Role.REVENUE, total - tax - rounding),
                (Role.TAX_PAYABLE, tax),
                (Role.ROUNDING, rounding),
            ):
                found = sign * booked.get((pk, role), 0)
                if found != expected:
                    yield differs(
                        table,
                        pk,
                        number,
                        f"its entry's {role.label.lower()}",
                        currency,
                        found=found,
                        expected=expected,
                        source="the document says",
                    )


def check_balances(organization_id: int) -> Iterator[Problem]:
    """Cached customer balances are their postings; credit is what payments and notes have left."""
    sums = (
        Posting.objects.of(organization_id)
        .filter(account__system_role__in=[Role.RECEIVABLES, Role.CUSTOMER_CREDIT])
        .values_list("customer_id", "currency", "account__system_role")
        .annotate(sum=Sum("amount"))
    )
    posted: dict[tuple[int | None, str, str], int] = defaultdict(int)
    for customer_id, currency, role, total in sums:
        posted[customer_id, currency, role] = total if role == Role.RECEIVABLES else -total
    kept: dict[tuple[int | None, str, str], tuple[int, int]] = {}
    for row in CustomerBalance.objects.of(organization_id):
        kept[row.customer_id, row.currency, Role.RECEIVABLES] = (row.pk, row.receivable)
        kept[row.customer_id, row.currency, Role.CUSTOMER_CREDIT] = (row.pk, row.credit)
    names = dict(Customer.objects.of(organization_id).values_list("pk", "name"))
    for key in sorted({*posted, *kept}, key=str):
        customer_id, currency, role = key
        row_id, found = kept.get(key, (0, 0))
        if found != posted[key]:
            yield differs(
                "billing_customerbalance",
                row_id or f"of customer {customer_id}",
                names.get(customer_id or 0),
                "receivable" if role == Role.RECEIVABLES else "credit",
                currency,
                found=found,
                expected=posted[key],
                source="the postings sum to",
            )
    yield from _check_credit(organization_id, posted, names)


def _check_credit(
    organization_id: int,
    posted: dict[tuple[int | None, str, str], int],
    names: dict[int, str],
) -> Iterator[Problem]:
    left: dict[tuple[int, str], int] = defaultdict(int)
    payments = Payment.objects.of(organization_id).filter(status=Payment.Status.SUCCEEDED)
    notes = CreditNote.objects.of(organization_id).filter(status=CreditNote.Status.ISSUED)
    for rows, rest in (
        (payments, F("amount") - F("amount_allocated") - F("amount_refunded")),
        (notes, unapplied_of_notes()),
    ):
        for customer_id, currency, total in rows.values_list("customer_id", "currency").annotate(
            rest=Sum(rest)
        ):
            left[customer_id, currency] += total
    keys = {*left, *((c, cur) for c, cur, role in posted if role == Role.CUSTOMER_CREDIT and c)}
    for customer_id, currency in sorted(keys):
        found = posted[customer_id, currency, Role.CUSTOMER_CREDIT]
        if found != left[customer_id, currency]:
            yield differs(
                "billing_customer",
                customer_id,
                names.get(customer_id),
                "customer credit in the books",
                currency,
                found=found,
                expected=left[customer_id, currency],
                source="payments and credit notes have left",
            )


def _check_settlement(invoice: Invoice, settled: dict[tuple[int, str], int]) -> Iterator[Problem]:
    for figure, kind in (
        ("amount_paid", Allocation.Kind.PAYMENT),
        ("amount_credited", Allocation.Kind.CREDIT_NOTE),
        ("amount_written_off", Allocation.Kind.WRITE_OFF),
    ):
        found, expected = getattr(invoice, figure), settled.get((invoice.pk, kind), 0)
        if found != expected:
            yield differs(
                _INVOICE,
                invoice.pk,
                invoice.number,
                figure,
                invoice.currency,
                found=found,
                expected=expected,
                source=f"its {kind.label.lower()} allocations sum to",
            )


def _check_receivable(invoice: Invoice, amount: int, base: int) -> Iterator[Problem]:
    due = 0 if invoice.is_draft else invoice.amount_due
    worth = convert_minor(due, invoice.currency, invoice.accounting_currency, invoice.exchange_rate)
    for figure, currency, found, expected in (
        ("amount due", invoice.currency, due, amount),
        ("amount due in the books", invoice.accounting_currency, worth, base),
    ):
        if found != expected:
            yield differs(
                _INVOICE,
                invoice.pk,
                invoice.number,
                figure,
                currency,
                found=found,
                expected=expected,
                source="its receivable postings sum to",
            )
            return


def _label(entry: JournalEntry | None) -> str:
    if entry is None:
        return ""
    return " ".join(filter(None, (entry.kind, entry.memo)))
