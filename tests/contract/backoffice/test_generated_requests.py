"""A few generated requests per operation, each answer held against the document."""

import pytest

from accounts.models import Organization
from tests.fuzz.short import attack

pytestmark = [pytest.mark.django_db, pytest.mark.rather_on_postgres]


def test_nothing_that_fits_or_breaks_the_document_surprises_us(acme: Organization) -> None:
    seen = attack("backoffice", acme)
    assert sum(seen.values()) > 30
    assert max(seen) < 500
    assert 401 not in seen
    assert seen[200] + seen[201] + seen[204] > 10
