"""The one primitive under every money operation: what moves between documents, and its entry.

A Movement collects changes to locked invoices, payments and credit notes, then writes
them together: the amounts, the allocation rows, one balanced journal entry, and the
events of each invoice. All amounts are integers in minor units of one currency.

Exchange differences: an invoice's receivable is always worth its open amount at the
invoice's own rate, a payment's unapplied rest is always worth that rest at the payment's
rate. Whatever an entry leaves between the two in the books' currency is gain or loss (C10).
"""

import datetime
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from accounts.actors import Actor
from billing.lifecycle import INVOICE
from billing.models import (
    Allocation,
    CreditNote,
    Invoice,
    JournalEntry,
    Payment,
    PaymentMethod,
    Settlement,
)
from billing.operations.ledger import PostingLine, Role, income_lines, post
from billing.snapshots import changed, invoice_snapshot
from core import events
from core.money import convert_minor, from_minor

Facts = dict[str, Any]
Source = Payment | CreditNote

TOLERANCE = "Small difference within the organization's tolerance"
RECOVERED = "Paid after it had been written off"


class Movement:
    """Changes of one operation, in one currency, on documents that the caller has locked."""

    def __init__(
        self, *, actor: Actor, at: datetime.datetime, on: datetime.date, base_currency: str
    ) -> None:
        self.actor = actor
        self.at = at
        self.on = on
        self.base_currency = base_currency
        self._invoices: dict[int, tuple[Invoice, Facts]] = {}
        self._paying: set[int] = set()
        self._given_up: set[int] = set()
        self._recovered: set[int] = set()
        self._sources: dict[tuple[str, int], Source] = {}
        self._allocations: list[Allocation] = []
        self._lines: list[PostingLine] = []

    def next(self) -> "Movement":
        """An empty movement by the same actor on the same day."""
        return Movement(actor=self.actor, at=self.at, on=self.on, base_currency=self.base_currency)

    def receive(self, payment: Payment) -> None:
        """Money came in: it is the customer's credit until it is settled on invoices."""
        self._money(payment, payment.amount, payment.method)
        self._credit(payment, payment.amount, 0, payment.amount)

    def cancel_receipt(self, payment: Payment) -> None:
        """The money never came in: the mirror of receive, once nothing is allocated."""
        self._money(payment, -payment.amount, payment.method)
        self._credit(payment, -payment.amount, payment.amount, 0)

    def pay_back(
        self, source: Source, amount: int, *, method: str, is_out_of_band: bool = False
    ) -> None:
        """Give unapplied money of the source back to the customer, at the source's rate."""
        before = source.amount_unapplied
        source.amount_refunded += amount
        self._remember_source(source)
        self._credit(source, -amount, before, source.amount_unapplied)
        self._money(source, -amount, method, is_out_of_band=is_out_of_band)

    def grant(self, credit_note: CreditNote, sign: int = 1) -> None:
        """Take a credit note's revenue and tax back and owe them to the customer.

        With sign -1 the credit note is void and its revenue and tax stand again.
        """
        common = {"customer_id": credit_note.customer_id, "invoice_id": credit_note.invoice_id}
        for line in income_lines(
            credit_note, credit_note.lines.all(), credit_note.taxes.all(), **common
        ):
            amount = sign * line.amount_minor
            self._lines.append(
                replace(line, amount_minor=amount, base_amount=self._base(credit_note, amount))
            )
        before, after = (0, credit_note.total) if sign > 0 else (credit_note.total, 0)
        self._credit(credit_note, sign * credit_note.total, before, after)

    def settle(self, invoice: Invoice, amount: int, source: Source, reason: str = "") -> None:
        """This much of the source's unapplied rest settles the invoice; negative takes it back.

        More than is due comes on bad debt, which shrinks by as much (B10).
        """
        if amount > invoice.amount_due:
            self._recover(invoice, amount - invoice.amount_due)
        before = source.amount_unapplied
        source.amount_allocated += amount
        self._remember_source(source)
        self._credit(source, -amount, before, source.amount_unapplied)
        is_payment = isinstance(source, Payment)
        if is_payment or source.invoice_id is None:
            self._paying.add(invoice.pk)
        kind = Allocation.Kind.PAYMENT if is_payment else Allocation.Kind.CREDIT_NOTE
        self._allocate(invoice, amount, kind, source, reason)

    def write_off(self, invoice: Invoice, amount: int, reason: str, role: str) -> None:
        """Give this much of the invoice up as an expense; negative takes it back."""
        if role == Role.BAD_DEBT and amount > 0:
            self._given_up.add(invoice.pk)
        due = invoice.amount_due
        self._allocate(invoice, amount, Allocation.Kind.WRITE_OFF, None, reason)
        released = self._base(invoice, due) - self._base(invoice, invoice.amount_due)
        self._lines.append(
            PostingLine(
                role=role,
                amount_minor=amount,
                currency=invoice.currency,
                base_amount=released,
                customer_id=invoice.customer_id,
                invoice_id=invoice.pk,
            )
        )

    def write(self, kind: str, source: Any, memo: str = "") -> JournalEntry | None:
        """Save every change with its allocation rows, and post one entry about `source`."""
        for invoice, _before in self._invoices.values():
            self._save_invoice(invoice)
        for source_row in self._sources.values():
            source_row.updated_at = self.at
            names = ["amount_allocated", "amount_refunded", "updated_at"]
            source_row.save(update_fields=names)
        Allocation.objects.bulk_create(self._allocations)
        return post(
            organization_id=self.actor.organization_id,
            kind=kind,
            entry_date=self.on,
            at=self.at,
            source=source,
            postings=[*self._netted(), *self._exchange_difference()],
            base_currency=self.base_currency,
            memo=memo,
        )

    def announce(self) -> None:
        """Emit one event per invoice: paid, partially paid, or updated when it reopened.

        Paid means that money or customer credit closed it, so that nobody ships goods
        because an invoice was written off as lost or credited as a whole.
        """
        for invoice, before in self._invoices.values():
            after = settlement_facts(invoice)
            gained = before["amount_due"] > after["amount_due"] or invoice.pk in self._recovered
            pays = invoice.pk in self._paying or invoice.amount_paid > 0
            pays = pays and invoice.pk not in self._given_up
            kind = "invoice.updated"
            if gained and pays and invoice.settlement == Settlement.PAID:
                kind = "invoice.paid"
            elif gained and invoice.pk in self._paying:
                kind = "invoice.partially_paid"
            events.emit(
                kind,
                subject=invoice,
                data=invoice_snapshot(invoice),
                previous=changed(before, after),
                actor=self.actor,
                at=self.at,
            )

    def _recover(self, invoice: Invoice, amount: int) -> None:
        """Take bad debt back as far as money came for it; what is left stays given up."""
        self.write_off(invoice, -amount, RECOVERED, Role.BAD_DEBT)
        self._recovered.add(invoice.pk)
        if invoice.amount_written_off:
            self._given_up.add(invoice.pk)

    def _allocate(
        self, invoice: Invoice, amount: int, kind: str, source: Source | None, reason: str
    ) -> None:
        self._invoices.setdefault(invoice.pk, (invoice, settlement_facts(invoice)))
        due = invoice.amount_due
        if kind == Allocation.Kind.PAYMENT:
            invoice.amount_paid += amount
        elif kind == Allocation.Kind.CREDIT_NOTE:
            invoice.amount_credited += amount
        else:
            invoice.amount_written_off += amount
        self._allocations.append(
            Allocation(
                organization_id=invoice.organization_id,
                invoice=invoice,
                kind=kind,
                payment=source if isinstance(source, Payment) else None,
                credit_note=source if isinstance(source, CreditNote) else None,
                amount=amount,
                allocated_on=self.on,
                created_at=self.at,
                reason=reason[:200],
            )
        )
        released = self._base(invoice, due) - self._base(invoice, invoice.amount_due)
        self._lines.append(
            PostingLine(
                role=Role.RECEIVABLES,
                amount_minor=-amount,
                currency=invoice.currency,
                base_amount=-released,
                customer_id=invoice.customer_id,
                invoice_id=invoice.pk,
            )
        )

    def _money(
        self, source: Source, amount: int, method: str, *, is_out_of_band: bool = False
    ) -> None:
        role = Role.CASH if method == PaymentMethod.CASH else Role.BANK
        self._lines.append(
            PostingLine(
                role=Role.CREDITS_OUTSIDE if is_out_of_band else role,
                amount_minor=amount,
                currency=source.currency,
                base_amount=self._base(source, amount),
                customer_id=source.customer_id,
            )
        )

    def _credit(self, source: Source, amount: int, before: int, after: int) -> None:
        """Customer credit grew by `amount` (a liability, so it is posted negative)."""
        self._lines.append(
            PostingLine(
                role=Role.CUSTOMER_CREDIT,
                amount_minor=-amount,
                currency=source.currency,
                base_amount=self._base(source, before) - self._base(source, after),
                customer_id=source.customer_id,
            )
        )

    def _base(self, document: Invoice | Source, amount: int) -> int:
        return convert_minor(amount, document.currency, self.base_currency, document.exchange_rate)

    def _remember_source(self, source: Source) -> None:
        self._sources[source._meta.model_name or "", source.pk] = source

    def _save_invoice(self, invoice: Invoice) -> None:
        is_settled = invoice.settlement == Settlement.PAID and invoice.pk not in self._given_up
        if not is_settled:
            invoice.paid_at = None
        elif invoice.paid_at is None:
            invoice.paid_at = self.at
        if is_settled and INVOICE.allows(invoice.status, "recover"):
            invoice.status = INVOICE.next(invoice.status, "recover")
        invoice.version += 1
        invoice.updated_at = self.at
        invoice.save(
            update_fields=[
                "amount_paid",
                "amount_credited",
                "amount_written_off",
                "status",
                "paid_at",
                "version",
                "updated_at",
            ]
        )

    def _netted(self) -> list[PostingLine]:
        """Lines on the same account and references as one: credit that comes and goes vanishes."""
        sums: dict[tuple[Any, ...], PostingLine] = {}
        for line in self._lines:
            key = (
                line.role,
                line.customer_id,
                line.invoice_id,
                line.product_id,
                line.tax_profile_id,
            )
            known = sums.get(key)
            sums[key] = line if known is None else _sum(known, line)
        return list(sums.values())

    def _exchange_difference(self) -> Iterable[PostingLine]:
        difference = sum(line.base_amount for line in self._lines)
        if difference:
            yield PostingLine(
                role=Role.FX,
                amount_minor=0,
                currency=self._lines[0].currency,
                base_amount=-difference,
            )


def settlement_facts(invoice: Invoice) -> Facts:
    """What a money operation can change on an invoice, in the words of its snapshot."""
    currency = invoice.currency
    return {
        "status": str(invoice.status),
        "settlement": str(invoice.settlement),
        "amount_paid": from_minor(invoice.amount_paid, currency),
        "amount_credited": from_minor(invoice.amount_credited, currency),
        "amount_written_off": from_minor(invoice.amount_written_off, currency),
        "amount_due": from_minor(invoice.amount_due, currency),
        "paid_at": invoice.paid_at,
    }


def _sum(one: PostingLine, other: PostingLine) -> PostingLine:
    return replace(
        one,
        amount_minor=one.amount_minor + other.amount_minor,
        base_amount=one.base_amount + other.base_amount,
    )
