"""What the document of /v1 says besides its endpoints."""

from accounts.scopes import SCOPES
from integrations.dialects.base.openapi.manual import Manual
from integrations.dialects.base.shapes import Many, Shape, choice, text, whole
from integrations.dialects.enterprise.dialect import ENTERPRISE
from integrations.dialects.enterprise.errors import TYPES
from integrations.dialects.enterprise.event_texts import EVENT_TEXTS
from integrations.dialects.enterprise.expansions import EXPANSIONS
from integrations.dialects.enterprise.ids import PREFIXES

_FIELD_ERROR = Shape(name="FieldError", fields={"code": text(), "message": text(), "param": text()})
ERROR = Shape(
    name="Error",
    description="Every refusal of the API has this form, whatever refuses.",
    fields={
        "error": Shape(
            name="ErrorDetails",
            fields={
                "type": choice(*dict.fromkeys(TYPES.values())),
                "code": text("Stable; see the error pages.", example="unknown_reference"),
                "message": text("For people, in English; it may change."),
                "param": text("The field or parameter at fault, as it was sent."),
                "doc_url": text("The page about this code."),
                "retry_after": whole("Seconds to wait, with a rate_limit_error."),
                "errors": Many(_FIELD_ERROR, "All of them, where several fields are at fault."),
            },
            optional=frozenset({"param", "retry_after", "errors"}),
        ),
        "request_id": text("Names this request in our log."),
    },
)
TAGS = {
    "invoices": ("Invoices", "From draft to paid: write, issue, send, collect, void."),
    "customers": ("Customers", "Whom you bill."),
    "payments": ("Payments", "Money received for invoices, and money given back."),
    "products": ("Products", "What you sell, with prices to put on lines."),
    "tax-profiles": ("Tax profiles", "Rates and rules that lines refer to."),
    "quotes": ("Quotes", "Offers that a customer accepts or declines, and that become invoices."),
    "credit-notes": ("Credit notes", "Corrections of issued invoices, in part or whole."),
    "recurring-invoices": ("Recurring invoices", "Schedules that write invoices by themselves."),
    "reminders": ("Reminders", "What is sent before and after an invoice is due."),
    "disputes": ("Disputes", "Payments that a bank took back, and what customers object to."),
    "payment-links": ("Payment links", "Addresses where a customer pays."),
    "attachments": ("Attachments", "Files that belong to a document."),
    "reports": ("Reports", "Receivables, sales, taxes and payments, for any period."),
    "events": ("Events", "What happened, in order, for 30 days and more."),
    "webhooks": ("Webhooks", "Where events are sent, and what became of each delivery."),
    "api-keys": ("API keys", "Secrets for programs, with scopes and an expiry."),
    "account": ("Account", "The organization behind the credential."),
    "test-clock": ("Test clock", "The time of the sandbox, which you may move."),
    "invoice-templates": ("Invoice templates", "How printed documents look."),
    "email-templates": ("Email templates", "What mail says, by kind and language."),
    "oauth": ("OAuth", "How other people's applications are allowed in."),
}
_DESCRIPTION = """\
Invoices, customers, payments and everything around them over HTTPS and JSON.

- **Credentials**: `Authorization: Bearer …` with an API key or an OAuth access token.
- **Numbers** are exact: amounts are written with their currency's decimal places.
- **Repeat safely**: `X-Idempotency-Key` on POST, PUT and PATCH.
- **Lists** have `limit`, `cursor`, `sort`, filters and `total_count`.
- **Errors** have one form, and a page for every code.
- **Test mode**: keys that begin with `sk_test_` see a sandbox of their own.
"""
_FLOWS = {
    "authorizationCode": {
        "authorizationUrl": "/oauth/authorize",
        "tokenUrl": "/oauth/token",
        "refreshUrl": "/oauth/token",
        "scopes": dict(SCOPES),
    },
    "clientCredentials": {"tokenUrl": "/oauth/token", "scopes": dict(SCOPES)},
}

MANUAL = Manual(
    dialect=ENTERPRISE,
    title="InvoiceApp API",
    version="1.0",
    description=_DESCRIPTION,
    fault=ERROR,
    tags=TAGS,
    nouns=PREFIXES,
    scheme="bearerAuth",
    scoped="oauth2",
    security_schemes={
        "bearerAuth": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "sk_live_… or sk_test_…",
            "description": "An API key, or an OAuth access token, with the scopes listed.",
        },
        "oauth2": {
            "type": "oauth2",
            "description": "For applications that act for other people's organizations.",
            "flows": _FLOWS,
        },
    },
    rate_headers={
        "X-RateLimit-Limit": "Requests that the organization has per minute.",
        "X-RateLimit-Remaining": "How many of them are left in this window.",
        "X-RateLimit-Reset": "When the window ends, in epoch seconds.",
    },
    events=EVENT_TEXTS,
    expansions=EXPANSIONS,
    server_refusals={414: "The address is longer than the web server reads."},
)
