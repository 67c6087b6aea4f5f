"""The inbox: what arrives is read, corrected, approved into the books, or rejected."""

import datetime
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage

from accounts.actors import Actor
from billing.models import Posting, Transaction
from billing.operations.ledger_accounts import create_ledger_account
from core.errors import InvalidValue
from core.lifecycle import TransitionRefused
from core.models import Event
from integrations.collectors import cabinet, credentials, inbox, intake, receiving, rotation, vault
from integrations.collectors.parsing.reading import read
from integrations.models import CollectorUser, Supplier, SupplierInvoice
from tests.instants import AT
from tests.integrations.collectors.conftest import sealed_credential
from tests.integrations.collectors.einvoices import cii, ubl
from tests.integrations.collectors.scripted import invoice

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 5)


def brought(actor: Actor, content: bytes = ubl(), name: str = "bill.xml") -> SupplierInvoice:
    """A document that somebody dropped into the inbox."""
    return receiving.upload(
        actor=actor, at=AT, file_name=name, content=content, reading=read(content)
    )


def test_an_upload_becomes_a_draft_with_what_its_document_says(actor: Actor) -> None:
    row = SupplierInvoice.objects.get(pk=brought(actor).pk)

    assert (row.supplier_name, row.number) == ("Hafen Werkzeuge GmbH", "R-2026-017")
    assert (row.issue_date, row.due_date) == (DAY, datetime.date(2026, 4, 4))
    assert (row.total, row.currency, row.status) == (13_090, "EUR", "open")
    assert Event.objects.get(subject_type="supplierinvoice").type == "supplier_invoice.received"


def test_its_document_lies_sealed_below_the_folder_of_its_organization(actor: Actor) -> None:
    row = brought(actor)

    assert row.storage_name.startswith(f"supplier-invoices/{actor.organization_id}/")
    with default_storage.open(row.storage_name, "rb") as file:
        assert b"Hafen" not in file.read()
    assert b"".join(inbox.document(row)) == ubl()


def test_a_large_document_is_opened_piece_by_piece_and_in_order_only(actor: Actor) -> None:
    content = b"%PDF-1.7 " + bytes(range(256)) * 10_000
    row = brought(actor, content, "large.pdf")
    pieces = list(inbox.document(row))

    assert b"".join(pieces) == content and len(pieces) == 3
    with default_storage.open(row.storage_name, "rb") as file:
        sealed = file.read()
    size = 1_048_576 + vault.OVERHEAD
    default_storage.delete(row.storage_name)
    with default_storage.open(row.storage_name, "wb") as file:
        file.write(sealed[size : 2 * size] + sealed[:size] + sealed[2 * size :])
    with pytest.raises(inbox.DocumentErased):
        inbox.document(row)


def test_approving_writes_an_expense_with_its_document_into_the_books(actor: Actor) -> None:
    category = create_ledger_account(actor=actor, at=AT, name="Tools", type="expense")
    row = brought(actor)
    inbox.correct(actor=actor, at=AT, invoice_id=row.pk, category_id=category.pk)
    row = inbox.approve(actor=actor, at=AT, invoice_id=row.pk)

    booked = Transaction.objects.get()
    assert (booked.kind, booked.amount, booked.currency) == ("expense", 13_090, "EUR")
    assert (booked.date, booked.reference) == (DAY, "R-2026-017")
    assert booked.category == category and row.transaction == booked
    assert sum(Posting.objects.values_list("amount", flat=True)) == 0
    assert (row.status, row.decided_by) == ("approved", actor.label)
    assert Supplier.objects.get().category == category


def test_the_next_invoice_of_a_supplier_gets_the_category_of_the_last(actor: Actor) -> None:
    category = create_ledger_account(actor=actor, at=AT, name="Tools", type="expense")
    row = brought(actor)
    inbox.correct(actor=actor, at=AT, invoice_id=row.pk, category_id=category.pk)
    inbox.approve(actor=actor, at=AT, invoice_id=row.pk)

    assert brought(actor, ubl(number="R-2026-018")).category == category


def test_a_credit_note_of_a_supplier_is_income(actor: Actor) -> None:
    row = brought(actor, ubl(is_credit_note=True))
    inbox.approve(actor=actor, at=AT, invoice_id=row.pk)

    assert Transaction.objects.get().kind == "income"


def test_nothing_is_booked_while_something_is_missing(actor: Actor) -> None:
    row = brought(actor, b"\xff\xd8\xff\xe0 a picture", "photo.jpg")

    with pytest.raises(InvalidValue):
        inbox.approve(actor=actor, at=AT, invoice_id=row.pk)
    assert not Transaction.objects.exists()
    assert SupplierInvoice.objects.get().status == "open"


def test_an_approved_one_is_not_approved_again_nor_rejected(actor: Actor) -> None:
    row = brought(actor)
    inbox.approve(actor=actor, at=AT, invoice_id=row.pk)

    for refused in (inbox.approve, inbox.reject, inbox.correct, inbox.reopen):
        with pytest.raises(TransitionRefused):
            refused(actor=actor, at=AT, invoice_id=row.pk)
    assert Transaction.objects.count() == 1


def test_a_rejected_one_can_be_taken_up_again(actor: Actor) -> None:
    row = brought(actor)
    inbox.reject(actor=actor, at=AT, invoice_id=row.pk, reason="Not ours.")
    assert SupplierInvoice.objects.get().reason == "Not ours."

    assert inbox.reopen(actor=actor, at=AT, invoice_id=row.pk).status == "open"


def test_the_same_document_is_not_taken_twice(actor: Actor) -> None:
    brought(actor)

    with pytest.raises(receiving.DocumentKnown):
        brought(actor, name="again.xml")
    assert SupplierInvoice.objects.count() == 1


def test_the_same_number_of_the_same_supplier_is_pointed_out(actor: Actor) -> None:
    brought(actor)
    twin = brought(actor, cii())

    found = [one.code for one in inbox.suppliers.notes(twin)]
    assert found == ["same_number", "supplier_unknown"]


def test_what_a_source_brings_outlives_its_connection_once_it_is_in_the_books(
    actor: Actor, person: CollectorUser
) -> None:
    held = sealed_credential(person)
    for number in ("R-1", "R-2"):
        content = ubl(number=number)
        found = invoice(number, content=content)
        assert intake.keep(held, found, content, AT, read(content))
    first, second = SupplierInvoice.objects.order_by("pk")
    assert first.storage_name == "" and b"".join(inbox.document(first)) == ubl(number="R-1")

    inbox.approve(actor=actor, at=AT, invoice_id=first.pk)
    credentials.remove(actor=actor, at=AT, credential=held)

    row = SupplierInvoice.objects.get()
    assert row.pk == first.pk and second.number == "R-2"
    assert b"".join(inbox.document(row)) == ubl(number="R-1")


def test_documents_open_after_the_keys_were_changed(actor: Actor, settings: object) -> None:
    row = brought(actor)
    old = settings.COLLECTOR_KEYS  # type: ignore[attr-defined]
    settings.COLLECTOR_KEYS = ["A" * 42 + "E=", *old]  # type: ignore[attr-defined]
    assert rotation.rotate_keys() == 1
    settings.COLLECTOR_KEYS = settings.COLLECTOR_KEYS[:1]  # type: ignore[attr-defined]

    assert b"".join(inbox.document(SupplierInvoice.objects.get(pk=row.pk))) == ubl()


def test_a_stored_file_without_a_row_is_removed_after_a_while(actor: Actor) -> None:
    row = brought(actor)
    name = row.storage_name
    SupplierInvoice.objects.all().delete()
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=2)

    assert cabinet.remove_orphans(at=later) > 0
    assert not default_storage.exists(name)


def test_amounts_are_those_to_be_paid(actor: Actor) -> None:
    row = brought(actor, ubl(prepaid=Decimal("30.90")))

    assert row.total == 10_000
