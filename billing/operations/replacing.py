"""The way to mend an invoice that is final: take it back, and begin anew from a copy."""

import datetime
from dataclasses import dataclass

from django.db import transaction

from accounts.actors import Actor
from billing.models import CreditNote, Invoice
from billing.operations.credit_notes import create_credit_note
from billing.operations.invoices import duplicate_invoice
from billing.operations.locks import lock_invoice
from billing.queries.lookup import Ref
from core.money import from_minor


@dataclass(frozen=True, slots=True)
class Replacement:
    """What took the invoice back, and the draft that takes its place."""

    credit_note: CreditNote
    draft: Invoice


@transaction.atomic
def replace_invoice(
    *,
    actor: Actor,
    at: datetime.datetime,
    on: datetime.date,
    invoice_id: Ref,
    reason: str,
) -> Replacement:
    """Credit all that is left of the invoice and copy it to a draft, or do neither.

    Money that was paid stays as the customer's credit, ready for the new invoice. Raises
    Forbidden, NotFound, and what create_credit_note raises.
    """
    actor.require("invoices:write", "payments:write")
    invoice = lock_invoice(actor.organization_id, invoice_id)
    paid = from_minor(invoice.amount_paid, invoice.currency)
    note = create_credit_note(
        actor=actor,
        at=at,
        invoice_id=invoice.pk,
        reason=reason,
        issue_date=on,
        credit_amount=paid if paid else None,
    )
    return Replacement(note, duplicate_invoice(actor=actor, at=at, invoice_id=invoice.pk))
