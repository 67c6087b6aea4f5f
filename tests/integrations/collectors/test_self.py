"""The product against itself: what of a supplier's installation comes, and what does not."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.integrations.collectors.journeys import Journey
from tests.integrations.collectors.second_installation import Installation, running

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def supplier(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Installation]:
    with django_db_blocker.unblock(), running() as made:
        yield made


def test_issued_invoices_of_one_customer_come_as_pdf(
    journey: Journey, supplier: Installation
) -> None:
    we, other = supplier.do("buyer"), supplier.do("buyer")
    identifier, number = supplier.do("issue", we, "120.00")
    supplier.do("issue", other, "55.00")
    draft = supplier.do("draft", we, "80.00")
    journey.connect("self", url=supplier.url, api_key=supplier.do("key"), customer=we)
    assert journey.collect() == [identifier]
    told = journey.told()[0]["invoice"]
    assert (told["amount"], told["metadata"]["number"]) == ("120.00 EUR", number)
    assert all(one.startswith(b"%PDF-") for one in journey.documents())
    supplier.do("issue_draft", draft)
    assert journey.collect() == [draft]
    assert journey.state()[0] == 7


def test_a_customer_that_the_supplier_does_not_have(
    journey: Journey, supplier: Installation
) -> None:
    unknown = "cus_" + "0" * 26
    journey.connect("self", url=supplier.url, api_key=supplier.do("key"), customer=unknown)
    assert journey.collect() == []
    assert not journey.receiver.received
