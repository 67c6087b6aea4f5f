"""Lists of ids find the same rows, spelled as one array on PostgreSQL."""

import pytest
from django.db import connection
from django.db.models import Model, QuerySet

from accounts.actors import Actor
from billing.models import Customer, CustomerContact
from tests import builders

pytestmark = pytest.mark.django_db

BEYOND = 2**63
NOBODY = list(range(-20, 0))


def names(rows: QuerySet[Customer]) -> list[str]:
    return list(rows.order_by("name").values_list("name", flat=True))


def is_an_array(rows: QuerySet[Model]) -> bool:
    return "ANY(" in str(rows.query)


@pytest.fixture
def ids(actor: Actor) -> dict[str, int]:
    return {name: builders.customer(actor, name=name).pk for name in ("Ada", "Ben", "Cleo")}


def test_many_ids_are_one_array(ids: dict[str, int]) -> None:
    wanted = [*NOBODY, ids["Cleo"], ids["Ada"], ids["Ada"]]
    rows = Customer.objects.filter(pk__in=wanted)
    assert names(rows) == ["Ada", "Cleo"]
    assert names(Customer.objects.filter(pk__in=set(wanted))) == ["Ada", "Cleo"]
    assert names(Customer.objects.exclude(pk__in=wanted)) == ["Ben"]
    assert is_an_array(rows) == (connection.vendor == "postgresql")


def test_so_are_those_of_a_reference(ids: dict[str, int]) -> None:
    rows = CustomerContact.objects.filter(customer_id__in=[*NOBODY, *ids.values()])
    assert list(rows) == []
    assert is_an_array(rows) == (connection.vendor == "postgresql")
    joined = Customer.objects.filter(organization__in=[*NOBODY, 2**40])
    assert names(joined) == []


def test_what_is_no_list_of_ids_is_left_to_django(ids: dict[str, int]) -> None:
    few = Customer.objects.filter(pk__in=[ids["Ben"]])
    assert names(few) == ["Ben"]
    query = Customer.objects.filter(name="Ada").values("pk")
    assert names(Customer.objects.filter(pk__in=query)) == ["Ada"]
    texts = [str(each) for each in [*NOBODY, ids["Ada"]]]
    assert names(Customer.objects.filter(pk__in=texts)) == ["Ada"]
    with_none = [*NOBODY, None, ids["Ada"]]
    assert names(Customer.objects.filter(pk__in=with_none)) == ["Ada"]
    assert names(Customer.objects.filter(pk__in=[])) == []
    for rows in (few, Customer.objects.filter(pk__in=[*NOBODY, BEYOND])):
        assert not is_an_array(rows)


def test_instances_stand_for_their_ids(ids: dict[str, int]) -> None:
    customers = list(Customer.objects.all())
    found = CustomerContact.objects.filter(customer__in=customers * 5)
    assert list(found) == []
