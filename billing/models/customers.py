"""Who is billed."""

from django.db import models

from accounts.models import PartyFields
from billing.models.base import TenantRecord
from core.fields import MinorUnitsField
from core.models import TenantQuerySet


class Customer(PartyFields, TenantRecord):
    """A bill-to party. The address in PartyFields is the billing address.

    `name` is how staff call the customer; `legal_name` is what the law wants printed.
    """

    class Kind(models.TextChoices):
        BUSINESS = "business"
        INDIVIDUAL = "individual"

    class Status(models.TextChoices):
        ACTIVE = "active"
        INACTIVE = "inactive"
        ARCHIVED = "archived"

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.BUSINESS)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=4)
    locale = models.CharField(max_length=10, blank=True)
    payment_terms_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # Such as "2/10 net 30"; empty means the days alone. See accounts.payment_terms.
    payment_terms = models.CharField(max_length=60, blank=True)
    buyer_reference = models.CharField(max_length=100, blank=True)
    is_tax_exempt = models.BooleanField(default=False)
    reminders_enabled = models.BooleanField(default=True)
    credit_limit = MinorUnitsField(null=True, blank=True)
    tags = models.JSONField(default=list, blank=True)
    notes = models.TextField(blank=True)
    external_reference = models.CharField(max_length=100, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="customer_newest"),
            models.Index(fields=["organization", "name"], name="customer_name"),
            models.Index(fields=["organization", "email"], name="customer_email"),
            models.Index(fields=["organization", "updated_at", "id"], name="customer_by_update"),
            models.Index(
                fields=["organization", "external_reference"],
                name="customer_reference",
                condition=~models.Q(external_reference=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CustomerContact(TenantRecord):
    """A person at the customer."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    position = models.CharField(max_length=100, blank=True, help_text="Job title.")
    is_primary = models.BooleanField(default=False)
    receives_invoices = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "customer"],
                condition=models.Q(is_primary=True),
                name="one_primary_contact",
            )
        ]
        indexes = [models.Index(fields=["organization"], name="customer_contact_of")]

    def __str__(self) -> str:
        return self.name


class CustomerAddress(TenantRecord):
    """A further address: where goods go, or a branch."""

    class Kind(models.TextChoices):
        SHIPPING = "shipping"
        OTHER = "other"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SHIPPING)
    name = models.CharField(max_length=200, blank=True)
    line1 = models.CharField(max_length=200)
    line2 = models.CharField(max_length=200, blank=True)
    line3 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    subdivision = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True)

    class Meta:
        verbose_name_plural = "customer addresses"
        indexes = [models.Index(fields=["organization"], name="customer_address_of")]

    def __str__(self) -> str:
        return f"{self.line1}, {self.city}"


class CustomerBalance(models.Model):
    """Cached balance per customer and currency; verify_ledger proves it against the postings.

    `receivable` is what the customer owes on issued invoices, `credit` what the
    organization owes the customer. Minor units.
    """

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="balances")
    currency = models.CharField(max_length=4)
    receivable = MinorUnitsField(default=0)
    credit = MinorUnitsField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "customer", "currency"], name="customer_balance_once"
            ),
            models.CheckConstraint(
                condition=models.Q(receivable__gte=0, credit__gte=0),
                name="customer_balance_not_negative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "customer", "currency", "credit"],
                name="customer_balance_credit",
                condition=models.Q(credit__gt=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.currency}"
