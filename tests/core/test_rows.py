"""A row made quickly is the row that the model's constructor makes."""

import datetime

import pytest

from billing.models import Invoice, Reminder
from core.models import Event
from core.rows import new_row

AT = datetime.datetime(2026, 1, 5, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Event, {"type": "invoice.issued", "subject_id": 7, "occurred_at": AT}),
        (Invoice, {"customer_id": 3, "total": 1200, "currency": "EUR"}),
        (Reminder, {"invoice_id": 5, "sent_to": ["ap@acme.test"]}),
    ],
)
def test_it_has_the_values_given_and_the_defaults_of_the_others(model, values):
    quick, slow = new_row(model, **values), model(**values)
    for field in model._meta.concrete_fields:
        if field.name != "uuid":
            assert getattr(quick, field.attname) == getattr(slow, field.attname), field.name
    assert quick._state.adding
    assert quick._state.db is None


def test_defaults_that_can_be_changed_are_each_rows_own():
    one, other = new_row(Invoice), new_row(Invoice)
    one.preceding.append({"number": "INV-1"})
    assert other.preceding == []
    assert one.uuid != other.uuid


def test_a_name_that_is_no_column_is_refused():
    with pytest.raises(TypeError, match="Invoice has no customer, totl"):
        new_row(Invoice, customer=None, totl=1)
