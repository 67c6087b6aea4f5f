"""The books: append-only double entry.

A database trigger refuses an entry whose postings do not sum to zero per currency
(and in the books' currency), and refuses to change or delete a posting.
"""

from django.db import models

from billing.models.base import TenantRecord
from core.fields import ExactDecimalField, MinorUnitsField
from core.ids import uuid7
from core.models import TenantQuerySet


class LedgerAccount(TenantRecord):
    """An account of the chart. `system_role` names the ones operations post to."""

    class Type(models.TextChoices):
        ASSET = "asset"
        LIABILITY = "liability"
        EQUITY = "equity"
        INCOME = "income"
        EXPENSE = "expense"

    class SystemRole(models.TextChoices):
        RECEIVABLES = "receivables"
        REVENUE = "revenue"
        TAX_PAYABLE = "tax_payable"
        CASH = "cash"
        BANK = "bank"
        CUSTOMER_CREDIT = "customer_credit"
        WRITE_OFF = "write_off"
        BAD_DEBT = "bad_debt"
        ROUNDING = "rounding"
        FX = "fx", "FX gains and losses"
        CREDITS_OUTSIDE = "credits_outside", "Credits settled outside"

    code = models.CharField(max_length=16)
    name = models.CharField(max_length=100)
    type = models.CharField(max_length=10, choices=Type)
    system_role = models.CharField(max_length=16, choices=SystemRole, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="account_code_once"),
            models.UniqueConstraint(
                fields=["organization", "system_role"],
                condition=~models.Q(system_role=""),
                name="account_system_role_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class JournalEntry(models.Model):
    """One balanced business fact. Inserted after its postings, which seals it."""

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=40, help_text="Such as invoice.issued.")
    entry_date = models.DateField()
    created_at = models.DateTimeField()
    memo = models.CharField(max_length=200, blank=True)
    source_type = models.CharField(max_length=32)
    source_id = models.BigIntegerField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            # With what reports ask of an entry, so that they need not read its row.
            models.Index(
                fields=["organization", "entry_date", "uuid", "source_type"], name="entry_by_date"
            ),
            models.Index(
                fields=["organization", "source_type", "source_id"], name="entry_by_source"
            ),
        ]
        verbose_name_plural = "journal entries"

    def __str__(self) -> str:
        return f"{self.entry_date} {self.kind}"


class Posting(models.Model):
    """A debit (positive) or credit (negative) on one account.

    `amount` is minor units of `currency`; `base_amount` minor units of the books'
    currency at the rate of the day. `entry_date` repeats the entry's so that any
    balance as of a date is one index scan.
    """

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    entry = models.ForeignKey(
        JournalEntry,
        to_field="uuid",
        db_column="entry_uuid",
        on_delete=models.PROTECT,
        related_name="postings",
    )
    entry_date = models.DateField()
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="postings")
    currency = models.CharField(max_length=4)
    amount = MinorUnitsField()
    base_currency = models.CharField(max_length=4)
    base_amount = MinorUnitsField()
    customer = models.ForeignKey(
        "billing.Customer", null=True, on_delete=models.PROTECT, related_name="+"
    )
    invoice = models.ForeignKey(
        "billing.Invoice", null=True, on_delete=models.PROTECT, related_name="postings"
    )
    product = models.ForeignKey(
        "billing.Product", null=True, on_delete=models.PROTECT, related_name="+"
    )
    tax_profile = models.ForeignKey(
        "billing.TaxProfile", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            # Balances and reports as of any date are read off this index alone.
            models.Index(
                fields=[
                    "organization",
                    "account",
                    "entry_date",
                    "invoice",
                    "entry",
                    "currency",
                    "amount",
                ],
                name="posting_balance",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class ExchangeRate(TenantRecord):
    """Units of `base_currency` for one unit of `currency`, valid from a date on."""

    currency = models.CharField(max_length=4)
    base_currency = models.CharField(max_length=4)
    valid_from = models.DateField()
    rate = ExactDecimalField(places=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "currency", "base_currency", "valid_from"],
                name="exchange_rate_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.currency}/{self.base_currency} {self.valid_from}"
