"""A few generated requests per operation, each answer held against the document."""

import pytest

from accounts.models import Organization
from tests.fuzz.short import attack

pytestmark = [pytest.mark.django_db, pytest.mark.rather_on_postgres]


def test_nothing_that_fits_or_breaks_the_document_surprises_us(acme: Organization) -> None:
    seen = attack("collector", acme)
    assert sum(seen.values()) > 25
    # 502 is the callback's own: nothing listens there.
    assert max(status for status in seen if status != 502) < 500
    assert seen[200] > 5
