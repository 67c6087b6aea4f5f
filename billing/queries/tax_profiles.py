"""The tax rules of one organization."""

from django.db.models import QuerySet

from billing.models import TaxProfile
from billing.queries.lookup import Ref, find


def list_tax_profiles(organization_id: int) -> QuerySet[TaxProfile]:
    """Newest first, retired ones included."""
    return TaxProfile.objects.of(organization_id).order_by("-created_at", "-id")


def get_tax_profile(organization_id: int, reference: Ref) -> TaxProfile:
    """By id or UUID. Raises NotFound."""
    return find(TaxProfile.objects.of(organization_id), reference, "tax profile")
