"""Many invoices at once are the same rows as one by one (G10)."""

import datetime
from collections.abc import Mapping
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Invoice, InvoiceLine, InvoiceTax, NumberRegister
from billing.numbering import number_report
from billing.operations import bulk
from billing.operations.customers import create_customer
from billing.operations.invoices import create_invoice
from core import exactjson
from core.errors import DomainError, Forbidden, InvalidFields, InvalidValue
from core.models import Event
from tests import builders
from tests.instants import AT

pytestmark = pytest.mark.django_db
_OWN = {"id", "uuid", "public_token", "number", "invoice_id", "document_id", "n", "customer_id"}


def row(actor: Actor, total: str = "100.00", **fields: Any) -> dict[str, Any]:
    payer = fields.pop("customer", None) or builders.customer(actor)
    return {"customer_id": payer.uuid, "lines": [builders.line(total)], **fields}


def told(invoice: Invoice) -> dict[str, Any]:
    event = Event.objects.get(subject_type="invoice", subject_id=invoice.pk)
    return {**exactjson.loads(event.data), "sequence": event.sequence, "type": event.type}


def plain(value: Any) -> Any:
    """What does not differ from document to document."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items() if key not in _OWN}
    return [plain(each) for each in value] if isinstance(value, list) else value


def rows_of(invoice: Invoice) -> dict[str, Any]:
    invoice = Invoice.objects.get(pk=invoice.pk)
    columns = {field.attname: getattr(invoice, field.attname) for field in invoice._meta.fields}
    return plain(
        {
            "invoice": columns,
            "lines": list(InvoiceLine.objects.filter(invoice=invoice).values()),
            "taxes": list(InvoiceTax.objects.filter(invoice=invoice).values()),
            "register": list(NumberRegister.objects.filter(document_id=invoice.pk).values()),
        }
    )


def test_the_same_rows_as_one_by_one(actor: Actor) -> None:
    payer = builders.customer(actor)
    profile = builders.tax_profile(actor)
    values = {
        "customer": payer,
        "lines": [builders.line("12.34", "2", tax_profile_id=profile.uuid), builders.line("5")],
        "discount_type": "percent",
        "discount_value": 10,
        "notes": "Thanks",
    }
    wanted = row(actor, **values)
    alone = create_invoice(actor=actor, at=AT, **wanted)
    (made,) = bulk.create_invoices(actor=actor, at=AT, rows=[wanted])
    assert isinstance(made, Invoice)
    assert rows_of(made) == rows_of(alone)
    assert plain(told(made)) == plain(told(alone))
    assert (alone.number, made.number) == ("INV-2025-001", "INV-2025-002")


def test_497_of_500_are_created_and_3_say_why_G10(actor: Actor) -> None:
    payer = builders.customer(actor)
    rows: list[Any] = [row(actor, customer=payer) for _ in range(500)]
    rows[7] = {**rows[7], "lines": [builders.line("-1")]}
    rows[250] = {**rows[250], "customer_id": "00000000-0000-7000-8000-000000000000"}
    rows[499] = InvalidFields([("due_date", "invalid_date", "due_date must be a date")])
    results = bulk.create_invoices(actor=actor, at=AT, rows=rows)
    refused = {n: each.code for n, each in enumerate(results) if isinstance(each, DomainError)}
    assert refused == {7: "negative_price", 250: "unknown_reference", 499: "invalid_fields"}
    report = number_report(actor.organization_id, "invoice", "2025")
    assert (report.last, report.missing) == (497, [])
    numbers = [each.number for each in results if isinstance(each, Invoice)]
    assert numbers == [entry.number for entry in report.entries]
    assert Invoice.objects.filter(number__in=numbers).count() == 497


def test_all_or_nothing_names_every_field_and_keeps_nothing_G10(actor: Actor) -> None:
    rows = [row(actor), row(actor, "-1"), row(actor, lines=[])]
    with pytest.raises(InvalidFields) as refused:
        bulk.create_invoices(actor=actor, at=AT, rows=rows, all_or_nothing=True)
    assert [param for param, _, _ in refused.value.errors] == [
        "rows.1.line_items.0.unit_price",
        "rows.2.line_items",
    ]
    assert not Invoice.objects.exists()


def test_a_dry_run_keeps_nothing_and_takes_no_number(actor: Actor) -> None:
    payer = builders.customer(actor)
    before = Event.objects.count()
    bulk.create_invoices(actor=actor, at=AT, rows=[row(actor, customer=payer)], dry_run=True)
    assert (Invoice.objects.count(), Event.objects.count()) == (0, before)
    assert number_report(actor.organization_id, "invoice", "2025").last == 0


def test_numbers_follow_the_rows_within_their_years_B3(actor: Actor) -> None:
    payer = builders.customer(actor)
    days = ["2025-01-15", "2024-12-31", "2025-01-16", "2024-12-30"]
    rows = [row(actor, customer=payer, issue_date=datetime.date.fromisoformat(day)) for day in days]
    made = bulk.create_invoices(actor=actor, at=AT, rows=rows)
    assert [str(each.number) for each in made if isinstance(each, Invoice)] == [
        "INV-2025-001",
        "INV-2024-001",
        "INV-2025-002",
        "INV-2024-002",
    ]


def test_no_number_on_a_draft_where_issuing_gives_it(actor: Actor, acme: Organization) -> None:
    acme.number_assignment = Organization.NumberAssignment.ON_ISSUE
    acme.save()
    (made,) = bulk.create_invoices(actor=actor, at=AT, rows=[row(actor)])
    assert isinstance(made, Invoice)
    assert made.number is None


def test_each_customer_alone(actor: Actor) -> None:
    rows: list[Any] = [{"name": "A"}, {"name": ""}, {"name": "B"}]
    results = bulk.create_each(create_customer, actor=actor, at=AT, rows=rows)
    assert [getattr(each, "name", None) for each in results] == ["A", None, "B"]


@pytest.mark.parametrize("count", [0, 1001])
def test_the_number_of_rows_has_bounds(actor: Actor, count: int) -> None:
    with pytest.raises(InvalidValue) as refused:
        bulk.create_invoices(actor=actor, at=AT, rows=[{"customer_id": "x"}] * count)
    assert refused.value.param == "rows"


def test_other_tenants_customers_are_unknown(actor: Actor, mallory_actor: Actor) -> None:
    theirs = builders.customer(mallory_actor)
    (result,) = bulk.create_invoices(actor=actor, at=AT, rows=[row(actor, customer=theirs)])
    assert isinstance(result, DomainError)
    assert result.code == "unknown_reference"


def test_a_viewer_creates_nothing(bob_actor: Actor, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        bulk.create_invoices(actor=bob_actor, at=AT, rows=[row(actor)])
