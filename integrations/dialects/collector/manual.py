"""What the document of /api/v1 says besides its endpoints."""

from integrations.dialects.base.openapi.manual import Manual
from integrations.dialects.collector.dialect import COLLECTOR
from integrations.dialects.collector.shapes import FAULT

_DESCRIPTION = """\
Invoices of your suppliers, collected for you and sent to your callback as they appear.

- **Customers** call with `Authorization: Bearer …`; **users** with `?token=…`, or better the
  header `X-User-Token`, for ten minutes. Where both may call, a user reaches their own credentials.
- **Success** is 200, always. **Errors** are `{type: "error", message}`.
- **Moments** are milliseconds since 1970.
- **The callback** gets a POST with `type`, `collector`, `remote_id` and `invoice`, whose `data` is
  the document in base64. Any status from 200 to 299 is success; everything else is tried again for
  three days. Each attempt is signed, and has the same `webhook-id`.
"""

MANUAL = Manual(
    dialect=COLLECTOR,
    title="InvoiceApp collector API",
    version="1.0",
    description=_DESCRIPTION,
    fault=FAULT,
    tags={
        "ui": ("Page", "What your users see, in a tab or in a frame of your site."),
        "login": ("Customer", "You: your callback and your settings."),
        "customer": ("Customer", "You: your callback and your settings."),
        "test_callback": ("Callback", "Whether the callback takes what it is sent."),
        "test": ("Callback", "Whether the callback takes what it is sent."),
        "callback": ("Callback", "Whether the callback takes what it is sent."),
        "user": ("Users", "Companies and persons whose invoices are collected."),
        "users": ("Users", "Companies and persons whose invoices are collected."),
        "terms": ("Users", "Companies and persons whose invoices are collected."),
        "credential": ("Credentials", "Connections of users to collectors."),
        "credentials": ("Credentials", "Connections of users to collectors."),
        "feedback": ("Feedback", "What users and customers say about the collector."),
        "collectors": ("Collectors", "Where invoices can be collected from."),
    },
    nouns={"user": "", "credential": "", "callback": ""},
    plain_id="3f2b8c1e-6d4a-4f7b-9a51-0c8e7d6b5a49",
    scheme="bearer",
    security_schemes={
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "The customer's bearer: 172 characters of base64.",
        },
        "userToken": {
            "type": "apiKey",
            "in": "query",
            "name": "token",
            "description": "A user's token, for `/terms`, `/feedback` and the credentials.",
        },
    },
)
