"""The whole file: tables, documents, files, and a manifest that says what is in it."""

import datetime
import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Model

from accounts.models import BankAccount, Organization
from billing.documents import credit_note_pdf, invoice_pdf, pdf_file_name, quote_pdf
from billing.exports.registered import all_tables
from billing.exports.tables import Table
from billing.exports.writing import Archive, Sums, spelled, write_table
from billing.models import (
    Attachment,
    CreditNote,
    Invoice,
    InvoiceStatus,
    LedgerAccount,
    Quote,
)
from billing.queries.invoices import get_invoice
from core import exactjson
from core.text import clean_line

FORMAT = 1
# The name of the step, and how many rows or documents were done with it since the last call.
Progress = Callable[[str, int], None]
_README = """{name}: all data, taken on {day}.

csv/    One table a file: UTF-8, commas, a heading line, amounts with a point in units of
        their currency, instants in UTC. A text that a spreadsheet would calculate begins
        with an apostrophe, which is not part of it.
json/   The same rows with the same names, exact: numbers are to be read as decimals.
pdf/    The documents, if they were asked for.
files/  The attachments by their ids in csv/attachments.csv, if they were asked for.
manifest.json
        How many rows each table has, what its amounts sum to in each currency, the ledger's
        balances and whether they agree with the documents, and the SHA-256 of every file.

Tables refer to each other by ids: invoice_lines.invoice_id is an id of invoices. Amounts
of the ledger are debits where positive and credits where negative. Keys, passwords and the
tokens of public links are not in here.
"""


class Ledger:
    """What the exported rows themselves say of the books."""

    def __init__(self, organization_id: int) -> None:
        rows = LedgerAccount.objects.of(organization_id)
        role = LedgerAccount.SystemRole.RECEIVABLES
        account = rows.filter(system_role=role).values_list("code", flat=True).first()
        self._receivables = account or ""
        self._balances: Sums = defaultdict(lambda: defaultdict(int))
        self._due: dict[str, int] = defaultdict(int)

    def watch(self, table: Table, row: dict[str, Any]) -> None:
        if table.name == "ledger_postings":
            self._balances[row["account__code"]][row["currency"]] += row["amount"]
        elif table.name == "invoices" and row["status"] not in (
            InvoiceStatus.DRAFT,
            InvoiceStatus.VOID,
        ):
            settled = row["amount_paid"] + row["amount_credited"] + row["amount_written_off"]
            self._due[row["currency"]] += row["total"] - settled

    def figures(self) -> dict[str, Any]:
        booked = self._balances.get(self._receivables, {})
        currencies = {each for by in self._balances.values() for each in by}
        open_sums: Sums = {"invoices": dict(self._due), "ledger": dict(booked)}
        return {
            "balances": spelled(self._balances),
            "debits_equal_credits": all(
                sum(by.get(currency, 0) for by in self._balances.values()) == 0
                for currency in currencies
            ),
            "receivables": spelled(open_sums),
            "receivables_agree": all(
                self._due.get(currency, 0) == booked.get(currency, 0)
                for currency in {*self._due, *booked}
            ),
        }


def steps_in(organization_id: int, *, with_pdfs: bool, with_attachments: bool) -> int:
    """How many rows and documents there are to write."""
    count = sum(table.of(organization_id).count() for table in all_tables())
    if with_pdfs:
        count += sum(rows.count() for rows in _documents(organization_id))
    if with_attachments:
        count += Attachment.objects.of(organization_id).count()
    return count


def write_tables(
    archive: Archive, organization_id: int, progress: Progress
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Every table; its rows and sums by name, and what they say of the ledger."""
    ledger = Ledger(organization_id)
    tables = {}
    for table in all_tables():
        tables[table.name] = write_table(
            archive,
            table,
            organization_id,
            on_row=ledger.watch,
            on_batch=partial(progress, table.name),
        )
    return tables, ledger.figures()


def write_documents(archive: Archive, organization_id: int, progress: Progress) -> None:
    """Every invoice and credit note that was issued, and every quote, as PDF."""
    names: set[str] = set()
    for folder, document, content in _pdfs(organization_id):
        name = f"pdf/{folder}/{pdf_file_name(document)}"
        if name in names:
            name = f"pdf/{folder}/{document.uuid.hex[:8]}-{pdf_file_name(document)}"
        names.add(name)
        archive.add(name, content, is_packed=True)
        progress("pdf", 1)


def write_files(archive: Archive, organization_id: int, progress: Progress) -> list[str]:
    """Every attachment under its id; the ids of those whose file is lost."""
    missing = []
    for pk in _keys(Attachment, organization_id):
        row = Attachment.objects.of(organization_id).get(pk=pk)
        safe = posixpath.basename(clean_line(row.file_name, param="file", max_length=200))
        try:
            with default_storage.open(row.storage_name, "rb") as file:
                archive.copy(f"files/{row.uuid}/{safe or 'file'}", file, is_packed=True)
        except OSError:
            missing.append(str(row.uuid))
        progress("files", 1)
    return missing


def write_manifest(
    archive: Archive,
    organization: Organization,
    at: datetime.datetime,
    tables: dict[str, Any],
    ledger: dict[str, Any],
    missing: list[str],
) -> dict[str, Any]:
    """README and manifest, the last two files; what the manifest says but for the files."""
    readme = _README.format(name=organization.display_name, day=at.date().isoformat())
    archive.add("README.txt", readme.encode())
    said = {
        "format": FORMAT,
        "organization": {"id": str(organization.uuid), "name": organization.display_name},
        "taken_at": exactjson.spell_instant(at),
        "tables": tables,
        "ledger": ledger,
        "attachments_missing": missing,
    }
    whole = {**said, "files": list(archive.files)}
    archive.add("manifest.json", exactjson.dumps_indented(whole).encode())
    return said


def build(
    file: IO[bytes],
    organization: Organization,
    at: datetime.datetime,
    *,
    with_pdfs: bool,
    with_attachments: bool,
    progress: Progress,
    tables_in: Callable[[Callable[[], Any]], Any] = lambda work: work(),
) -> dict[str, Any]:
    """Write all of it; the manifest. `tables_in` may put a snapshot around the tables."""
    archive = Archive(file, at)
    pk = organization.pk
    tables, ledger = tables_in(lambda: write_tables(archive, pk, progress))
    if with_pdfs:
        write_documents(archive, pk, progress)
    missing = write_files(archive, pk, progress) if with_attachments else []
    said = write_manifest(archive, organization, at, tables, ledger, missing)
    archive.close()
    return said


def _documents(organization_id: int) -> tuple[Any, Any, Any]:
    return (
        Invoice.objects.of(organization_id).exclude(status=InvoiceStatus.DRAFT),
        CreditNote.objects.of(organization_id),
        Quote.objects.of(organization_id),
    )


def _pdfs(organization_id: int) -> Iterator[tuple[str, Any, bytes]]:
    invoices, notes, quotes = _documents(organization_id)
    accounts = {
        account.currency: account
        for account in BankAccount.objects.of(organization_id).filter(is_default=True)
    }
    for pk in _keys_of(invoices):
        invoice = get_invoice(organization_id, pk)
        url = f"{settings.BASE_URL}/i/{invoice.public_token}"
        account = accounts.get(invoice.currency)
        yield "invoices", invoice, invoice_pdf(invoice, bank_account=account, public_url=url)
    for pk in _keys_of(notes):
        note = notes.get(pk=pk)
        yield "credit_notes", note, credit_note_pdf(note)
    for pk in _keys_of(quotes):
        quote = quotes.get(pk=pk)
        yield "quotes", quote, quote_pdf(quote)


def _keys(model: type[Model], organization_id: int) -> Iterator[int]:
    return _keys_of(model._default_manager.filter(organization_id=organization_id))


def _keys_of(rows: Any) -> Iterator[int]:
    """The keys in order, a thousand at a time."""
    last = 0
    while keys := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:1000]):
        yield from keys
        last = keys[-1]
