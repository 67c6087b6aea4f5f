"""The invoice object, its row in a list, and what its actions answer."""

from integrations.dialects.base.shapes import (
    Many,
    Node,
    Shape,
    choice,
    day,
    flag,
    identifier,
    labels,
    maybe,
    moment,
    number,
    page_of,
    text,
    whole,
)
from integrations.dialects.enterprise.shapes.disputes import DISPUTE
from integrations.dialects.enterprise.shapes.payments import PAYMENT
from integrations.dialects.enterprise.shapes.resources import TIMES, reference, resource
from integrations.dialects.enterprise.words import DISCOUNT_TYPES, INVOICE_STATUSES

PARTY = Shape(
    name="InvoiceCustomer",
    fields={"id": reference("customer"), "name": text(), "email": text()},
    description="As printed on an issued invoice; as the customer is now on a draft.",
)
LINE = Shape(
    name="LineItem",
    fields={
        "id": reference("line"),
        "product_id": reference("product"),
        "description": text(),
        "details": text(),
        "quantity": number(),
        "unit": text(),
        "unit_price": number(),
        "discount_amount": number(),
        "subtotal": number("After the line's own discount, before tax."),
        "tax_percent": number(),
        "tax_amount": number("Before the invoice's discount; for information only."),
        "total": number(),
    },
    optional=frozenset({"product_id"}),
)
TAX = Shape(
    name="TaxSubtotal",
    fields={
        "name": text(),
        "category": text(),
        "rate": number(),
        "base": number(),
        "amount": number(),
    },
)
_STATUS = choice(*INVOICE_STATUSES.words)
_HEAD: dict[str, Node] = {
    "number": maybe(text("Null on a draft where numbers are given when issuing.")),
    "status": _STATUS,
    "customer": PARTY,
    "issue_date": day(),
    "due_date": day(),
    "currency": text(),
}
_DATES: dict[str, Node] = {
    "issued_at": maybe(moment()),
    "sent_at": maybe(moment("When the first mail server accepted it.")),
    "viewed_at": maybe(moment()),
    "paid_at": maybe(moment()),
    "voided_at": maybe(moment()),
    "disputed_at": maybe(moment("Since when a dispute is open. Nobody is reminded meanwhile.")),
}
_LINKS: dict[str, Node] = {
    "version": whole("Rises with every change; send it as If-Match."),
    "pdf_url": maybe(text()),
    "public_url": text("The page a customer opens without signing in."),
}
_LATE = frozenset({"days_overdue"})

_TERMS: dict[str, Node] = {
    "payment_terms_rule": text("Such as `2/10 net 30`; what the due date followed."),
    "early_payment": maybe(
        Shape(
            name="EarlyPayment",
            fields={
                "percent": number(),
                "until": day("The last day on which paying `total` settles the invoice."),
                "discount": number("Credited then, tax included."),
                "total": number("What the invoice comes to if paid by then."),
            },
        )
    ),
}

INVOICE = resource(
    "Invoice",
    "invoice",
    "invoice",
    {
        **_HEAD,
        **_TERMS,
        "line_items": Many(LINE),
        "subtotal": number(),
        "discount_type": maybe(choice(*DISCOUNT_TYPES.words)),
        "discount_value": number(),
        "discount_total": number(),
        "charge_total": number(),
        "tax_total": number(),
        "taxes": Many(TAX),
        "rounding_amount": number(),
        "total": number(),
        "amount_paid": number(),
        "amount_credited": number(),
        "amount_written_off": number(),
        "amount_due": number(),
        "days_overdue": whole("Only on an overdue invoice."),
        "notes": text(),
        "terms": text(),
        "footer": text(),
        "template_id": text(),
        "po_number": text(),
        "reference": text(),
        "metadata": labels(),
        "reminders_enabled": flag("False: no reminders of this invoice."),
        **_LINKS,
        **_DATES,
        "void_reason": maybe(text()),
        "dispute": maybe(DISPUTE),
        **TIMES,
    },
    optional=_LATE,
)
INVOICE_ROW = resource(
    "InvoiceRow",
    "invoice",
    "invoice",
    {
        **_HEAD,
        "subtotal": number(),
        "discount_total": number(),
        "tax_total": number(),
        "total": number(),
        "amount_paid": number(),
        "amount_due": number(),
        "days_overdue": whole("Only on an overdue invoice."),
        "po_number": text(),
        "reference": text(),
        **_LINKS,
        **_DATES,
        **TIMES,
    },
    optional=_LATE,
    description="An invoice without lines, taxes and texts.",
)
INVOICES = page_of(INVOICE_ROW)

_ACTED: dict[str, Node] = {
    "id": identifier("inv"),
    "object": choice("invoice"),
    "number": maybe(text()),
    "status": _STATUS,
}
SENT = Shape(
    name="SentInvoice",
    fields={
        **_ACTED,
        "sent_at": moment("When the message was taken over."),
        "email_status": Shape(
            name="EmailStatus",
            fields={"sent_to": Many(text()), "message_id": reference("message")},
        ),
    },
)
VOIDED = Shape(
    name="VoidedInvoice",
    fields={**_ACTED, "voided_at": moment(), "void_reason": text()},
)
PAID = Shape(
    name="PaidInvoice",
    fields={
        **_ACTED,
        "paid_at": day("The day the money came."),
        "amount_due": number(),
        "payment": PAYMENT,
    },
)
