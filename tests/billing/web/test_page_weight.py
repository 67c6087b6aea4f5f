"""List pages stay light, and ask the database no more than they have to."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from billing.models import Invoice
from tests.builders import customer, issued_invoice

pytestmark = pytest.mark.django_db
MOST_BYTES = 60_000
# Statements of a page with a full list, sign-in included; lower is better, higher needs a reason.
MOST_STATEMENTS = {
    "/invoices": 12,
    "/customers": 13,
    "/search?q=globex": 40,
    "/jobs": 9,
}


@pytest.fixture
def full(actor: Actor) -> None:
    """More than a page of each, with long names."""
    for number in range(30):
        buyer = customer(actor, f"Globex Corporation and Sons of the Long Name {number:03}")
        issued_invoice(actor, "1234.56", customer_id=buyer.pk)
    Invoice.objects.update(amount_paid=100)


@pytest.mark.parametrize("path", ["/invoices", "/customers"])
def test_a_full_list_weighs_less_than_60_kb(staff: Client, full: None, path: str) -> None:
    page = staff.get(path)
    assert page.content.count(b'class="row-link"') == 25
    assert len(page.content) < MOST_BYTES


def test_statements_do_not_grow_with_the_rows(staff: Client, full: None) -> None:
    counted = {}
    for path in MOST_STATEMENTS:
        staff.get(path)
        with CaptureQueriesContext(
            connection,
        ) as found:
            staff.get(path)
        counted[path] = len(found)
    assert {path: count for path, count in counted.items() if count > MOST_STATEMENTS[path]} == {}
