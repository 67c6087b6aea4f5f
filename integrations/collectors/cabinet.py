"""Sealed documents as files: below a folder of their organization, under names of our making.

A file is sealed piece by piece, so that a large one is never in memory twice and is opened as
it is sent. Each piece is bound to its place: pieces left out, swapped or cut off do not open.
"""

import datetime
from collections.abc import Iterator

from django.core.files.storage import default_storage

from core import files
from core.ids import random_text
from integrations.collectors import vault
from integrations.models import SupplierInvoice

FOLDER = "supplier-invoices"
_PIECE = 1_048_576
_SEALED_PIECE = _PIECE + vault.OVERHEAD


class DocumentMissing(Exception):
    """The row is there, its file is not."""


def new_name(organization_id: int) -> str:
    """Where the next document of that organization lies."""
    return f"{FOLDER}/{organization_id}/{random_text(32)}"


def store(invoice: SupplierInvoice, content: bytes) -> None:
    """Write the document of an invoice that has its data key and its storage_name."""
    pieces = max(1, -(-len(content) // _PIECE))
    sealed = b"".join(
        vault.seal(
            invoice, _place(number, pieces), content[number * _PIECE : (number + 1) * _PIECE]
        )
        for number in range(pieces)
    )
    files.keep(invoice.storage_name, sealed)


def opened(invoice: SupplierInvoice) -> Iterator[bytes]:
    """The document, piece by piece. Raises SealBroken, DocumentMissing."""
    pieces = max(1, -(-invoice.size // _PIECE))
    try:
        with default_storage.open(invoice.storage_name, "rb") as file:
            for number in range(pieces):
                yield vault.unseal(invoice, _place(number, pieces), file.read(_SEALED_PIECE))
    except OSError:
        raise DocumentMissing from None


def remove(name: str) -> None:
    """Delete a file, if it is there."""
    if name:
        default_storage.delete(name)


def remove_orphans(*, at: datetime.datetime) -> int:
    """Delete files without a row; how many went. Young ones may still get theirs."""
    return files.remove_orphans(FOLDER, SupplierInvoice.objects.all(), at=at)


def _place(number: int, pieces: int) -> str:
    return f"document {number + 1}/{pieces}"
