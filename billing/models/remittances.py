"""Remittance advice: a customer says what they pay, and for which invoices."""

from django.db import models
from django.db.models import Q

from billing.models.base import TenantRecord
from billing.models.customers import Customer
from billing.models.invoices import Invoice
from billing.models.payments import Payment
from core.fields import MinorUnitsField
from core.models import TenantQuerySet


class Remittance(TenantRecord):
    """A payment that a customer announced. Minor units of `currency`.

    It moves no money and settles nothing: it says how to spread what will arrive. Once it
    has arrived, `payment` is what staff recorded for it.
    """

    class Status(models.TextChoices):
        ANNOUNCED = "announced"
        RECEIVED = "received"
        WITHDRAWN = "withdrawn"  # by the customer
        CLOSED = "closed"  # by staff: it never came, or came another way

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="remittances")
    status = models.CharField(max_length=10, choices=Status, default=Status.ANNOUNCED)
    amount = MinorUnitsField()
    currency = models.CharField(max_length=4)
    # What the payer was told to quote.
    reference = models.CharField(max_length=140)
    announced_by = models.CharField(max_length=200)
    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="remittance_positive"),
            models.CheckConstraint(
                condition=Q(status="received", payment__isnull=False)
                | (~Q(status="received") & Q(payment__isnull=True)),
                name="remittance_received_has_payment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "customer", "-created_at", "-id"], name="remittance_newest"
            ),
            models.Index(
                fields=["organization", "-created_at", "-id"],
                name="remittance_waiting",
                condition=Q(status="announced"),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class RemittanceLine(models.Model):
    """How much of it is for which invoice."""

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    remittance = models.ForeignKey(Remittance, on_delete=models.CASCADE, related_name="lines")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="+")
    amount = MinorUnitsField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "remittance", "invoice"], name="remittance_line_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="remittance_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} → invoice {self.invoice_id}"
