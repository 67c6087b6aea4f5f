"""All data in one file: whole, exact, without secrets, for owners only, and on record."""

import csv
import hashlib
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models import Sum
from django.test import Client

from accounts.actors import Actor
from accounts.models import Membership, Organization, Role
from accounts.operations.api_keys import create_api_key
from billing.exports import running, writing
from billing.exports.registered import all_tables
from billing.models import Export, Posting
from billing.operations.attachments import attach_file
from billing.operations.issuing import void_invoice
from billing.operations.payments import record_payment
from core import exactjson
from core.models import Event
from integrations.mail.templates import set_template
from integrations.retention import clean_up
from integrations.webhooks.endpoints import create_endpoint
from integrations.work import drain
from tests.builders import customer, draft_invoice, expense, issued_invoice, product
from tests.instants import AT, TODAY

pytestmark = pytest.mark.django_db


def made(client: Client, **wishes: str) -> Export:
    answer = client.post("/settings/export", wishes)
    assert answer.status_code == 302
    drain(AT)
    return Export.objects.get()


def archive(export: Export) -> zipfile.ZipFile:
    with default_storage.open(export.storage_name) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def rows(file: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read(f"csv/{name}.csv").decode())))


@pytest.fixture
def busy(actor: Actor) -> None:
    """Invoices that are open, partly paid, paid, void and drafted, in two currencies."""
    buyer = customer(actor, name="=Globex")
    other = customer(actor, name="Nippon", currency="JPY")
    half = issued_invoice(actor, "100.00", customer_id=buyer.pk)
    for invoice, amount in ((half, "40.25"), (issued_invoice(actor, "50.00"), "50.00")):
        record_payment(
            actor=actor,
            at=AT,
            invoice_id=invoice.pk,
            amount=Decimal(amount),
            method="cash",
            currency="USD",
            payment_date=TODAY,
        )
    issued_invoice(actor, "7000", customer_id=other.pk)
    void_invoice(actor=actor, at=AT, invoice_id=issued_invoice(actor, "9.99").pk)
    draft_invoice(actor, "1.00")
    product(actor)
    expense(actor)


def test_the_manifest_agrees_with_the_ledger_and_with_the_files(
    staff: Client, actor: Actor, busy: None
) -> None:
    export = made(staff)
    file = archive(export)
    manifest = json.loads(file.read("manifest.json"), parse_float=Decimal)
    ledger = manifest["ledger"]
    assert ledger["debits_equal_credits"] and ledger["receivables_agree"]
    assert ledger["receivables"]["ledger"] == {"JPY": "7000", "USD": "59.75"}
    assert ledger["receivables"]["invoices"] == ledger["receivables"]["ledger"]
    sums = Posting.objects.of(actor.organization_id).values_list("account__code", "currency")
    for code, currency, total in sums.annotate(sum=Sum("amount")).order_by():
        places = 0 if currency == "JPY" else 2
        assert Decimal(ledger["balances"][code][currency]).scaleb(places) == total
    assert manifest["tables"]["payments"]["sums"]["amount"] == {"USD": "90.25"}
    assert manifest["tables"]["ledger_postings"]["sums"]["amount"] == {"JPY": "0", "USD": "0.00"}
    for about in manifest["files"]:
        content = file.read(about["path"])
        assert (len(content), hashlib.sha256(content).hexdigest()) == (
            about["bytes"],
            about["sha256"],
        )
    assert {about["path"] for about in manifest["files"]} | {"manifest.json"} == set(
        file.namelist()
    )
    for table in all_tables():
        count = manifest["tables"][table.name]["rows"]
        assert len(rows(file, table.name)) == count == table.of(actor.organization_id).count()
        assert len(exactjson.loads(file.read(f"json/{table.name}.json"))) == count


def test_rows_are_exact_and_harmless(staff: Client, busy: None) -> None:
    file = archive(made(staff))
    assert [row["name"] for row in rows(file, "customers")][:1] == ["'=Globex"]
    exact = exactjson.loads(file.read("json/customers.json"))
    assert exact[0]["name"] == "=Globex"
    amounts = {row["total"]: row["amount_paid"] for row in rows(file, "invoices")}
    assert amounts["100.00"] == "40.25"
    assert amounts["7000"] == "0"
    assert exactjson.loads(file.read("json/invoices.json"))[0]["total"] == Decimal("100.00")


def test_headings_stay_as_they_are() -> None:
    """Programs read them: a change here breaks somebody's import."""
    headings = {table.name: table.headings for table in all_tables()}
    assert headings["invoices"][:6] == [
        "id",
        "number",
        "status",
        "customer_id",
        "customer_name",
        "issue_date",
    ]
    assert headings["allocations"] == [
        "id",
        "invoice_id",
        "invoice_number",
        "kind",
        "payment_id",
        "payment_number",
        "credit_note_id",
        "credit_note_number",
        "amount",
        "currency",
        "allocated_on",
        "reason",
        "created_at",
    ]
    known = Path(__file__).parent / "export_headings.json"
    assert headings == json.loads(known.read_text())
    assert all(len(names) == len(set(names)) for names in headings.values())


def test_words_of_mails_and_addresses_of_webhooks_come_along_without_secrets(
    staff: Client, actor: Actor, busy: None
) -> None:
    set_template(
        actor=actor, at=AT, kind="invoice", language="de", subject="Rechnung", message="Hallo"
    )
    endpoint = create_endpoint(actor=actor, at=AT, url="https://hooks.test/in", events=["*"])
    file = archive(made(staff))
    assert [(row["kind"], row["body"]) for row in rows(file, "mail_texts")] == [
        ("invoice", "Hallo")
    ]
    [told] = exactjson.loads(file.read("json/webhook_endpoints.json"))
    assert (told["url"], told["events"]) == ("https://hooks.test/in", ["*"])
    assert all(endpoint.secret.encode() not in file.read(name) for name in file.namelist())


def test_batches_join_without_a_gap(
    staff: Client, busy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BATCH", 1)
    assert len(rows(archive(made(staff)), "invoices")) == 5


def test_documents_and_attachments_come_on_demand(staff: Client, actor: Actor, busy: None) -> None:
    invoice = issued_invoice(actor)
    kept = attach_file(
        actor=actor,
        at=AT,
        noun="invoice",
        subject_id=invoice.pk,
        file_name="note.txt",
        content=b"as uploaded",
        send_with_invoice=False,
    )
    file = archive(made(staff, with_pdfs="on", with_attachments="on"))
    names = file.namelist()
    assert file.read(f"pdf/invoices/Invoice_{invoice.number}.pdf").startswith(b"%PDF")
    assert sum(name.startswith("pdf/invoices/") for name in names) == 5
    (attached,) = [name for name in names if name.startswith("files/")]
    assert attached.startswith(f"files/{kept.uuid}/")
    assert file.read(attached) == b"as uploaded"


def test_no_secret_is_in_it(staff: Client, actor: Actor, acme: Organization, busy: None) -> None:
    key, secret = create_api_key(
        actor=actor, at=AT, organization_id=acme.pk, name="Shop", scopes=("invoices:read",)
    )
    invoice = issued_invoice(actor)
    user = Membership.objects.of(acme.pk).earliest("pk").user
    file = archive(made(staff))
    everything = b"".join(file.read(name) for name in file.namelist())
    for hidden in (secret, user.password, invoice.public_token, key.digest):
        assert str(hidden).encode() not in everything


def test_nobody_elses_data_is_in_it(staff: Client, mallory_actor: Actor, busy: None) -> None:
    customer(mallory_actor, name="Rival's customer")
    file = archive(made(staff))
    assert b"Rival" not in b"".join(file.read(name) for name in file.namelist())


def test_one_file_at_a_time(staff: Client) -> None:
    first, second = (staff.post("/settings/export") for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Export.objects.count() == 1


def test_only_owners_ask_and_take_and_both_is_on_record(
    staff: Client, viewer: Client, stranger: Client, acme: Organization
) -> None:
    export = made(staff)
    path = f"/settings/export/{export.uuid}"
    assert viewer.get("/settings/export").status_code == 403
    assert stranger.get(path).status_code == 404
    assert stranger.get(f"{path}/file").status_code == 404
    answer = staff.get(f"{path}/file")
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == export.sha256
    told = Event.objects.filter(type__startswith="export").order_by("pk")
    assert list(told.values_list("type", flat=True)) == [
        "export.requested",
        "export.downloaded",
    ]
    Membership.objects.of(acme.pk).filter(role=Role.OWNER).update(role=Role.ADMIN)
    for page in ("/settings/export", path, f"{path}/file"):
        assert staff.get(page).status_code == 403


def test_the_page_shows_how_far_it_is_and_what_came_of_it(staff: Client, busy: None) -> None:
    path = staff.post("/settings/export")["Location"]
    page = staff.get(path).content.decode()
    assert f'hx-get="{path}"' in page and "Waiting for its turn." in page
    drain(AT)
    page = staff.get(path).content.decode()
    assert f'hx-get="{path}"' not in page
    assert "What is open on the exported invoices is what the ledger says." in page
    assert "KB" in page


def test_a_fault_is_told_and_leaves_no_file(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(running, "build", break_down)
    export = made(staff)
    assert export.is_finished and export.problem and not export.storage_name
    assert export.problem in staff.get(f"/settings/export/{export.uuid}").content.decode()
    assert staff.get(f"/settings/export/{export.uuid}/file").status_code == 404


def test_a_worker_that_died_is_followed_by_another_and_not_for_ever(staff: Client) -> None:
    staff.post("/settings/export")
    Export.objects.update(attempts=running.MOST_ATTEMPTS)
    drain(AT)
    assert Export.objects.get().problem


def test_files_go_after_a_month(staff: Client) -> None:
    export = made(staff)
    clean_up(AT + running.KEEP / 2)
    assert default_storage.exists(export.storage_name)
    clean_up(AT + running.KEEP * 2)
    assert not default_storage.exists(export.storage_name)
    assert Event.objects.filter(type="export.requested").exists()


def test_operators_write_the_same_file(acme: Organization, busy: None, tmp_path: Path) -> None:
    target = tmp_path / "acme.zip"
    call_command("export_organization", acme.slug, str(target), "--pdfs", stdout=io.StringIO())
    file = zipfile.ZipFile(target)
    assert file.testzip() is None
    assert json.loads(file.read("manifest.json"))["ledger"]["receivables_agree"]
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.django_db(transaction=True)
def test_it_is_made_from_one_view_of_the_data_and_seen_meanwhile(
    staff: Client, busy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside of a transaction, as a worker does it."""
    seen = []
    tell = running._write_progress

    def watched(values: list[Any]) -> bool:
        seen.append(values[0])
        return tell(values)

    monkeypatch.setattr(running, "_write_progress", watched)
    export = made(staff)
    assert export.problem == ""
    assert export.steps_done == export.steps_total
    assert "invoices" in seen
