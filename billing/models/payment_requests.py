"""Payment requests: how an application wants its invoice delivered and paid."""

from django.db import models
from django.db.models import Q

from accounts.models import App
from billing.models.base import TenantRecord
from billing.models.catalogue import TaxProfile
from billing.models.invoices import Invoice
from billing.models.wallets import Wallet


class PaymentRequest(TenantRecord):
    """What an application says of one invoice beside its lines.

    `email`, `address` and `phone` stand on the invoice instead of the customer's own where
    they are given. `release_on` is the civil date on which the invoice goes out by itself;
    it is emptied when that has happened, or could not (`release_error`).
    """

    class Delivery(models.TextChoices):
        EMAIL = "email"
        MANUALLY = "manually"

    class Method(models.TextChoices):
        CRYPTO = "crypto"
        BANK_TRANSFER = "bank_transfer"
        ACH = "ach", "ACH"
        CARD = "card"
        CASH = "cash"
        MOBILE_MONEY = "mobile_money"

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="payment_requests")
    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="+")
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="+")
    tax_profile = models.ForeignKey(
        TaxProfile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=200)
    email = models.EmailField()
    address = models.CharField(max_length=500, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    # As it was sent, and the picture that was fetched from there, if one was.
    logo_url = models.CharField(max_length=2000, blank=True)
    logo = models.CharField(max_length=200, blank=True)
    delivery = models.CharField(max_length=8, choices=Delivery)
    methods = models.JSONField(default=list)
    allows_partial_payment = models.BooleanField(default=False)
    wants_link = models.BooleanField(default=False)
    send_date = models.DateField(null=True, blank=True)
    release_on = models.DateField(null=True, blank=True)
    release_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "invoice"], name="payment_request_once")
        ]
        indexes = [
            models.Index(
                fields=["release_on"],
                name="payment_request_due",
                condition=Q(release_on__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name
