"""The accounts that customers pay to."""

import uuid

from django.db.models import QuerySet

from accounts.models import BankAccount
from core.errors import NotFound
from core.models import as_uuid


def list_bank_accounts(organization_id: int) -> QuerySet[BankAccount]:
    """Those in use, newest first."""
    return BankAccount.objects.of(organization_id).in_use().order_by("-created_at", "-id")


def get_bank_account(organization_id: int, reference: int | uuid.UUID) -> BankAccount:
    """One in use, by row id or UUID. Raises NotFound."""
    return find_bank_account(BankAccount.objects.of(organization_id).in_use(), reference)


def find_bank_account(rows: QuerySet[BankAccount], reference: int | uuid.UUID) -> BankAccount:
    """Out of rows that are narrowed to one organization. Raises NotFound."""
    if isinstance(reference, int):
        found = rows.filter(pk=reference).first()
    else:
        value = as_uuid(reference)
        found = rows.filter(uuid=value).first() if value else None
    if found is None:
        raise NotFound(noun="bank account", id=reference)
    return found
