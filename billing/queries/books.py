"""The books of one organization as a whole."""

from billing.models import JournalEntry


def are_open(organization_id: int) -> bool:
    """Whether anything has been posted: from then on the books' currency is fixed."""
    return JournalEntry.objects.of(organization_id).exists()
