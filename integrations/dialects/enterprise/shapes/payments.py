"""The payment and refund objects."""

from integrations.dialects.base.shapes import (
    Many,
    Shape,
    choice,
    day,
    identifier,
    labels,
    maybe,
    number,
    page_of,
    text,
)
from integrations.dialects.enterprise.shapes.resources import CREATED, TIMES, reference, resource
from integrations.dialects.enterprise.words import PAYMENT_METHODS, PAYMENT_STATUSES

_STATUSES = tuple(dict.fromkeys((*PAYMENT_STATUSES.words, "refunded")))

REFUND = resource(
    "Refund",
    "refund",
    "refund",
    {
        "refund_number": text(),
        "payment_id": maybe(
            reference("payment", "Null where a stand-alone credit note was paid out.")
        ),
        "credit_note_id": maybe(reference("credit note")),
        "amount": number(),
        "currency": text(),
        "reason": text(),
        "refund_date": day(),
        "status": choice("pending", "processing", "succeeded", "failed"),
        **CREATED,
    },
)
PAYMENT = resource(
    "Payment",
    "payment",
    "payment",
    {
        "payment_number": text(),
        "invoice_id": maybe(reference("invoice")),
        "customer_id": reference("customer"),
        "amount": number(),
        "currency": text(),
        "amount_refunded": number(),
        "amount_unapplied": number("Not allocated to any invoice: the customer's credit."),
        "payment_method": choice(*PAYMENT_METHODS.words),
        "payment_date": day(),
        "transaction_id": maybe(text()),
        "gateway": maybe(text()),
        "reference": maybe(text()),
        "notes": text(),
        "failure_reason": maybe(text()),
        "metadata": labels(),
        "status": choice(*_STATUSES),
        "refunds": Many(REFUND, "Only where one payment is asked for."),
        **TIMES,
    },
    optional=frozenset({"refunds"}),
)
PAYMENTS = page_of(PAYMENT)
REFUNDED_PAYMENT = Shape(
    name="RefundedPayment",
    fields={
        "id": identifier("pay"),
        "object": choice("payment"),
        "status": choice(*_STATUSES),
        "amount": number(),
        "amount_refunded": number(),
        "currency": text(),
        "refund": REFUND,
    },
)
