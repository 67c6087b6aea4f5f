"""Ready-made statements read and write what query sets do."""

from typing import Any

import pytest
from django.db import transaction
from django.db.models import BigIntegerField, UUIDField

from accounts.actors import Actor
from billing.models import Customer, Invoice, InvoiceLine
from core.ids import random_text, uuid7
from core.models import Event
from core.statements import Given, Statement, insert
from core.transactions import joined, whole
from tests import builders

pytestmark = pytest.mark.django_db

BY_UUID = Statement(
    lambda: Customer.objects.select_related("organization").filter(
        organization_id=Given("organization_id", BigIntegerField()),
        uuid=Given("uuid", UUIDField()),
    )
)


def values(row: Any, *without: str) -> dict[str, Any]:
    names = [field.attname for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name not in without}


def test_instances_come_with_what_was_selected(
    actor: Actor, django_assert_num_queries: Any
) -> None:
    customer = builders.customer(actor, metadata={"a": 1}, tags=["x"])
    with django_assert_num_queries(1):
        found = BY_UUID.first(organization_id=actor.organization_id, uuid=customer.uuid)
        organization = found.organization
    plain = Customer.objects.select_related("organization").get(pk=customer.pk)
    assert values(found) == values(plain)
    assert values(organization) == values(plain.organization)
    assert not found._state.adding


def test_nothing_found(actor: Actor) -> None:
    assert BY_UUID.first(organization_id=actor.organization_id, uuid=uuid7()) is None


def test_columns_come_as_tuples_and_are_counted(actor: Actor) -> None:
    names = Statement(
        lambda: Customer.objects.filter(organization_id=Given("o", BigIntegerField())).order_by(
            "name"
        ),
        ("name", "metadata"),
    )
    for name in ("B", "A"):
        builders.customer(actor, name=name, metadata={"n": name})
    found = [tuple(row) for row in names.all(o=actor.organization_id)]
    assert found == [("A", {"n": "A"}), ("B", {"n": "B"})]
    assert (names.count(o=actor.organization_id), names.count(o=0)) == (2, 0)


@pytest.mark.parametrize("model", [Invoice, InvoiceLine, Event])
def test_an_inserted_row_is_the_row_that_save_writes(actor: Actor, model: Any) -> None:
    invoice = builders.draft_invoice(actor)
    source = {Invoice: invoice, InvoiceLine: invoice.lines.all()[0]}.get(model)
    source = source or Event.objects.get(subject_type="invoice", subject_id=invoice.pk)
    new = {"id": None, "uuid": None, "public_token": None, "number": None, "position": 99}
    given = values(source, *new) | {"number": None, "position": 7, "sequence": 7}
    known = {field.attname for field in model._meta.concrete_fields}
    saved, inserted = (
        model(**{k: v for k, v in given.items() if k in known}, uuid=uuid7()) for _ in range(2)
    )
    for row, ready in ((saved, False), (inserted, True)):
        for name, value in (("public_token", random_text()), ("position", 8 + ready)):
            if name in known:
                setattr(row, name, value)
        if model is Event:
            row.sequence = 8 + ready
        insert([row]) if ready else row.save(force_insert=True)
    unlike = ("id", "uuid", "public_token", "position", "sequence")
    read = [model.objects.get(pk=row.pk) for row in (saved, inserted)]
    assert values(read[0], *unlike) == values(read[1], *unlike)
    assert not inserted._state.adding


def test_many_rows_get_their_own_ids(actor: Actor) -> None:
    invoice = builders.draft_invoice(actor)
    template = values(invoice.lines.all()[0], "id", "uuid", "position")
    rows = [InvoiceLine(**template, uuid=uuid7(), position=n) for n in range(10, 14)]
    insert(rows)
    stored = InvoiceLine.objects.of(actor.organization_id).filter(position__gte=10)
    assert dict(stored.values_list("pk", "position")) == {row.pk: row.position for row in rows}


def test_joined_sets_a_savepoint_except_inside_whole(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2), joined():
        pass
    # The outer one is a savepoint here, because the test itself is a transaction.
    with django_assert_num_queries(2), whole(), joined():
        pass


def test_an_error_inside_whole_undoes_all_of_it_even_when_caught(actor: Actor) -> None:
    with pytest.raises(transaction.TransactionManagementError), whole():
        builders.customer(actor, name="Before")
        try:
            with joined():
                raise ValueError
        except ValueError:
            Customer.objects.of(actor.organization_id).count()
    assert not Customer.objects.of(actor.organization_id).filter(name="Before").exists()
