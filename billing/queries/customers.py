"""Customers of one organization."""

from django.db.models import BigIntegerField, QuerySet, UUIDField

from billing.models import Customer
from billing.queries.lookup import Ref, UnknownReference, find
from core.models import as_uuid
from core.statements import Given, Statement


def _by(column: str, field: BigIntegerField | UUIDField) -> Statement:
    return Statement(
        lambda: Customer.objects.select_related("organization").filter(
            organization_id=Given("organization_id", BigIntegerField()),
            **{column: Given("reference", field)},
        )
    )


_BY_PK = _by("pk", BigIntegerField())
_BY_UUID = _by("uuid", UUIDField())


def list_customers(organization_id: int) -> QuerySet[Customer]:
    """Newest first."""
    return Customer.objects.of(organization_id).order_by("-created_at", "-id")


def get_customer(organization_id: int, reference: Ref) -> Customer:
    """By id or UUID. Raises NotFound."""
    return find(Customer.objects.of(organization_id), reference, "customer")


def refer_customer(organization_id: int, reference: Ref, param: str = "customer_id") -> Customer:
    """The customer that a request names, with its organization. Raises UnknownReference."""
    found: Customer | None = None
    if isinstance(reference, int) and not isinstance(reference, bool):
        if 0 < reference < 2**63:
            found = _BY_PK.first(organization_id=organization_id, reference=reference)
    else:
        value = as_uuid(reference)
        if value is not None:
            found = _BY_UUID.first(organization_id=organization_id, reference=value)
    if found is None:
        raise UnknownReference(noun="customer", id=reference, param=param)
    return found
