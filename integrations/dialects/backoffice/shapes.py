"""What /api/v2 answers: every object inside {"success": true, "data": …}."""

from collections.abc import Mapping

from integrations.dialects.backoffice.words import (
    INVOICE_STATUSES,
    LEAD_STATUSES,
    PRIORITIES,
    PRODUCT_TYPES,
    QUOTE_STATUSES,
    ROLES,
    TICKET_STATUSES,
    TRANSACTION_TYPES,
)
from integrations.dialects.base.shapes import (
    Many,
    Node,
    Shape,
    choice,
    day,
    flag,
    maybe,
    moment,
    number,
    text,
    whole,
)

_TIMES: Mapping[str, Node] = {"created_at": moment(), "updated_at": moment()}
_META = Shape(
    name="Meta",
    fields={"current_page": whole(), "total_pages": whole(), "total_records": whole()},
)


def one_of(shape: Shape) -> Shape:
    """The envelope around one object."""
    return Shape(
        name=f"{shape.name}Answer", fields={"success": flag("Always true."), "data": shape}
    )


def page_of(shape: Shape) -> Shape:
    """The envelope around a page of objects."""
    return Shape(
        name=f"{shape.name}Page",
        fields={"success": flag("Always true."), "data": Many(shape), "meta": _META},
    )


DONE = Shape(name="Done", fields={"success": flag("Always true."), "message": text()})
FAULT = Shape(
    name="Error",
    fields={
        "success": flag("Always false."),
        "message": text(),
        "errors": Shape(
            name="FieldErrors", fields={}, rest=text(), description="A sentence for each field."
        ),
    },
    optional=frozenset({"errors"}),
)

CUSTOMER = Shape(
    name="Customer",
    fields={
        "id": whole(),
        "account": text("The name by which staff know the customer."),
        "email": text(),
        "phone": text(),
        "company": text(),
        "address": text(),
        "city": text(),
        "state": text(),
        "zip": text(),
        "country": text(),
        "currency": text(),
        "notes": text(),
        **_TIMES,
    },
)
BATCH = Shape(
    name="CustomerBatchAnswer",
    fields={"success": flag("Always true."), "data": Many(CUSTOMER)},
)
ITEM = Shape(
    name="Item",
    fields={
        "description": text(),
        "amount": number("Of one unit."),
        "qty": number(),
        "tax_rate": number("Percent, summed over the line's taxes."),
        "total": number("Before tax."),
        "product_id": maybe(whole()),
    },
)
INVOICE = Shape(
    name="Invoice",
    fields={
        "id": whole(),
        "invoice_number": maybe(text()),
        "customer_id": whole(),
        "date": day(),
        "due_date": day(),
        "amount": number("The total with tax."),
        "tax": number(),
        "amount_paid": number(),
        "amount_due": number(),
        "currency": text(),
        "status": choice(*dict.fromkeys(INVOICE_STATUSES.values())),
        "items": Many(ITEM),
        "notes": text(),
        "public_url": text(),
        **_TIMES,
    },
)
PAYMENT = Shape(
    name="Payment",
    fields={
        "id": whole(),
        "payment_number": text(),
        "invoice_id": whole(),
        "amount": number(),
        "currency": text(),
        "method": text(),
        "date": day(),
        "reference": text(),
        "created_at": moment(),
    },
)
QUOTE = Shape(
    name="Quote",
    fields={
        "id": whole(),
        "quote_number": maybe(text()),
        "customer_id": whole(),
        "date": day(),
        "valid_until": day(),
        "amount": number(),
        "currency": text(),
        "status": choice(*QUOTE_STATUSES.values(), "Expired"),
        "items": Many(ITEM),
        "notes": text(),
        **_TIMES,
    },
)
TRANSACTION = Shape(
    name="Transaction",
    fields={
        "id": whole(),
        "type": choice(*TRANSACTION_TYPES.words),
        "account_id": whole(),
        "account": text(),
        "category_id": whole(),
        "category": text(),
        "customer_id": maybe(whole()),
        "amount": number(),
        "currency": text(),
        "description": text(),
        "reference": text(),
        "date": day(),
        **_TIMES,
    },
)
ACCOUNT = Shape(
    name="Account",
    fields={"id": whole(), "code": text(), "name": text(), "balance": number()},
)
CATEGORY = Shape(
    name="Category",
    fields={
        "id": whole(),
        "code": text(),
        "name": text(),
        "type": choice(*TRANSACTION_TYPES.words),
    },
)
PRODUCT = Shape(
    name="Product",
    fields={
        "id": whole(),
        "name": text(),
        "price": number(),
        "description": text(),
        "type": choice(*PRODUCT_TYPES.words),
        "tax_rate": number(),
        "sku": text(),
        "unit": text(),
        "currency": text(),
        **_TIMES,
    },
)
DEPARTMENT = Shape(name="Department", fields={"id": whole(), "name": text()})
TICKET = Shape(
    name="Ticket",
    fields={
        "id": whole(),
        "customer_id": whole(),
        "department_id": maybe(whole()),
        "subject": text(),
        "status": choice(*TICKET_STATUSES.words),
        "priority": choice(*PRIORITIES.words),
        "closed_at": maybe(moment()),
        **_TIMES,
    },
)
REPLY = Shape(
    name="Reply",
    fields={
        "id": whole(),
        "ticket_id": whole(),
        "message": text(),
        "author": text(),
        "from_customer": flag(),
        "created_at": moment(),
    },
)
LEAD = Shape(
    name="Lead",
    fields={
        "id": whole(),
        "first_name": text(),
        "last_name": text(),
        "email": text(),
        "company": text(),
        "phone": text(),
        "source": text(),
        "notes": text(),
        "status": choice(*LEAD_STATUSES.words),
        "customer_id": maybe(whole("The customer it became.")),
        **_TIMES,
    },
)
USER = Shape(
    name="User",
    fields={
        "id": whole(),
        "name": text(),
        "email": text(),
        "role": choice(*ROLES.words),
        **_TIMES,
    },
)
WEBHOOK = Shape(
    name="Webhook",
    fields={
        "id": whole(),
        "url": text(),
        "events": Many(text()),
        "description": text(),
        "secret": text("Signs the deliveries; shown only when it was just made."),
        "active": flag(),
        **_TIMES,
    },
    optional=frozenset({"secret"}),
)
WEBHOOK_TEST = Shape(
    name="WebhookTest",
    fields={
        "delivery_status": text(),
        "response_code": maybe(whole()),
        "response_time_ms": maybe(whole()),
    },
)
FINANCIAL = Shape(
    name="FinancialSummary",
    fields={
        "income": number("Earned in the period, without tax, in the books' currency."),
        "expenses": number(),
        "profit": number(),
        "outstanding_invoices": number("Owed at the end of the period."),
        "currency": text(),
    },
)
