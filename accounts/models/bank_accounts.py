"""Where customers pay to."""

from typing import Self

from django.db import models

from accounts.models.organizations import Organization
from core.models import Record, TenantQuerySet


class BankAccountQuerySet(TenantQuerySet):
    """Accounts; those that were archived stay for what was paid to them."""

    def in_use(self) -> Self:
        return self.filter(archived_at=None)


class BankAccount(Record):
    """An account printed on invoices (EN 16931 BG-17): IBAN and BIC, or local numbers."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="bank_accounts"
    )
    name = models.CharField(max_length=100, help_text="Account holder.")
    bank_name = models.CharField(max_length=100, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    account_number = models.CharField(max_length=40, blank=True)
    routing_number = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=4)
    is_default = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "currency"],
                condition=models.Q(is_default=True),
                name="one_default_bank_account",
            )
        ]

    def __str__(self) -> str:
        return self.iban or self.account_number or self.name
