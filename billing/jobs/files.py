"""The files that many rows make together."""

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Protocol

from django.conf import settings

from accounts.models import BankAccount
from billing.documents import invoice_pdf, pdf_file_name
from billing.models import Invoice
from billing.queries.invoices import get_invoice
from billing.reports.csv import guarded
from core.money import from_minor


class Writer(Protocol):
    """Takes the rows one after the other."""

    def add(self, organization_id: int, invoice_id: int) -> None: ...


@dataclass(frozen=True, slots=True)
class FileKind:
    """How a file of many rows is called and made."""

    ending: str
    media_type: str
    writer: type["_Zip"] | type["_Csv"]

    @contextmanager
    def open(self, file: IO[bytes]) -> Iterator[Writer]:
        """Whole once the block is left."""
        writer = self.writer(file)
        yield writer
        writer.close()


class _Zip:
    """Every document as PDF under its own file name."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        self._names: set[str] = set()

    def add(self, organization_id: int, invoice_id: int) -> None:
        invoice = get_invoice(organization_id, invoice_id)
        accounts = BankAccount.objects.of(organization_id).filter(currency=invoice.currency)
        content = invoice_pdf(
            invoice,
            bank_account=accounts.filter(is_default=True).first(),
            public_url=f"{settings.BASE_URL}/i/{invoice.public_token}",
        )
        name = pdf_file_name(invoice)
        if name in self._names:
            name = f"{invoice.uuid.hex[:8]}-{name}"
        self._names.add(name)
        # A day of its own instead of the clock's, so that the same documents give the same file.
        entry = zipfile.ZipInfo(name, (*invoice.issue_date.timetuple()[:3], 0, 0, 0))
        entry.external_attr = 0o644 << 16
        self._zip.writestr(entry, content)

    def close(self) -> None:
        self._zip.close()


_COLUMNS = (
    "number",
    "status",
    "settlement",
    "customer",
    "issue_date",
    "due_date",
    "currency",
    "net",
    "tax",
    "total",
    "amount_paid",
    "amount_due",
    "purchase_order",
    "reference",
)


class _Csv:
    """A row per invoice, with exact digits and no cell that a spreadsheet would calculate."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        file.write("\ufeff".encode())
        self._write(_COLUMNS)

    def add(self, organization_id: int, invoice_id: int) -> None:
        rows = Invoice.objects.of(organization_id).select_related("customer")
        invoice = rows.get(pk=invoice_id)
        money = [
            format(from_minor(minor, invoice.currency), "f")
            for minor in (
                invoice.total - invoice.tax_total,
                invoice.tax_total,
                invoice.total,
                invoice.amount_paid,
                invoice.amount_due,
            )
        ]
        self._write(
            (
                guarded(invoice.number or ""),
                str(invoice.status),
                str(invoice.settlement),
                guarded(invoice.customer.name),
                invoice.issue_date.isoformat(),
                invoice.due_date.isoformat(),
                invoice.currency,
                *money,
                guarded(invoice.purchase_order),
                guarded(invoice.reference),
            )
        )

    def close(self) -> None:
        """Every row is written as it comes."""

    def _write(self, cells: tuple[str, ...]) -> None:
        line = io.StringIO()
        csv.writer(line, lineterminator="\r\n").writerow(cells)
        self._file.write(line.getvalue().encode())


invoice_pdfs = FileKind("zip", "application/zip", _Zip)
invoice_list = FileKind("csv", "text/csv", _Csv)
