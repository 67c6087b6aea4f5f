"""Shops that send their orders here, what they sent, and what became of it."""

from django.db import models
from django.db.models import Q

from accounts.models import Organization
from core.models import Record, TenantQuerySet
from core.secrets import SealedTextField


class ShopConnection(Record):
    """A shop with an address of its own (`uuid`) and the secret that signs its deliveries."""

    class Kind(models.TextChoices):
        SHOPIFY = "shopify", "Shopify"
        WOOCOMMERCE = "woocommerce", "WooCommerce"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=12, choices=Kind)
    domain = models.CharField(max_length=253)
    secret = SealedTextField()
    is_active = models.BooleanField(default=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "domain"], name="shop_connected_once"
            )
        ]

    def __str__(self) -> str:
        return self.domain


class ShopDelivery(models.Model):
    """One request of a shop, as its bytes came, and what was done about it.

    The shop sends the same delivery again when it missed our answer; the second row is
    refused by the database, so its effects happen once.
    """

    class State(models.TextChoices):
        RECEIVED = "received"  # to be booked, now or after a failure of ours
        WAITING = "waiting"  # a refund whose order has not come yet
        BOOKED = "booked"
        IGNORED = "ignored"  # understood, and nothing to do
        REFUSED = "refused"  # cannot be booked as it is; staff see why

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    connection = models.ForeignKey(
        ShopConnection, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    delivery_id = models.CharField(max_length=200, help_text="The shop's own id of the delivery.")
    topic = models.CharField(max_length=64)
    order_reference = models.CharField(max_length=64, blank=True, help_text="The shop's order id.")
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    error = models.CharField(max_length=500, blank=True, help_text="Why it is in this state.")
    attempts_made = models.PositiveSmallIntegerField(default=0)
    received_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    invoice = models.ForeignKey(
        "billing.Invoice", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "connection", "delivery_id"], name="shop_delivery_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="shop_delivery_due",
                condition=Q(state="received"),
            ),
            models.Index(fields=["connection", "-received_at", "-id"], name="shop_delivery_log"),
            models.Index(
                fields=["connection", "order_reference"],
                name="shop_delivery_waiting",
                condition=Q(state="waiting"),
            ),
        ]
        verbose_name_plural = "shop deliveries"

    def __str__(self) -> str:
        return f"{self.topic} {self.order_reference}"


class ShopRecord(models.Model):
    """What one of the shop's own ids became here, so that nothing becomes two."""

    class Kind(models.TextChoices):
        CUSTOMER = "customer"
        ORDER = "order"
        REFUND = "refund"

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    connection = models.ForeignKey(ShopConnection, on_delete=models.PROTECT, related_name="records")
    kind = models.CharField(max_length=8, choices=Kind)
    external_id = models.CharField(max_length=64)
    customer = models.ForeignKey(
        "billing.Customer", null=True, on_delete=models.CASCADE, related_name="+"
    )
    invoice = models.ForeignKey(
        "billing.Invoice", null=True, on_delete=models.PROTECT, related_name="+"
    )
    credit_note = models.ForeignKey(
        "billing.CreditNote", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Of an order: its total as digits, the shop's line ids in the order of the invoice's
    # lines, which of them are shipping, and what was received so far in minor units.
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "connection", "kind", "external_id"],
                name="shop_record_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"
