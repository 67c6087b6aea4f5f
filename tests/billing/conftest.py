"""What money tests share: whatever they did, the books must still add up."""

from collections.abc import Iterator

import pytest

from accounts.models import Organization
from billing.queries.ledger_checks import find_problems


@pytest.fixture
def books_add_up(db: None) -> Iterator[None]:
    """After the test, every figure of every organization agrees with every other (M6)."""
    yield
    for organization in Organization.objects.all():
        assert [str(problem) for problem in find_problems(organization.pk)] == []
