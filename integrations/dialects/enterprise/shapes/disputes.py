"""Disputes of invoices."""

from integrations.dialects.base.shapes import (
    choice,
    day,
    maybe,
    moment,
    number,
    page_of,
    text,
)
from integrations.dialects.enterprise.shapes.resources import TIMES, reference, resource
from integrations.dialects.enterprise.words import (
    DISPUTE_KINDS,
    DISPUTE_OUTCOMES,
    DISPUTE_STATUSES,
)

DISPUTE = resource(
    "Dispute",
    "dispute",
    "dispute",
    {
        "type": choice(*DISPUTE_KINDS.words),
        "status": choice(*DISPUTE_STATUSES.words),
        "outcome": maybe(choice(*DISPUTE_OUTCOMES.words)),
        "invoice_id": reference("invoice"),
        "invoice_number": maybe(text()),
        "line_id": maybe(reference("line", "The line objected to; null: the whole invoice.")),
        "payment_id": maybe(reference("payment", "The payment that was charged back.")),
        "refund_id": maybe(reference("refund", "What the bank took.")),
        "returned_payment_id": maybe(reference("payment", "What came back when it was won.")),
        "credit_note_id": maybe(reference("credit note", "What it was credited by.")),
        "fee_invoice_id": maybe(reference("invoice", "The invoice over the chargeback's fee.")),
        "amount": number("What is disputed, in the invoice's currency."),
        "currency": text(),
        "reason": text("In the words of who disputes."),
        "reference": maybe(text("Of the bank or gateway.")),
        "opened_on": day(),
        "closed_on": maybe(day()),
        "closed_at": maybe(moment()),
        "note": maybe(text("What was said when it was closed.")),
        **TIMES,
    },
    description="Won and lost are the organization's view.",
)
DISPUTES = page_of(DISPUTE)
