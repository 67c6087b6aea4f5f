"""What the document of /api/v2 says besides its endpoints."""

from integrations.dialects.backoffice.dialect import BACKOFFICE
from integrations.dialects.backoffice.events import EVENT_NAMES
from integrations.dialects.backoffice.shapes import FAULT
from integrations.dialects.base.openapi.manual import Manual

TAGS = {
    "customers": ("Customers", "Whom you bill."),
    "batch": ("Batches", "Many at once, all of them or none."),
    "invoices": ("Invoices", "What is created is issued at once, unless it is kept a draft."),
    "transactions": ("Transactions", "Income and expenses that are no invoice."),
    "accounts": ("Accounts", "Where money lies."),
    "categories": ("Categories", "What income and expenses are filed under."),
    "reports": ("Reports", "What was earned and spent."),
    "products": ("Products", "What you sell."),
    "quotes": ("Quotes", "Offers that may become invoices."),
    "departments": ("Departments", "Who answers tickets of a kind."),
    "tickets": ("Tickets", "Questions of customers, and their answers."),
    "leads": ("Leads", "People who may become customers."),
    "users": ("Users", "Who works in the organization, and in which role."),
    "webhooks": ("Webhooks", "Where events are sent."),
}
_DESCRIPTION = """\
The back office of a small business in one envelope: `{"success": true, "data": …}`.

- **Credentials**: `Authorization: Bearer ak_…`, 1,000 requests an hour for each key.
- **Lists** have `page`, `limit` and `meta` with `total_pages` and `total_records`.
- **Numbers** may be sent as texts; fields that nobody knows are ignored.
- **Errors** are 400 with a sentence for each field.
"""

MANUAL = Manual(
    dialect=BACKOFFICE,
    title="InvoiceApp back office API",
    version="2.0",
    description=_DESCRIPTION,
    fault=FAULT,
    tags=TAGS,
    nouns=dict.fromkeys(
        (
            "customer",
            "invoice",
            "transaction",
            "account",
            "category",
            "product",
            "quote",
            "department",
            "ticket",
            "lead",
            "user",
            "webhook",
        ),
        "",
    ),
    plain_id="42",
    scheme="bearerAuth",
    security_schemes={
        "bearerAuth": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "ak_…",
            "description": "An API key of the back office with the scopes listed.",
        }
    },
    rate_headers={
        "X-RateLimit-Limit": "Requests that the key has per hour.",
        "X-RateLimit-Remaining": "How many of them are left in this window.",
        "X-RateLimit-Reset": "When the window ends, in epoch seconds.",
    },
    events=dict.fromkeys(sorted(EVENT_NAMES), ""),
)
