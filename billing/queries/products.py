"""The catalogue of one organization."""

from django.db.models import QuerySet

from billing.models import Product
from billing.queries.lookup import Ref, find


def list_products(organization_id: int) -> QuerySet[Product]:
    """Newest first, archived ones included, with the tax profile."""
    rows = Product.objects.of(organization_id).select_related("tax_profile")
    return rows.order_by("-created_at", "-id")


def get_product(organization_id: int, reference: Ref) -> Product:
    """By id or UUID. Raises NotFound."""
    rows = Product.objects.of(organization_id).select_related("tax_profile")
    return find(rows, reference, "product")
