"""The supplier's document beside what it became in the books."""

from typing import Any

from django import template

from billing.models import Transaction
from integrations.models import SupplierInvoice

register = template.Library()


@register.inclusion_tag("app/inbox/_of_transaction.html")
def received_document(transaction: Transaction) -> dict[str, Any]:
    """The invoice from the inbox that was approved as this transaction."""
    rows = SupplierInvoice.objects.of(transaction.organization_id)
    return {"received": rows.filter(transaction=transaction).only("uuid").first()}
