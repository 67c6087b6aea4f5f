"""Customers say on the portal that an invoice, or a line of it, is wrong."""

import datetime

from django.db import transaction

from accounts.actors import Actor
from billing.models import Dispute
from billing.operations.disputes import open_dispute
from billing.queries.lookup import Ref, find
from billing.queries.portal import shown_invoices


@transaction.atomic
def dispute_own_invoice(
    *,
    actor: Actor,
    at: datetime.datetime,
    invoice_id: Ref,
    reason: str,
    line_id: Ref | None = None,
) -> Dispute:
    """An objection in the customer's own words; staff are told, and answer it.

    Raises Forbidden, NotFound, InvoiceNotDisputable, DisputeAlreadyOpen, UnknownReference,
    InvalidValue.
    """
    actor.require("portal:dispute")
    mine = shown_invoices(actor.organization_id, actor.customer_id or 0).only("pk")
    return open_dispute(
        actor=actor.granted("invoices:write"),
        at=at,
        invoice_id=find(mine, invoice_id, "invoice").pk,
        kind=Dispute.Kind.OBJECTION,
        reason=reason,
        line_id=line_id,
    )
