"""What is new of what a source shows, and how it is kept: once, sealed, with its delivery."""

import datetime
import hashlib

from django.db import transaction

from core import events
from core.ids import uuid7
from integrations.collectors import receiving, vault
from integrations.collectors.base import MOST_BYTES, Found
from integrations.collectors.documents import media_type_of
from integrations.collectors.parsing.figures import Reading
from integrations.models import CallbackDelivery, CollectedInvoice, CollectorCredential

# Of what is kept by other ways than a visit.
_NOT_READ = Reading(problem="not_read")


class Cancelled(Exception):
    """The credential is gone, or somebody else holds it: whatever was found is thrown away."""


class NoDocument(Exception):
    """What was downloaded is no document of a kind that is known, or it is too large."""


def known_ids(credential: CollectorCredential) -> set[str]:
    """The source's ids of all invoices that were seen before."""
    rows = CollectedInvoice.objects.of(credential.organization_id).filter(credential=credential)
    return set(rows.values_list("external_id", flat=True))


@transaction.atomic
def note_old(held: CollectorCredential, found: Found, at: datetime.datetime) -> None:
    """Remember an invoice from before the credential's first day: it is never delivered."""
    check_held(held)
    CollectedInvoice.objects.get_or_create(
        organization_id=held.organization_id,
        credential=held,
        external_id=found.id,
        sha256="",
        defaults={**_facts(found), "created_at": at, "updated_at": at},
    )


@transaction.atomic
def keep(
    held: CollectorCredential,
    found: Found,
    content: bytes,
    at: datetime.datetime,
    reading: Reading = _NOT_READ,
) -> CollectedInvoice | None:
    """Keep a new invoice with its document, put it into the inbox with what was read in it,
    and plan its delivery, in one transaction.

    None for the same document under another id, which is noted and not delivered, and for
    what is kept already. Raises Cancelled, NoDocument.
    """
    media_type = media_type_of(checked(content))
    check_held(held)
    digest = hashlib.sha256(content).hexdigest()
    rows = CollectedInvoice.objects.of(held.organization_id).filter(credential=held)
    if rows.filter(external_id=found.id, sha256=digest).exists():
        return None
    twin = _twin(held, found, digest)
    invoice = CollectedInvoice.objects.create(
        organization_id=held.organization_id,
        credential=held,
        external_id=found.id,
        sha256=digest,
        collected_at=None if twin else at,
        duplicate_of=twin,
        media_type=media_type,
        size=len(content),
        sealed_document=b"" if twin else vault.seal(held, f"document {digest}", content),
        created_at=at,
        updated_at=at,
        **_facts(found),
    )
    if twin:
        return None
    receiving.receive_collected(invoice, reading, at)
    plan_delivery(held, CallbackDelivery.Kind.INVOICE, at, invoice)
    return invoice


def checked(content: bytes) -> bytes:
    """The content, if it is a document that is kept. Raises NoDocument."""
    if not media_type_of(content) or len(content) > MOST_BYTES:
        raise NoDocument
    return content


def document_of(invoice: CollectedInvoice, credential: CollectorCredential) -> bytes:
    """The document as it was downloaded. Raises SealBroken."""
    return vault.unseal(credential, f"document {invoice.sha256}", invoice.sealed_document)


def plan_delivery(
    credential: CollectorCredential,
    kind: CallbackDelivery.Kind,
    at: datetime.datetime,
    invoice: CollectedInvoice | None = None,
) -> None:
    """A row that the callback is told of as soon as there is a worker.

    What the organization collects for itself lies in its inbox, and is told to nobody.
    """
    if credential.user.is_own:
        return
    CallbackDelivery.objects.create(
        uuid=uuid7(),
        organization_id=credential.organization_id,
        credential=credential,
        kind=kind,
        invoice=invoice,
        created_at=at,
        next_attempt_at=at,
    )
    events.ring_on_commit()


def check_held(held: CollectorCredential) -> None:
    """Lock the credential's row. Raises Cancelled unless the lease of this run still holds it."""
    rows = CollectorCredential.objects.of(held.organization_id).select_for_update()
    mine = rows.filter(pk=held.pk, locked_until=held.locked_until).only("pk")
    if mine.first() is None:
        raise Cancelled


def _facts(found: Found) -> dict[str, object]:
    return {
        "issued_at": found.issued_at,
        "link": found.link[:2_000],
        "amount": found.amount[:64],
        "details": dict(found.details),
    }


def _twin(held: CollectorCredential, found: Found, digest: str) -> CollectedInvoice | None:
    """The same document, collected earlier under another id.

    Where ids name invoices, the moment and the amount must be the same too: some portals show
    one placeholder for every document that is not ready yet.
    """
    rows = CollectedInvoice.objects.of(held.organization_id).filter(
        credential=held, sha256=digest, duplicate_of=None, collected_at__isnull=False
    )
    rows = rows.exclude(external_id=found.id)
    if not found.names_carrier:
        rows = rows.filter(issued_at=found.issued_at, amount=found.amount[:64])
    return rows.defer("sealed_document").order_by("pk").first()
