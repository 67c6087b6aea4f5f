"""Credit notes, customer credit, and what their actions answer."""

from dataclasses import replace

from integrations.dialects.base.shapes import (
    Many,
    Node,
    Shape,
    choice,
    day,
    labels,
    maybe,
    moment,
    number,
    page_of,
    text,
    whole,
)
from integrations.dialects.enterprise.shapes.invoices import LINE, PARTY, TAX
from integrations.dialects.enterprise.shapes.payments import REFUND
from integrations.dialects.enterprise.shapes.resources import TIMES, reference, resource
from integrations.dialects.enterprise.words import CREDIT_NOTE_STATUSES, INVOICE_STATUSES

_STATUS = choice(*CREDIT_NOTE_STATUSES.words)
_ROW: dict[str, Node] = {
    "number": text(),
    "status": _STATUS,
    "customer": PARTY,
    "invoice_id": maybe(reference("invoice", "What it takes back; null for a stand-alone note.")),
    "invoice_number": maybe(text()),
    "reason": text(),
    "issue_date": day(),
    "currency": text(),
    "subtotal": number(),
    "discount_total": number(),
    "tax_total": number(),
    "total": number(),
    "amount_applied": number("What it took off invoices."),
    "amount_unapplied": number("Credit that is left on it."),
    "amount_refunded": number("What was paid back because of it."),
    "amount_out_of_band": number("What was settled outside of the accounts."),
    "version": whole(),
    "pdf_url": text(),
    "issued_at": moment(),
    "sent_at": maybe(moment("When the first mail server accepted it.")),
    "voided_at": maybe(moment()),
    **TIMES,
}
CREDIT_LINE = replace(
    LINE,
    name="CreditedLineItem",
    fields={**LINE.fields, "line_item_id": maybe(reference("line", "The invoice's line."))},
)
CREDIT_NOTE = resource(
    "CreditNote",
    "credit note",
    "credit_note",
    {
        **_ROW,
        "line_items": Many(CREDIT_LINE),
        "charge_total": number(),
        "rounding_amount": number(),
        "taxes": Many(TAX),
        "notes": text(),
        "metadata": labels(),
        "refunds": Many(REFUND, "Only where one credit note is asked for."),
    },
    optional=frozenset({"refunds"}),
    description="Amounts are positive: what is taken back.",
)
CREDIT_NOTE_ROW = resource(
    "CreditNoteRow",
    "credit note",
    "credit_note",
    _ROW,
    description="A credit note without lines, taxes and texts.",
)
CREDIT_NOTES = page_of(CREDIT_NOTE_ROW)
SENT = Shape(
    name="SentCreditNote",
    fields={
        "id": reference("credit note"),
        "object": choice("credit_note"),
        "number": text(),
        "status": _STATUS,
        "sent_at": moment("When the message was taken over."),
        "email_status": Shape(
            name="CreditNoteEmailStatus",
            fields={"sent_to": Many(text()), "message_id": reference("message")},
        ),
    },
)
CUSTOMER_CREDIT = Shape(
    name="CustomerCredit",
    fields={
        "object": choice("customer_credit"),
        "customer_id": reference("customer"),
        "balances": Many(
            Shape(
                name="CreditBalance",
                fields={
                    "currency": text(),
                    "amount": number(),
                    "from_payments": number("Paid and not used on any invoice."),
                    "from_credit_notes": number(),
                },
            ),
            "One for each currency in which there is credit; they are never added up.",
        ),
        "sources": Many(
            Shape(
                name="CreditSource",
                fields={
                    "type": choice("payment", "credit_note"),
                    "id": text("The payment or credit note."),
                    "number": text(),
                    "date": day(),
                    "currency": text(),
                    "amount": number("What it was over as a whole."),
                    "amount_unapplied": number(),
                },
            ),
            "Oldest first, which is the order in which credit is used.",
        ),
    },
)
APPLICATION = Shape(
    name="CreditApplication",
    fields={
        "object": choice("credit_application"),
        "customer_id": reference("customer"),
        "applied": Many(
            Shape(
                name="AppliedCredit",
                fields={
                    "invoice_id": reference("invoice"),
                    "number": text(),
                    "status": choice(*INVOICE_STATUSES.words),
                    "amount": number("The credit that went to this invoice."),
                    "amount_due": number("What it still asks for."),
                    "currency": text(),
                },
            )
        ),
        "credit": CUSTOMER_CREDIT,
    },
)
