"""How a supplier's document gets into the inbox: from a source, or by hand."""

import datetime
import hashlib
from typing import Any

from django.db import transaction

from accounts.actors import Actor, system_actor
from core.errors import DomainError, Kind
from core.events import emit
from core.money import from_minor
from integrations.collectors import cabinet, suppliers, vault
from integrations.collectors.base import MOST_BYTES
from integrations.collectors.documents import media_type_of
from integrations.collectors.parsing import wire
from integrations.collectors.parsing.figures import Reading
from integrations.models import CollectedInvoice, SupplierInvoice

READ, WRITE = "payments:read", "payments:write"
Status = SupplierInvoice.Status


class DocumentRefused(DomainError):
    code = "document_refused"
    message = "This is no PDF, XML, PNG or JPEG of at most {limit} bytes."
    default_param = "file"


class DocumentKnown(DomainError):
    kind, code = Kind.CONFLICT, "document_known"
    message = "This document is in the inbox already."
    default_param = "file"


def receive_collected(
    invoice: CollectedInvoice, reading: Reading, at: datetime.datetime
) -> SupplierInvoice:
    """Put what a source brought into the inbox. Part of the transaction that keeps it."""
    row = SupplierInvoice(
        organization_id=invoice.organization_id,
        collected=invoice,
        file_name=shown_name(invoice.details.get("file", "") or invoice.external_id),
        media_type=invoice.media_type,
        size=invoice.size,
        sha256=invoice.sha256,
        created_at=at,
        updated_at=at,
    )
    return _received(row, reading, _system(invoice), at)


@transaction.atomic
def upload(
    *, actor: Actor, at: datetime.datetime, file_name: str, content: bytes, reading: Reading
) -> SupplierInvoice:
    """Put a document that a person brings into the inbox, with what was read in it.

    Raises Forbidden, DocumentRefused, DocumentKnown.
    """
    actor.require(WRITE)
    media_type = media_type_of(checked(content))
    digest = hashlib.sha256(content).hexdigest()
    twins = SupplierInvoice.objects.of(actor.organization_id).filter(sha256=digest)
    # Whoever rejected one may bring it again.
    if twins.exclude(status=Status.REJECTED).exists():
        raise DocumentKnown()
    row = SupplierInvoice(
        organization_id=actor.organization_id,
        file_name=shown_name(file_name),
        media_type=media_type,
        size=len(content),
        sha256=digest,
        created_at=at,
        updated_at=at,
    )
    own_document(row)
    _received(row, reading, actor, at)
    # Last, so that only a crash between here and the commit leaves a file without a row.
    cabinet.store(row, content)
    return row


def note(
    verb: str,
    row: SupplierInvoice,
    actor: Actor,
    at: datetime.datetime,
    **more: Any,
) -> None:
    """Say what became of it, in the operation's transaction."""
    emit(f"supplier_invoice.{verb}", subject=row, data=snapshot(row), actor=actor, at=at, **more)


def checked(content: bytes) -> bytes:
    """The content, if it is a document that is kept. Raises DocumentRefused."""
    if not media_type_of(content) or len(content) > MOST_BYTES:
        raise DocumentRefused(limit=f"{MOST_BYTES:,}")
    return content


def own_document(row: SupplierInvoice) -> None:
    """Give the row a data key and a place for a document of its own. Writes nothing."""
    vault.seal_new_key(row)
    row.storage_name = cabinet.new_name(row.organization_id)


def snapshot(row: SupplierInvoice) -> dict[str, Any]:
    """The row as events show it: without the document."""
    has_total = row.total is not None and row.currency
    return {
        "object": "supplier_invoice",
        "uuid": str(row.uuid),
        "status": row.status,
        "supplier": row.supplier_name,
        "number": row.number,
        "is_credit_note": row.is_credit_note,
        "issue_date": row.issue_date,
        "due_date": row.due_date,
        "currency": row.currency,
        "total": from_minor(row.total or 0, row.currency) if has_total else None,
        "category_id": row.category_id,
        "transaction_id": row.transaction_id,
        "file_name": row.file_name,
        "sha256": row.sha256,
        "reason": row.reason,
    }


def _system(invoice: CollectedInvoice) -> Actor:
    organization = invoice.organization
    return system_actor(organization.pk, livemode=organization.livemode)


def shown_name(name: str) -> str:
    """A name of a stranger's making as one line to show; never used as a path."""
    last = str(name).replace("\\", "/").rpartition("/")[2] or str(name)
    plain = "".join(char for char in last if char.isprintable())
    return plain.strip()[:300] or "document"


def _received(
    row: SupplierInvoice, reading: Reading, actor: Actor, at: datetime.datetime
) -> SupplierInvoice:
    row.problem, row.problem_detail = reading.problem, reading.detail[:200]
    if reading.invoice is not None:
        row.figures = wire.invoice_dumped(reading.invoice)
        suppliers.draft(row, reading.invoice)
    row.save(force_insert=True)
    note("received", row, actor, at, sequence=1)
    return row
