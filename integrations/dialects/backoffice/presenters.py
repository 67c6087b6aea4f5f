"""Rows as /api/v2 shows them."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings

from accounts.models import Membership
from billing.models import (
    Customer,
    Department,
    Invoice,
    Lead,
    LedgerAccount,
    Payment,
    Product,
    Quote,
    Ticket,
    TicketReply,
    Transaction,
)
from billing.models.base import DocumentLine
from billing.queries.invoices import status_word
from billing.queries.quotes import is_expired
from integrations.dialects.backoffice.words import (
    INVOICE_STATUSES,
    LEAD_STATUSES,
    PRIORITIES,
    QUOTE_STATUSES,
    ROLES,
    TICKET_STATUSES,
    TRANSACTION_TYPES,
)
from integrations.dialects.base.figures import money, price, written
from integrations.models import WebhookEndpoint

Shown = dict[str, Any]


def _times(row: Any) -> Shown:
    return {"created_at": row.created_at, "updated_at": row.updated_at}


def present_customer(row: Customer) -> Shown:
    return {
        "id": row.pk,
        "account": row.name,
        "email": row.email,
        "phone": row.phone,
        "company": row.legal_name,
        "address": row.address_line1,
        "city": row.city,
        "state": row.subdivision,
        "zip": row.postal_code,
        "country": row.country,
        "currency": row.currency,
        "notes": row.notes,
        **_times(row),
    }


def present_invoice(row: Invoice, today: datetime.date) -> Shown:
    """With its items, which are loaded with it."""
    currency = row.currency
    return {
        "id": row.pk,
        "invoice_number": row.number,
        "customer_id": row.customer_id,
        "date": row.issue_date,
        "due_date": row.due_date,
        "amount": money(row.total, currency),
        "tax": money(row.tax_total, currency),
        "amount_paid": money(row.amount_paid, currency),
        "amount_due": money(row.amount_due, currency),
        "currency": currency,
        "status": invoice_status(row, today),
        "items": _items(row.lines.all(), currency),
        "notes": row.notes,
        "public_url": f"{settings.BASE_URL}/i/{row.public_token}",
        **_times(row),
    }


def invoice_status(row: Invoice, today: datetime.date) -> str:
    """The document's word. What is partly paid stays so when it is late."""
    word = status_word(row, today)
    if word == "overdue" and row.amount_due < row.total:
        word = "partially_paid"
    return INVOICE_STATUSES[word]


def present_payment(row: Payment) -> Shown:
    return {
        "id": row.pk,
        "payment_number": row.number,
        "invoice_id": row.invoice_id,
        "amount": money(row.amount, row.currency),
        "currency": row.currency,
        "method": row.method,
        "date": row.payment_date,
        "reference": row.reference,
        "created_at": row.created_at,
    }


def present_quote(row: Quote, today: datetime.date) -> Shown:
    status = "Expired" if is_expired(row, today) else QUOTE_STATUSES[row.status]
    return {
        "id": row.pk,
        "quote_number": row.number,
        "customer_id": row.customer_id,
        "date": row.issue_date,
        "valid_until": row.valid_until,
        "amount": money(row.total, row.currency),
        "currency": row.currency,
        "status": status,
        "items": _items(row.lines.all(), row.currency),
        "notes": row.notes,
        **_times(row),
    }


def present_transaction(row: Transaction) -> Shown:
    return {
        "id": row.pk,
        "type": TRANSACTION_TYPES.to_wire(row.kind),
        "account_id": row.account_id,
        "account": row.account.name,
        "category_id": row.category_id,
        "category": row.category.name,
        "customer_id": row.customer_id,
        "amount": money(row.amount, row.currency),
        "currency": row.currency,
        "description": row.description,
        "reference": row.reference,
        "date": row.date,
        **_times(row),
    }


def present_account(row: LedgerAccount, balance: int, currency: str) -> Shown:
    return {
        "id": row.pk,
        "code": row.code,
        "name": row.name,
        "balance": money(balance, currency),
    }


def present_category(row: LedgerAccount) -> Shown:
    return {
        "id": row.pk,
        "code": row.code,
        "name": row.name,
        "type": TRANSACTION_TYPES.to_wire(row.type),
    }


def present_product(row: Product) -> Shown:
    return {
        "id": row.pk,
        "name": row.name,
        "price": price(row.unit_price, row.currency),
        "description": row.description,
        "type": row.kind,
        "tax_rate": _plain(row.tax_profile.rate) if row.tax_profile else 0,
        "sku": row.sku,
        "unit": row.unit,
        "currency": row.currency,
        **_times(row),
    }


def present_department(row: Department) -> Shown:
    return {"id": row.pk, "name": row.name}


def present_ticket(row: Ticket) -> Shown:
    return {
        "id": row.pk,
        "customer_id": row.customer_id,
        "department_id": row.department_id,
        "subject": row.subject,
        "status": TICKET_STATUSES.to_wire(row.status),
        "priority": PRIORITIES.to_wire(row.priority),
        "closed_at": row.closed_at,
        **_times(row),
    }


def present_reply(row: TicketReply) -> Shown:
    return {
        "id": row.pk,
        "ticket_id": row.ticket_id,
        "message": row.message,
        "author": row.author_name,
        "from_customer": row.author == TicketReply.Author.CUSTOMER,
        "created_at": row.created_at,
    }


def present_lead(row: Lead) -> Shown:
    words = ("first_name", "last_name", "email", "company", "phone", "source", "notes")
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in words},
        "status": LEAD_STATUSES.to_wire(row.status),
        "customer_id": row.customer_id,
        **_times(row),
    }


def present_user(row: Membership) -> Shown:
    """Never with anything about a password."""
    return {
        "id": row.pk,
        "name": row.user.get_full_name(),
        "email": row.user.email,
        "role": ROLES.to_wire(row.role),
        **_times(row),
    }


def present_webhook(row: WebhookEndpoint, *, with_secret: bool = False) -> Shown:
    return {
        "id": row.pk,
        "url": row.url,
        "events": row.events,
        "description": row.description,
        **({"secret": row.secret} if with_secret else {}),
        "active": row.is_active,
        **_times(row),
    }


def _items(lines: Iterable[DocumentLine], currency: str) -> list[Shown]:
    return [
        {
            "description": _wording(line),
            "amount": price(line.unit_price, currency),
            "qty": written(line.quantity),
            "tax_rate": _tax_rate(line),
            "total": money(line.net_amount, currency),
            "product_id": line.product_id,
        }
        for line in lines
    ]


def _wording(line: DocumentLine) -> str:
    return line.description if line.description.startswith(line.name) else line.name


def _tax_rate(line: DocumentLine) -> Decimal | int:
    percents = [each for each in line.taxes if each.get("kind", "percent") == "percent"]
    return _plain(sum((Decimal(str(each["rate"])) for each in percents), Decimal(0)))


def _plain(rate: Decimal) -> Decimal | int:
    return int(rate) if rate == rate.to_integral_value() else rate.normalize()
