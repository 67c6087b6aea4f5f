"""Invoices: stored are the lifecycle and the facts; settlement and lateness are derived."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Length

from billing.models.base import DocumentLine, DocumentTax, SalesDocument
from billing.models.customers import Customer
from core.fields import ExactDecimalField, MinorUnitsField
from core.models import TenantQuerySet


class InvoiceStatus(models.TextChoices):
    DRAFT = "draft"
    ISSUED = "issued"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


class Settlement(models.TextChoices):
    """Derived from the amounts, never stored."""

    UNPAID = "unpaid"
    PARTIAL = "partial"
    PAID = "paid"


# What is still to pay, as Invoice.amount_due has it; an index is over this very expression.
AMOUNT_DUE = Case(
    When(status=InvoiceStatus.VOID, then=Value(0)),
    default=F("total") - F("amount_paid") - F("amount_credited") - F("amount_written_off"),
)
# The parts by which numbers sort: INV-2025-999 before INV-2025-1000, drafts without one first.
NUMBER_TEXT = Coalesce("number", Value(""))
NUMBER_LENGTH = Length(NUMBER_TEXT)


class InvoiceQuerySet(TenantQuerySet):
    """Questions about invoices, in the words of the field."""

    def issued(self) -> Self:
        """Issued or written down as uncollectible: they count in the books."""
        return self.filter(status__in=[InvoiceStatus.ISSUED, InvoiceStatus.UNCOLLECTIBLE])

    def unsettled(self) -> Self:
        return self.filter(
            total__gt=F("amount_paid") + F("amount_credited") + F("amount_written_off")
        )

    def settled(self) -> Self:
        return self.filter(total=F("amount_paid") + F("amount_credited") + F("amount_written_off"))

    def open(self) -> Self:
        return self.issued().unsettled()

    def overdue(self, today: datetime.date) -> Self:
        """Open and past due on that civil date of the organization."""
        return self.open().filter(due_date__lt=today)


# What InvoiceQuerySet.open() finds, as the condition of indexes.
_IS_OPEN = Q(status__in=["issued", "uncollectible"]) & Q(
    total__gt=F("amount_paid") + F("amount_credited") + F("amount_written_off")
)


class Invoice(SalesDocument):
    """A demand for payment. Amounts in minor units of `currency`."""

    class Kind(models.TextChoices):
        STANDARD = "standard"
        DEPOSIT = "deposit"
        SELF_BILLED = "self_billed"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.STANDARD)
    status = models.CharField(max_length=14, choices=InvoiceStatus, default=InvoiceStatus.DRAFT)
    due_date = models.DateField()
    # The terms that the due date followed, as accounts.payment_terms spells them.
    payment_terms = models.CharField(max_length=60, blank=True)
    # What is taken off if the rest is paid by that day (C8); the amount is of the whole invoice.
    early_discount_percent = ExactDecimalField(places=6, default=0)
    early_discount_until = models.DateField(null=True, blank=True)
    early_discount_amount = MinorUnitsField(default=0)
    tax_point_date = models.DateField(null=True, blank=True)  # BT-7
    payment_means_code = models.CharField(max_length=4, default="30")  # UNTDID 4461, BT-81
    payment_reference = models.CharField(max_length=140, blank=True)  # BT-83
    quote = models.ForeignKey(
        "billing.Quote", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Invoices this one follows up on, as {"number", "issue_date"} (BG-3).
    preceding = models.JSONField(default=list)
    # The series that its number is taken from; applications have series of their own.
    number_series = models.CharField(max_length=50, default="default")
    source = models.CharField(max_length=16, default="web", help_text="Which way in made it.")
    reminders_enabled = models.BooleanField(default=True)

    amount_paid = MinorUnitsField(default=0)
    amount_credited = MinorUnitsField(default=0)
    amount_written_off = MinorUnitsField(default=0)

    issued_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    viewed_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=500, blank=True)
    # When invoice.overdue was told of it, which happens once.
    overdue_noted_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Since when a dispute is open; empty again once none is.
    disputed_at = models.DateTimeField(null=True, blank=True)

    objects = InvoiceQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"],
                condition=Q(number__isnull=False),
                name="invoice_number_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_paid__gte=0)
                & Q(amount_credited__gte=0)
                & Q(amount_written_off__gte=0),
                name="invoice_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    total__gte=F("amount_paid") + F("amount_credited") + F("amount_written_off")
                ),
                name="invoice_not_overpaid",
            ),
            models.CheckConstraint(
                condition=Q(status=InvoiceStatus.DRAFT)
                | Q(issued_at__isnull=False, number__isnull=False),
                name="invoice_issued_has_number",
            ),
            models.CheckConstraint(
                condition=Q(due_date__gte=F("issue_date")), name="invoice_due_not_before_issue"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="invoice_newest"),
            models.Index(
                fields=["organization", "customer", "-created_at", "-id"],
                name="invoice_by_customer",
            ),
            models.Index(
                fields=["organization", "status", "-created_at", "-id"], name="invoice_by_status"
            ),
            # By date, and everything that the sales report reads, so that it reads nothing else.
            models.Index(
                fields=[
                    "organization",
                    "issue_date",
                    "status",
                    "currency",
                    "customer",
                    "accounting_currency",
                    "total",
                    "tax_total",
                    "rounding_amount",
                    "amount_paid",
                    "amount_credited",
                    "amount_written_off",
                    "id",
                    "due_date",
                ],
                name="invoice_sales",
            ),
            models.Index(fields=["organization", "due_date", "id"], name="invoice_by_due_date"),
            models.Index(fields=["organization", "total", "id"], name="invoice_by_total"),
            # A range of amounts is one in each currency: 10.00 and more is 1000 cents or 10 yen.
            models.Index(fields=["organization", "currency", "total"], name="invoice_by_currency"),
            models.Index(fields=["organization", "updated_at", "id"], name="invoice_by_update"),
            models.Index(
                fields=["organization", "reference"],
                name="invoice_reference",
                condition=~Q(reference=""),
            ),
            models.Index(
                fields=["organization", "paid_at"],
                name="invoice_by_payment",
                condition=Q(paid_at__isnull=False),
            ),
            models.Index(F("organization"), AMOUNT_DUE, F("id"), name="invoice_by_amount_due"),
            models.Index(
                F("organization"),
                NUMBER_LENGTH,
                NUMBER_TEXT,
                F("id"),
                name="invoice_by_number",
            ),
            # With the status, so that what is overdue can be counted without its rows.
            models.Index(
                fields=["organization", "due_date", "id", "status"],
                name="invoice_open_by_due_date",
                condition=_IS_OPEN,
            ),
            # Asked every minute for each organization: only what is still to be told of is in it.
            models.Index(
                fields=["organization", "due_date"],
                name="invoice_overdue_unnoted",
                condition=Q(overdue_noted_at__isnull=True) & _IS_OPEN,
            ),
            # Everything that ageing reads of an open invoice, so that it reads nothing else.
            models.Index(
                fields=[
                    "organization",
                    "customer",
                    "currency",
                    "due_date",
                    "issue_date",
                    "total",
                    "amount_paid",
                    "amount_credited",
                    "amount_written_off",
                ],
                name="invoice_ageing",
                condition=_IS_OPEN,
            ),
        ]

    @property
    def amount_due(self) -> int:
        """What is still to pay, minor units. Zero once void."""
        if self.status == InvoiceStatus.VOID:
            return 0
        return self.total - self.amount_paid - self.amount_credited - self.amount_written_off

    @property
    def is_draft(self) -> bool:
        return self.status == InvoiceStatus.DRAFT

    @property
    def settlement(self) -> Settlement:
        """Paid when nothing is due on an issued document; a zero total is paid on issue."""
        if self.is_draft or self.status == InvoiceStatus.VOID:
            return Settlement.UNPAID
        if self.amount_due == 0:
            return Settlement.PAID
        return Settlement.PARTIAL if self.amount_due < self.total else Settlement.UNPAID

    def days_overdue(self, today: datetime.date) -> int:
        """Whole days past the due date on the organization's civil date; 0 if not overdue."""
        counts = self.status in (InvoiceStatus.ISSUED, InvoiceStatus.UNCOLLECTIBLE)
        if not counts or self.amount_due == 0:
            return 0
        return max(0, (today - self.due_date).days)


class InvoiceLine(DocumentLine):
    invoice = models.ForeignKey(
        Invoice, on_delete=models.CASCADE, related_name="lines", db_index=False
    )

    class Meta(DocumentLine.Meta):
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position")
        ]


class InvoiceTax(DocumentTax):
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="taxes")

    class Meta(DocumentTax.Meta):
        indexes = [
            *DocumentTax.Meta.indexes,
            models.Index(fields=["organization", "tax_profile"], name="invoice_tax_profile"),
        ]
        verbose_name_plural = "invoice taxes"


class Instalment(models.Model):
    """A part of an invoice with a due date of its own (C13). Minor units."""

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.CASCADE, related_name="instalments", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    due_date = models.DateField()
    amount = MinorUnitsField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="instalment_position")
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.due_date}"
