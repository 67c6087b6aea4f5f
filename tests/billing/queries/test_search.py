"""Searches: every word, anywhere, literally, at once, in one's own organization."""

import importlib
from collections.abc import Collection

import pytest
from django.db import connection
from django.db.models import Q

from accounts.actors import Actor
from billing.models import Customer, Invoice
from billing.operations.customers import delete_customer, update_customer
from billing.operations.invoices import delete_invoice, update_invoice
from billing.operations.payments import mark_paid
from billing.queries import search
from billing.queries.invoices import list_invoices
from billing.queries.payments import list_payments
from billing.queries.search import matching, words_of
from billing.queries.searchables import CUSTOMERS, INDEXED, INVOICES, PAYMENTS
from tests import builders
from tests.instants import AT, TODAY

pytestmark = pytest.mark.django_db


def names(actor: Actor, text: str, places: Collection[str] | None = None) -> list[str]:
    rows = Customer.objects.of(actor.organization_id)
    found = matching(rows, CUSTOMERS, actor.organization_id, words_of(text), places)
    return sorted(found.values_list("name", flat=True))


def totals(actor: Actor, text: str, places: Collection[str] | None = None) -> list[int]:
    rows = list_invoices(actor.organization_id)
    found = matching(rows, INVOICES, actor.organization_id, words_of(text), places)
    return sorted(found.values_list("total", flat=True))


@pytest.fixture
def people(actor: Actor) -> None:
    for name, fields in {
        "Café Müller GmbH": {"email": "info@mueller.test", "city": "Köln"},
        "ACME Corporation": {"email": "billing@acme.test", "notes": "pays late"},
        "100% Cotton_Ltd": {"email": "a@b.test", "external_reference": "CRM-7"},
        'O\'Neil \\ "Sons"': {"email": "o@neil.test"},
        "שלום \U0001f680 東京": {"email": "x@y.test", "phone": "+49 30 1"},
    }.items():
        builders.customer(actor, name, **fields)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("acme", ["ACME Corporation"]),
        ("CORP", ["ACME Corporation"]),
        ("orp acm", ["ACME Corporation"]),
        ("acme late", ["ACME Corporation"]),
        ("acme muller", []),
        ("MULLER", ["Café Müller GmbH"]),
        ("müller cafe", ["Café Müller GmbH"]),
        ("koln", ["Café Müller GmbH"]),
        ("%", ["100% Cotton_Ltd"]),
        ("_", ["100% Cotton_Ltd"]),
        ("n_l", ["100% Cotton_Ltd"]),
        ("n%l", []),
        ("\\", ['O\'Neil \\ "Sons"']),
        ("o'n", ['O\'Neil \\ "Sons"']),
        ('"sons"', ['O\'Neil \\ "Sons"']),
        ("' OR 1=1 --", []),
        ("\U0001f680", ["שלום \U0001f680 東京"]),
        ("שלום", ["שלום \U0001f680 東京"]),
        ("東", ["שלום \U0001f680 東京"]),
        ("crm-7", ["100% Cotton_Ltd"]),
        ("+49", ["שלום \U0001f680 東京"]),
        ("x" * 200, []),
    ],
)
def test_words_are_taken_as_they_are(
    actor: Actor, people: None, text: str, expected: list[str]
) -> None:
    assert names(actor, text) == expected


def test_no_words_find_everything(actor: Actor, people: None) -> None:
    assert len(names(actor, "  ")) == 5


def test_only_the_named_fields(actor: Actor, people: None) -> None:
    assert names(actor, "acme", ["email"]) == ["ACME Corporation"]
    assert names(actor, "corporation", ["email"]) == []
    assert names(actor, "late", ["name", "email"]) == []


def test_too_many_words() -> None:
    with pytest.raises(ValueError, match="more than 8 words"):
        words_of("a b c d e f g h i")
    assert words_of("a A á a") == ["a"]


def test_a_change_is_found_at_once(actor: Actor) -> None:
    customer = builders.customer(actor, "Before")
    update_customer(actor=actor, at=AT, customer_id=customer.pk, name="After")
    assert (names(actor, "before"), names(actor, "after")) == ([], ["After"])
    delete_customer(actor=actor, at=AT, customer_id=customer.pk)
    assert names(actor, "after") == []


def test_other_organizations_are_never_found_P1(actor: Actor, mallory_actor: Actor) -> None:
    builders.issued_invoice(mallory_actor, customer_id=builders.customer(mallory_actor).pk)
    assert names(actor, "globex") == []
    assert totals(actor, "globex") == []
    rows = Invoice.objects.all()
    assert not matching(rows, INVOICES, actor.organization_id, ["globex"]).exists()


def test_an_invoice_by_what_is_printed_on_it(actor: Actor) -> None:
    builders.draft_invoice(actor, "1.00", reference="Order 77", notes="Danke schön")
    builders.issued_invoice(actor, "2.00", purchase_order="PO-9")
    assert totals(actor, "order 77") == [100]
    assert totals(actor, "schon") == [100]
    assert totals(actor, "po-9") == [200]
    assert totals(actor, "INV-2025-001") == [100]
    assert totals(actor, "2025-00") == [100, 200]
    assert totals(actor, "po-9", ["number", "reference"]) == []


def test_an_invoice_by_its_customer_now_and_as_printed(actor: Actor) -> None:
    customer = builders.customer(actor, "Old Name", email="ap@x.test")
    builders.draft_invoice(actor, "1.00", customer_id=customer.pk)
    builders.issued_invoice(actor, "2.00", customer_id=customer.pk)
    update_customer(actor=actor, at=AT, customer_id=customer.pk, name="New Name")
    assert totals(actor, "new") == [100, 200]
    assert totals(actor, "old name") == [200]
    assert totals(actor, "new", ["customer_name"]) == [100, 200]
    assert totals(actor, "new", ["customer_email"]) == []
    assert totals(actor, "ap@x", ["customer_email"]) == [100, 200]
    assert totals(actor, "new 002") == [200]


def test_more_customers_than_are_listed_one_by_one(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_FEW", 1)
    for price in ("1.00", "2.00", "3.00"):
        builders.draft_invoice(actor, price, customer_id=builders.customer(actor, "Many").pk)
    builders.draft_invoice(actor, "4.00", customer_id=builders.customer(actor, "Other").pk)
    assert totals(actor, "many") == [100, 200, 300]
    assert totals(actor, "many", ["customer_name"]) == [100, 200, 300]


@pytest.mark.parametrize("few", [0, 1, 500])
@pytest.mark.parametrize("text", ["globex", "glob 100", "zz", "e", "inv globex", "order initech"])
def test_a_page_finds_the_same_however_rare_the_words_are(
    actor: Actor, mallory_actor: Actor, monkeypatch: pytest.MonkeyPatch, text: str, few: int
) -> None:
    for who in (actor, mallory_actor):
        for name in ("Globex", "Initech", "Globex Zwei"):
            buyer = builders.customer(who, name).pk
            for reference in ("Order 100", "Offer"):
                invoice = builders.issued_invoice(who, customer_id=buyer, reference=reference)
                mark_paid(actor=who, at=AT, invoice_id=invoice.pk, payment_date=TODAY)
    for rows, noun in (
        (list_invoices(actor.organization_id), INVOICES),
        (list_payments(actor.organization_id), PAYMENTS),
        (Customer.objects.of(actor.organization_id), CUSTOMERS),
    ):
        expected = matching(rows, noun, actor.organization_id, words_of(text))
        monkeypatch.setattr(search, "_FEW", few)
        found = search.matching_page(rows, noun, actor.organization_id, words_of(text))
        assert sorted(found.values_list("pk", flat=True)) == sorted(
            expected.values_list("pk", flat=True)
        )
        # Within another statement its rows go by another name.
        assert rows.filter(pk__in=found.values("pk")).count() == expected.count()


def test_a_page_has_the_words_or_the_amount_and_only_of_ones_own(
    actor: Actor, mallory_actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in (actor, mallory_actor):
        builders.issued_invoice(who, "77.00")
        builders.issued_invoice(who, "5.00", reference="77.00")
        builders.issued_invoice(who, "6.00")
    for few in (0, 500):
        monkeypatch.setattr(search, "_FEW", few)
        found = search.matching_page(
            list_invoices(actor.organization_id),
            INVOICES,
            actor.organization_id,
            ["77.00"],
            amount=Q(total=7_700),
        )
        assert sorted(found.values_list("total", flat=True)) == [500, 7_700]


def test_a_changed_and_a_deleted_invoice(actor: Actor) -> None:
    invoice = builders.draft_invoice(actor, "1.00", reference="first")
    update_invoice(actor=actor, at=AT, invoice_id=invoice.pk, reference="second")
    assert (totals(actor, "first"), totals(actor, "second")) == ([], [100])
    delete_invoice(actor=actor, at=AT, invoice_id=invoice.pk)
    assert totals(actor, "second") == []


def test_a_payment_by_the_invoice_it_was_meant_for(actor: Actor) -> None:
    invoice = builders.issued_invoice(actor)
    mark_paid(
        actor=actor, at=AT, invoice_id=invoice.pk, payment_date=AT.date(), reference="Wire #1"
    )
    rows = list_payments(actor.organization_id)
    for text, places in [
        (invoice.number or "", ["invoice_number"]),
        ("globex", None),
        ("wire #1", ["reference"]),
    ]:
        found = matching(rows, PAYMENTS, actor.organization_id, words_of(text), places)
        assert found.count() == 1, text


@pytest.mark.postgres
@pytest.mark.parametrize("searchable", INDEXED, ids=lambda each: each.model.__name__)
def test_the_search_table_knows_exactly_these_columns(
    searchable: search.Searchable, actor: Actor
) -> None:
    """A column that is searched but not kept would be found on SQLite alone."""
    kept = importlib.import_module("billing.migrations.0007_search").COLUMNS
    assert kept[searchable.model._meta.db_table] == searchable.columns


@pytest.mark.postgres
def test_a_word_is_looked_up_by_its_trigrams() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_indexes WHERE indexname LIKE 'billing_%_search_words'"
        )
        found = {name for (name,) in cursor.fetchall()}
    assert found == {f"{each.model._meta.db_table}_search" for each in INDEXED}
