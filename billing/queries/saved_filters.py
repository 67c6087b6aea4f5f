"""The lists that somebody may choose from."""

from django.db.models import Q, QuerySet

from billing.models import SavedFilter


def list_filters(organization_id: int, page: str, user_id: int | None) -> QuerySet[SavedFilter]:
    """One's own and the shared ones of that page, by name."""
    rows = SavedFilter.objects.of(organization_id).filter(page=page)
    return rows.filter(Q(owner_id=user_id) | Q(is_shared=True)).order_by("name", "pk")
