"""What the document of /api/v0 says besides its endpoints."""

from integrations.dialects.base.openapi.manual import Manual
from integrations.dialects.wallet.dialect import WALLET
from integrations.dialects.wallet.shapes import FAULT

TAGS = {
    "invoices": ("Invoices", "Made by an application, numbered in its own series."),
    "customers": ("Customers", "Whom you bill."),
    "products": ("Products", "What you sell."),
    "taxes": ("Taxes", "A percentage, an amount for each unit, or a tax on a tax."),
    "wallets": ("Wallets", "Where you are paid to: on a blockchain, or at a bank."),
    "payment-links": ("Payment links", "Addresses that ask for money."),
    "webhooks": ("Webhooks", "Where events are sent."),
    "health": ("Health", "Whether the service answers."),
}
_DESCRIPTION = """\
For applications that bill in fiat or crypto.

- **Credentials**: `x-client-key` and `x-client-secret`, a pair for each application; writing
  100 times and reading 1,000 times a minute.
- **Lists** are bare arrays with `skip`, `take` and the header `X-Total-Count`.
- **Numbers** may be sent as texts; fields that nobody knows are ignored.
- **Errors** are `{statusCode, message, error}`; the message of a 400 may be a list.
"""

MANUAL = Manual(
    dialect=WALLET,
    title="InvoiceApp wallet API",
    version="0",
    description=_DESCRIPTION,
    fault=FAULT,
    tags=TAGS,
    nouns=dict.fromkeys(
        ("invoice", "customer", "product", "tax", "wallet", "payment link", "webhook"), ""
    ),
    scheme="clientPair",
    security_schemes={
        "clientPair": {
            "type": "apiKey",
            "in": "header",
            "name": "x-client-secret",
            "description": "The secret of a pair; its client key goes in `x-client-key`.",
        }
    },
    rate_headers={
        "X-RateLimit-Limit": "Requests of this sort that the pair has per minute.",
        "X-RateLimit-Remaining": "How many of them are left in this window.",
        "X-RateLimit-Reset": "When the window ends, in epoch seconds.",
    },
    events={
        "invoice.created": "An invoice was written; `status` says whether it is open already.",
        "invoice.paid": "Nothing is due any more.",
        "invoice.overdue": "The due date has passed and something is still due.",
    },
)
