"""Files on documents: kept as they came, and nothing that pretends (P7)."""

import datetime
import hashlib
import io
import os
import struct
import zipfile
import zlib
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from PIL import Image

from accounts.actors import Actor
from accounts.pictures import PictureRefused
from billing.file_types import DOCX, FileRefused, FileTooLarge, media_type_of
from billing.models import Attachment, Invoice
from billing.operations import attachments
from billing.operations.attachments import (
    MailTooLarge,
    TooManyAttachments,
    attach_file,
    delete_attachment,
    remove_orphans,
)
from billing.operations.invoices import delete_invoice
from billing.queries.attachments import FileMissing, list_sent_with, read_content
from core.errors import Forbidden, InvalidValue, NotFound
from core.models import Event
from tests.builders import customer, draft_invoice, issued_invoice
from tests.instants import AT

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
XML = b"<?xml version='1.0'?><Invoice xmlns='urn:oasis:x'><ID>1</ID></Invoice>"


def picture(format: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(target, format=format)
    return target.getvalue()


def archive(*names: str, content: bytes = b"x") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, content)
    return target.getvalue()


def huge_png() -> bytes:
    """A few bytes that claim to be 20,000 pixels wide and high."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + checksum

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


XLSX_PARTS = ("[Content_Types].xml", "xl/workbook.xml")
DOCX_PARTS = ("[Content_Types].xml", "word/document.xml")
GOOD = [
    ("order.pdf", PDF, "application/pdf"),
    ("photo.PNG", picture(), "image/png"),
    ("photo.jpeg", picture("JPEG"), "image/jpeg"),
    ("hours.csv", "Ärger;1,00\n".encode(), "text/csv"),
    ("note.txt", b"\xef\xbb\xbfa < b and c > d", "text/plain"),
    ("einvoice.xml", XML, "application/xml"),
    ("hours.xlsx", archive(*XLSX_PARTS), "application/vnd.openxmlformats-officedocument"),
    ("letter.docx", archive(*DOCX_PARTS), DOCX),
]
BAD = [
    ("empty.pdf", b""),
    ("page.pdf", b"<html><script>alert(1)</script>"),
    ("late.pdf", b"junk" + PDF),
    ("polyglot.pdf", PDF.replace(b"trailer", b"<html ><body>trailer")),
    ("with_zip.pdf", PDF + b"\0" * 2000 + archive("x")),
    ("truncated.pdf", PDF[:-8]),
    ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
    ("svg.xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("xhtml.xml", b"<a:html xmlns:a='http://www.w3.org/1999/xhtml'/>"),
    ("svg.png", b"<svg onload=alert(1)>"),
    ("shell.php", b"<?php system($_GET[0]);"),
    ("shell.png", b"<?php system($_GET[0]);"),
    ("idat.png", picture() + b"<?php system($_GET[0]); ?>"),
    ("page.html", b"<html></html>"),
    ("page.txt", b"hello <SCRIPT>alert(1)</SCRIPT>"),
    ("page.csv", b"<!DOCTYPE html><p>"),
    ("run.py", b"import os"),
    ("noextension", PDF),
    ("photo.png", picture("JPEG")),
    ("photo.jpg", picture()),
    ("cut.png", picture()[:40]),
    ("pdf.png", PDF),
    ("bomb.png", huge_png()),
    ("utf16.txt", "Hallo".encode("utf-16")),
    ("nul.txt", b"a\0b"),
    ("latin.csv", "Ärger".encode("latin-1")),
    ("laughs.xml", b"<!DOCTYPE x [<!ENTITY a 'ha'>]><x>&a;</x>"),
    ("external.xml", b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>"),
    ("style.xml", b"<?xml-stylesheet href='x.xsl'?><x/>"),
    ("deep.xml", b"<x>" * 101 + b"</x>" * 101),
    ("open.xml", b"<x>"),
    ("archive.zip", archive("a.txt")),
    ("archive.xlsx", archive("a.txt")),
    ("word.xlsx", archive(*DOCX_PARTS)),
    ("macro.xlsx", archive(*XLSX_PARTS, "xl/vbaProject.bin")),
    ("slip.docx", archive(*DOCX_PARTS, "../../etc/cron.d/x")),
    ("bomb.docx", archive(*DOCX_PARTS, content=b"0" * 60_000_000)),
    ("cut.docx", archive(*DOCX_PARTS)[:-30]),
]


def attach(actor: Actor, invoice: Invoice, name: str = "order.pdf", **fields: Any) -> Attachment:
    fields = {"content": PDF, "at": AT, **fields}
    return attach_file(
        actor=actor, noun="invoice", subject_id=invoice.uuid, file_name=name, **fields
    )


def stored() -> list[str]:
    folder = settings.MEDIA_ROOT / "attachments"
    return [name for _, _, names in os.walk(folder) for name in names]


@pytest.fixture(autouse=True)
def _empty_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize(("name", "content", "media_type"), GOOD, ids=[n for n, _, _ in GOOD])
def test_kinds_that_are_kept(name: str, content: bytes, media_type: str) -> None:
    assert media_type_of(name, content).startswith(media_type)


@pytest.mark.parametrize(("name", "content"), BAD, ids=[name for name, _ in BAD])
def test_what_pretends_is_refused_P7(actor: Actor, name: str, content: bytes) -> None:
    invoice = draft_invoice(actor)
    before = Event.objects.count()
    with pytest.raises((FileRefused, PictureRefused)):
        attach(actor, invoice, name, content=content)
    assert (Attachment.objects.count(), stored()) == (0, [])
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.pdf", "a/b.pdf", "a\\b.pdf", "a\0.pdf", ".htaccess", "", "  .pdf\0"]
)
def test_names_that_are_paths_are_refused_P7(actor: Actor, name: str) -> None:
    with pytest.raises(InvalidValue):
        attach(actor, draft_invoice(actor), name)
    assert stored() == []


def test_bidi_controls_leave_the_name(actor: Actor) -> None:
    assert attach(actor, draft_invoice(actor), "a\u202efdp.pdf").file_name == "afdp.pdf"


def test_ten_megabytes_are_the_most() -> None:
    content = PDF.replace(b"trailer", b"%" + b"x" * (10 * 1_048_576 - len(PDF) - 2) + b"\ntrailer")
    assert len(content) == 10 * 1_048_576
    assert media_type_of("a.pdf", content) == "application/pdf"
    with pytest.raises(FileTooLarge):
        media_type_of("a.pdf", content.replace(b"trailer", b" trailer"))


def test_a_file_is_kept_as_it_came_under_a_random_name(actor: Actor) -> None:
    kept = attach(actor, issued_invoice(actor))
    folder, tenant, name = kept.storage_name.split("/")
    assert (folder, tenant) == ("attachments", str(actor.organization_id))
    assert len(name) == 32 and name.isalnum()
    assert read_content(kept) == PDF
    assert (kept.size, kept.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    event = Event.objects.latest("pk")
    assert (event.type, event.subject_uuid) == ("attachment.created", kept.uuid)


def test_deleting_removes_row_and_file_once_committed(
    actor: Actor, django_capture_on_commit_callbacks: Any
) -> None:
    kept = attach(actor, draft_invoice(actor))
    with django_capture_on_commit_callbacks(execute=True):
        delete_attachment(actor=actor, at=AT, attachment_id=kept.uuid)
    assert (Attachment.objects.count(), stored()) == (0, [])


def test_it_belongs_to_exactly_one_thing(actor: Actor) -> None:
    kept = attach(actor, draft_invoice(actor))
    kept.customer = customer(actor)
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.save()


def test_strangers_and_readers_attach_and_delete_nothing(
    actor: Actor, bob_actor: Actor, mallory_actor: Actor
) -> None:
    invoice = draft_invoice(actor)
    kept = attach(actor, invoice)
    for stranger, refusal in ((bob_actor, Forbidden), (mallory_actor, NotFound)):
        with pytest.raises(refusal):
            attach(stranger, invoice)
        with pytest.raises(refusal):
            delete_attachment(actor=stranger, at=AT, attachment_id=kept.uuid)
    assert (Attachment.objects.count(), len(stored())) == (1, 1)


def test_the_mailed_ones_fit_into_a_mail(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    invoice = issued_invoice(actor)
    monkeypatch.setattr(attachments, "MOST_MAILED_BYTES", 2 * len(PDF))
    first = attach(actor, invoice, "1.pdf", send_with_invoice=True)
    attach(actor, invoice, "2.pdf")
    third = attach(actor, invoice, "3.pdf", send_with_invoice=True)
    with pytest.raises(MailTooLarge):
        attach(actor, invoice, "4.pdf", send_with_invoice=True)
    assert list(list_sent_with(actor.organization_id, invoice.pk)) == [first, third]


def test_only_an_invoices_files_go_out_with_it(actor: Actor) -> None:
    with pytest.raises(InvalidValue):
        attach_file(
            actor=actor,
            at=AT,
            noun="customer",
            subject_id=customer(actor).pk,
            file_name="a.pdf",
            content=PDF,
            send_with_invoice=True,
        )


def test_there_is_a_most_per_document(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MOST_PER_OBJECT", 1)
    invoice = draft_invoice(actor)
    attach(actor, invoice)
    with pytest.raises(TooManyAttachments):
        attach(actor, invoice)
    assert len(stored()) == 1


def test_orphans_are_swept_after_an_hour(actor: Actor) -> None:
    invoice = draft_invoice(actor)
    attach(actor, invoice)
    kept = attach(actor, draft_invoice(actor))
    delete_invoice(actor=actor, at=AT, invoice_id=invoice.pk)
    written = default_storage.get_modified_time(kept.storage_name)
    assert remove_orphans(at=written + datetime.timedelta(minutes=59)) == 0
    assert remove_orphans(at=written + datetime.timedelta(minutes=61)) == 1
    assert stored() == [kept.storage_name.rpartition("/")[2]]


def test_a_lost_file_is_told_apart_from_an_unknown_one(actor: Actor) -> None:
    kept = attach(actor, draft_invoice(actor))
    default_storage.delete(kept.storage_name)
    with pytest.raises(FileMissing):
        read_content(kept)
