"""Money in, where it went, and money back."""

from django.db import models
from django.db.models import F, Q

from billing.models.base import TenantRecord
from billing.models.credit_notes import CreditNote
from billing.models.customers import Customer
from billing.models.invoices import Invoice
from core.fields import ExactDecimalField, MinorUnitsField
from core.models import TenantQuerySet


class PaymentMethod(models.TextChoices):
    CARD = "card"
    BANK_TRANSFER = "bank_transfer", "Bank transfer"
    DIRECT_DEBIT = "direct_debit", "Direct debit"
    ACH = "ach", "ACH"
    WIRE = "wire"
    CASH = "cash"
    CHECK = "check"
    PAYPAL = "paypal", "PayPal"
    STRIPE = "stripe"
    SQUARE = "square"
    CRYPTO = "crypto"
    MOBILE_MONEY = "mobile_money", "Mobile money"
    OTHER = "other"


class Payment(TenantRecord):
    """Money received from a customer. Minor units of `currency`.

    amount = allocated + refunded + unapplied; the unapplied rest is customer credit.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    number = models.CharField(max_length=64)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="payments")
    # What the payer meant to pay; a pending payment has no allocation yet (C12).
    invoice = models.ForeignKey(
        Invoice, null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.SUCCEEDED)
    amount = MinorUnitsField()
    currency = models.CharField(max_length=4)
    exchange_rate = ExactDecimalField(places=12, default=1)
    amount_allocated = MinorUnitsField(default=0)
    amount_refunded = MinorUnitsField(default=0)
    method = models.CharField(max_length=16, choices=PaymentMethod)
    payment_date = models.DateField()
    transaction_id = models.CharField(max_length=200, blank=True)
    gateway = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    notes = models.TextField(blank=True)
    failure_reason = models.CharField(max_length=300, blank=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="payment_number_once"),
            models.UniqueConstraint(
                fields=["organization", "gateway", "transaction_id"],
                # One that was deleted as a mistake no longer stands in the way of the real one.
                condition=~Q(transaction_id="") & ~Q(status="cancelled"),
                name="payment_transaction_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(
                    amount_allocated__gte=0,
                    amount_refunded__gte=0,
                    amount__gte=F("amount_allocated") + F("amount_refunded"),
                ),
                name="payment_not_overused",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="payment_newest"),
            # By date, and what the reports add up.
            models.Index(
                fields=["organization", "payment_date", "status", "currency", "amount"],
                name="payment_received",
            ),
            models.Index(fields=["organization", "customer"], name="payment_by_customer"),
            models.Index(fields=["organization", "amount", "id"], name="payment_by_amount"),
            models.Index(fields=["organization", "currency", "amount"], name="payment_by_currency"),
            models.Index(fields=["organization", "updated_at", "id"], name="payment_by_update"),
            models.Index(
                fields=["organization", "-created_at", "-id"],
                name="payment_refunded",
                condition=Q(amount_refunded=F("amount")),
            ),
            models.Index(
                fields=["organization", "method", "-created_at", "-id"], name="payment_by_method"
            ),
            models.Index(
                fields=["organization", "status", "-created_at", "-id"],
                name="payment_by_rare_status",
                condition=~Q(status="succeeded"),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def amount_unapplied(self) -> int:
        """Customer credit left on this payment, minor units."""
        if self.status != self.Status.SUCCEEDED:
            return 0
        return self.amount - self.amount_allocated - self.amount_refunded

    @property
    def refund_state(self) -> str:
        """`none`, `partially_refunded` or `refunded`; derived (C5)."""
        if self.amount_refunded == 0:
            return "none"
        return "refunded" if self.amount_refunded == self.amount else "partially_refunded"


class Allocation(models.Model):
    """The one primitive: this much of a source settles that invoice. Append-only.

    Undo is a further row with a negative amount, so any past date can be asked.
    Sources: a payment, a credit note, or a write-off (no source row).
    """

    class Kind(models.TextChoices):
        PAYMENT = "payment"
        CREDIT_NOTE = "credit_note"
        WRITE_OFF = "write_off"

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    kind = models.CharField(max_length=12, choices=Kind)
    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="allocations"
    )
    credit_note = models.ForeignKey(
        CreditNote, null=True, blank=True, on_delete=models.PROTECT, related_name="allocations"
    )
    amount = MinorUnitsField(help_text="Minor units; negative takes an earlier row back.")
    allocated_on = models.DateField()
    created_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="payment", payment__isnull=False, credit_note__isnull=True)
                | Q(kind="credit_note", payment__isnull=True, credit_note__isnull=False)
                | Q(kind="write_off", payment__isnull=True, credit_note__isnull=True),
                name="allocation_source_fits_kind",
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="allocation_not_zero"),
        ]
        # By date, and everything that tax on the cash basis reads of it.
        indexes = [
            models.Index(
                fields=["organization", "allocated_on", "kind", "invoice", "amount"],
                name="allocation_paid",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} → invoice {self.invoice_id}"


class Refund(TenantRecord):
    """Money back to the customer, out of one payment or one stand-alone credit note.

    Minor units. `credit_note` beside a payment is the note that freed its money; without a
    payment it is what was paid out.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    number = models.CharField(max_length=64)
    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="refunds"
    )
    credit_note = models.ForeignKey(
        CreditNote, null=True, blank=True, on_delete=models.PROTECT, related_name="refunds"
    )
    amount = MinorUnitsField()
    currency = models.CharField(max_length=4)
    reason = models.CharField(max_length=500, blank=True)
    refund_date = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.SUCCEEDED)
    # How it went back; empty: the way the payment came.
    method = models.CharField(max_length=16, choices=PaymentMethod, blank=True)
    transaction_id = models.CharField(max_length=200, blank=True)
    # The money went back outside of our accounts (a voucher, another provider): no bank posting.
    is_out_of_band = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="refund_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
            models.CheckConstraint(
                condition=Q(payment__isnull=False) | Q(credit_note__isnull=False),
                name="refund_has_source",
            ),
        ]
        indexes = [models.Index(fields=["organization", "refund_date"], name="refund_by_date")]

    def __str__(self) -> str:
        return self.number
