"""Income and expenses that are no invoice: what a small business writes into its books."""

from django.db import models

from billing.models.base import TenantRecord
from billing.models.customers import Customer
from billing.models.ledger import LedgerAccount
from core.fields import MinorUnitsField


class Transaction(TenantRecord):
    """Money that came into an account or left it, filed under a category.

    `amount` is positive minor units of `currency`. What is deleted stays with its day:
    the books keep both entries, and `deleted_at` hides it from lists.
    """

    class Kind(models.TextChoices):
        INCOME = "income"
        EXPENSE = "expense"

    kind = models.CharField(max_length=8, choices=Kind)
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    amount = MinorUnitsField()
    currency = models.CharField(max_length=4)
    date = models.DateField()
    description = models.CharField(max_length=500, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="transaction_positive")
        ]
        indexes = [
            models.Index(fields=["organization", "-date", "-id"], name="transaction_newest"),
            models.Index(fields=["organization", "account", "-date"], name="transaction_account"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.kind} {self.description}"
