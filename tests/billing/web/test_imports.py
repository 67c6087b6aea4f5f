"""Importing from a file: reading it, trying it, bringing it in, mending it, undoing it."""

import csv
import io
from decimal import Decimal
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.actors import Actor
from billing.jobs import importing
from billing.jobs.ordering import counts_of
from billing.models import Customer, Import, Invoice, Job, Product
from billing.operations.issuing import issue_invoice
from billing.operations.tax_profiles import update_tax_profile
from core.models import Event
from integrations.retention import clean_up
from integrations.work import drain
from tests.builders import customer, tax_profile
from tests.instants import AT

pytestmark = pytest.mark.django_db


def uploaded(client: Client, noun: str, text: str | bytes, name: str = "list.csv") -> Import:
    content = text if isinstance(text, bytes) else text.encode()
    answer = client.post("/imports", {"noun": noun, "file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.get(uuid=UUID(answer["Location"].split("/")[2]))


def tried(client: Client, row: Import, **options: str) -> Import:
    """Sent off as the page proposes it, but for the options."""
    form = client.get(f"/imports/{row.uuid}/columns").context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    answer = client.post(f"/imports/{row.uuid}/columns", {**sent, **options})
    assert answer.status_code == 302, answer.content.decode()
    row.refresh_from_db()
    return row


def ordered(client: Client, row: Import, how: str = "good") -> Job:
    answer = client.post(f"/imports/{row.uuid}/run", {"how": how})
    job = Job.objects.get(uuid=UUID(answer["Location"].rpartition("/")[2]))
    drain(AT)
    job.refresh_from_db()
    return job


def problems(row: Import) -> list[tuple[int, str, str]]:
    return [
        (each["rows"][0], name, sentence)
        for each in row.report["objects"]
        for name, sentence in each["problems"]
    ]


def bad_file(client: Client, row: Import) -> list[list[str]]:
    answer = client.get(f"/imports/{row.uuid}/bad.csv")
    assert answer.content.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_two_hundred_customers_with_three_bad_rows(staff: Client) -> None:
    lines = ["Customer number,Name,E-mail,Country,Payment terms"]
    lines += [f"{n},Customer {n},c{n}@crowd.test,Germany,30 days" for n in range(1, 201)]
    lines[50] = "50,Customer 50,no address,DE,30"
    lines[100] = "100,,c100@crowd.test,DE,30"
    lines[150] = "150,Customer 150,c150@crowd.test,Atlantis,30"
    row = tried(staff, uploaded(staff, "customers", "\n".join(lines)))

    assert row.report["counts"] == {"new": 197, "changed": 0, "skipped": 0, "bad": 3}
    assert problems(row) == [
        (51, "email", "'no address' is not an e-mail address."),
        (101, "name", "This must not be empty."),
        (151, "country", "'Atlantis' is not a country."),
    ]
    assert not Customer.objects.exists()
    assert not Event.objects.filter(type="customer.created").exists()
    page = staff.get(f"/imports/{row.uuid}").content.decode()
    assert "Import the 197 good ones" in page
    assert "Row 151" in page

    job = ordered(staff, row)
    assert counts_of(job) == {"waiting": 0, "done": 197, "failed": 0, "left_out": 0}
    assert Customer.objects.count() == 197
    first = Customer.objects.get(external_reference="1")
    assert (first.name, first.country, first.payment_terms_days) == ("Customer 1", "DE", 30)
    page = staff.get(f"/jobs/{job.uuid}").content.decode()
    assert f"/customers/{first.uuid}" in page

    mended = bad_file(staff, row)
    assert [line[-1] for line in mended] == [
        "Reason",
        "E-mail: 'no address' is not an e-mail address.",
        "Name: This must not be empty.",
        "Country: 'Atlantis' is not a country.",
    ]
    mended[1][2], mended[2][1], mended[3][3] = "c50@crowd.test", "Customer 100", "DE"
    text = io.StringIO()
    csv.writer(text).writerows(mended)
    ordered(staff, tried(staff, uploaded(staff, "customers", text.getvalue())))
    assert Customer.objects.count() == 200


@pytest.mark.parametrize("noun", ["customers", "products", "invoices"])
def test_the_example_files_work_as_they_are(staff: Client, actor: Actor, noun: str) -> None:
    if noun == "invoices":
        customer(actor, email="accounts@globex.example")
    answer = staff.get(f"/imports/examples/{noun}.csv")
    row = tried(staff, uploaded(staff, noun, answer.content))
    assert problems(row) == []
    assert row.report["counts"]["new"] == (1 if noun == "invoices" else 2)


def test_numbers_and_days_are_read_as_the_file_writes_them(staff: Client, actor: Actor) -> None:
    customer(actor, name="Globex")
    text = (
        "Rechnungsnr;Kunde;Rechnungsdatum;Leistung;Menge;Preis\n"
        "R-1;Globex;31.01.2025;Beratung;1,5;1.234,50 €\n"
        "R-1;;;Fahrt;2;10,25\n"
        "R-2;Globex;05.02.2025;Beratung;1;100\n"
    )
    row = tried(staff, uploaded(staff, "invoices", text))
    assert (row.decimal_mark, row.is_day_first) == (",", True)
    ordered(staff, row)
    first, second = Invoice.objects.order_by("pk")
    assert (first.reference, str(first.issue_date), first.total) == ("R-1", "2025-01-31", 187225)
    assert [line.quantity for line in first.lines.all()] == [Decimal("1.5"), Decimal(2)]
    assert (str(second.issue_date), second.status) == ("2025-02-05", "draft")


def test_existing_rows_are_left_alone_or_brought_up_to_date(staff: Client, actor: Actor) -> None:
    there = customer(actor, name="Old name", external_reference="7", email="a@b.test")
    text = "number,name,email\n7,New name,\n,Third,A@B.test\n8,Other,a@b.test\n"
    row = tried(staff, uploaded(staff, "customers", text))
    assert [each["fate"] for each in row.report["objects"]] == ["skipped", "skipped", "new"]
    text = "number,name,email\n7,New name,\n"
    row = tried(staff, uploaded(staff, "customers", text), existing="update")
    assert row.report["counts"]["changed"] == 1
    job = ordered(staff, row)
    there.refresh_from_db()
    assert (there.name, there.email) == ("New name", "a@b.test")
    staff.post(f"/jobs/{job.uuid}/undo")
    drain(AT)
    assert Customer.objects.filter(pk=there.pk).exists()


def test_what_was_added_can_be_taken_out_again(staff: Client) -> None:
    job = ordered(staff, tried(staff, uploaded(staff, "products", "name,price\nA,1\nB,2.50\n")))
    assert Product.objects.count() == 2
    staff.post(f"/jobs/{job.uuid}/undo")
    drain(AT)
    assert not Product.objects.exists()


def test_all_or_nothing_is_refused_while_rows_are_bad(staff: Client) -> None:
    row = tried(staff, uploaded(staff, "products", "name,price\nA,1\nB,dear\n"))
    staff.post(f"/imports/{row.uuid}/run", {"how": "all"})
    assert not Job.objects.exists()


def test_all_or_nothing_keeps_nothing_when_a_row_fails_after_all(
    staff: Client, actor: Actor
) -> None:
    text = "sku,name,price,tax\na,A,1,\nb,B,2,19\n"
    tax = tax_profile(actor, "19")
    row = tried(staff, uploaded(staff, "products", text))
    update_tax_profile(actor=actor, at=AT, tax_profile_id=tax.pk, is_active=False)
    job = ordered(staff, row, "all")
    assert not Product.objects.exists()
    assert [(i.status, i.note) for i in job.items.order_by("position")] == [
        ("failed", "Nothing was done, because of the row that failed."),
        ("failed", "There is no '19'."),
    ]
    assert bad_file(staff, row)[2][:2] == ["b", "B"]


def test_all_or_nothing_brings_all(staff: Client) -> None:
    row = tried(staff, uploaded(staff, "products", "sku,name,price\na,A,1\nb,B,2\n"))
    job = ordered(staff, row, "all")
    assert counts_of(job)["done"] == 2
    assert Product.objects.count() == 2


def test_an_issued_invoice_is_not_changed(staff: Client, actor: Actor) -> None:
    customer(actor, name="Globex")
    text = "invoice,customer,item,price\nR-1,Globex,Work,10\n"
    ordered(staff, tried(staff, uploaded(staff, "invoices", text)))
    issue_invoice(actor=actor, at=AT, invoice_id=Invoice.objects.get().pk)
    row = tried(staff, uploaded(staff, "invoices", text.replace(",10", ",12")), existing="update")
    assert row.report["counts"]["bad"] == 1


def test_taxes_are_found_by_name_or_by_rate(staff: Client, actor: Actor) -> None:
    nineteen = tax_profile(actor, "19", name="USt.")
    tax_profile(actor, "7", name="Reduced")
    text = "name,price,tax\nA,1,19 %\nB,1,reduced\nC,1,0\nD,1,21\n"
    row = tried(staff, uploaded(staff, "products", text))
    assert [each[1:] for each in problems(row)] == [("tax", "There is no '21'.")]
    ordered(staff, row)
    assert Product.objects.get(name="A").tax_profile == nineteen
    assert Product.objects.get(name="C").tax_profile is None


def test_the_same_number_twice_in_a_file_is_a_mistake(staff: Client) -> None:
    row = tried(staff, uploaded(staff, "customers", "no,name\n7,A\n7,B\n"))
    assert problems(row) == [(3, "external_reference", "'7' stands in row 2 already.")]


def test_formulas_come_in_as_text_and_go_out_harmless(staff: Client) -> None:
    text = "name,email\n'=1+1,ok@formula.test\n=cmd|x,bad\n"
    row = tried(staff, uploaded(staff, "customers", text))
    assert bad_file(staff, row)[1][0] == "'=cmd|x"
    ordered(staff, row)
    assert Customer.objects.get().name == "=1+1"


def test_a_file_that_cannot_be_read_says_why(staff: Client) -> None:
    file = SimpleUploadedFile("a.csv", b'name,price\n"A,1')
    answer = staff.post("/imports", {"noun": "products", "file": file})
    assert answer.status_code == 422
    assert "Row 2 cannot be read" in answer.content.decode()
    assert not Import.objects.exists()


def test_columns_that_are_missing_or_meant_twice_are_named(staff: Client) -> None:
    row = uploaded(staff, "products", "Eins,Zwei\nA,1\n")
    sent = {"decimal_mark": ".", "days": "day", "existing": "skip"}
    path = f"/imports/{row.uuid}/columns"
    answer = staff.post(path, {**sent, "column.0": "name", "column.1": "name"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Another column means this already." in page
    assert "No column means Price." in page
    row.refresh_from_db()
    assert row.report == {}


def test_an_import_is_ordered_once(staff: Client) -> None:
    row = tried(staff, uploaded(staff, "products", "name,price\nA,1\n"))
    first, second = (staff.post(f"/imports/{row.uuid}/run") for _ in range(2))
    assert first["Location"] == second["Location"]
    drain(AT)
    assert Product.objects.count() == 1
    assert staff.get(f"/imports/{row.uuid}/columns").status_code == 302


def test_only_who_may_write_the_kind_imports_it(
    staff: Client, viewer: Client, stranger: Client
) -> None:
    row = tried(staff, uploaded(staff, "products", "name,price\nA,1\n"))
    for path in (
        f"/imports/{row.uuid}",
        f"/imports/{row.uuid}/columns",
        f"/imports/{row.uuid}/bad.csv",
    ):
        assert staff.get(path).status_code == 200
        assert viewer.get(path).status_code == 403
        assert stranger.get(path).status_code == 404
    for verb in ("run", "delete"):
        assert viewer.post(f"/imports/{row.uuid}/{verb}").status_code == 403
        assert stranger.post(f"/imports/{row.uuid}/{verb}").status_code == 404
    assert Import.objects.count() == 1 and not Job.objects.exists()


def test_files_go_after_a_month(staff: Client) -> None:
    row = uploaded(staff, "products", "name,price\nA,1\n")
    clean_up(AT)
    assert default_storage.exists(row.storage_name)
    clean_up(row.updated_at + importing.KEEP * 2)
    assert not Import.objects.exists()
    assert not default_storage.exists(row.storage_name)


def test_a_file_can_be_deleted_at_once(staff: Client) -> None:
    row = uploaded(staff, "products", "name,price\nA,1\n")
    staff.post(f"/imports/{row.uuid}/delete")
    assert not Import.objects.exists()
    assert not default_storage.exists(row.storage_name)
