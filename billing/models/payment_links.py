"""Payment links: an address that asks for money, of one customer or of whoever opens it."""

from django.db import models
from django.db.models import F, Q

from billing.models.base import TenantRecord
from billing.models.catalogue import Product, TaxProfile
from billing.models.invoices import Invoice
from core.fields import ExactDecimalField, MinorUnitsField


class PaymentLink(TenantRecord):
    """A link that asks to pay an invoice, to buy a product, or to pay a fixed amount.

    `amount` is in minor units of `currency`: a part of the invoice (null: all that is due),
    or what the amount link asks for, tax included; a product link asks for the product's
    price. Expired and used up are derived. Opening a link changes nothing; buying through
    it makes a customer and an issued invoice.
    """

    class Status(models.TextChoices):
        ACTIVE = "active"
        DEACTIVATED = "deactivated"

    # In clear, as ADR 4 says of invoices: every answer of /v1 shows the address.
    public_token = models.CharField(max_length=32, unique=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    invoice = models.ForeignKey(
        Invoice, null=True, blank=True, on_delete=models.PROTECT, related_name="payment_links"
    )
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    quantity = ExactDecimalField(places=6, default=1)
    name = models.CharField(max_length=200, blank=True, help_text="What is paid for.")
    description = models.TextField(blank=True)
    amount = MinorUnitsField(null=True, blank=True)
    currency = models.CharField(max_length=4)
    tax_profile = models.ForeignKey(
        TaxProfile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    max_uses = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: any number.")
    times_used = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(null=True, blank=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(invoice__isnull=True) | Q(product__isnull=True),
                name="payment_link_one_purpose",
            ),
            models.CheckConstraint(
                condition=Q(invoice__isnull=False)
                | Q(product__isnull=False)
                | (Q(amount__isnull=False) & ~Q(name="")),
                name="payment_link_has_purpose",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0), name="payment_link_positive"
            ),
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(times_used__lte=F("max_uses")),
                name="payment_link_not_overused",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="payment_link_newest"),
            models.Index(fields=["organization", "invoice"], name="payment_link_by_invoice"),
        ]

    def __str__(self) -> str:
        return self.name or f"payment link {self.uuid}"

    @property
    def is_used_up(self) -> bool:
        return self.max_uses is not None and self.times_used >= self.max_uses
