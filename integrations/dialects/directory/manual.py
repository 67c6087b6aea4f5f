"""What the document of /api/integrations says besides its endpoints."""

from integrations.dialects.base.openapi.manual import Manual
from integrations.dialects.base.shapes import moment
from integrations.dialects.directory.dialect import DIRECTORY
from integrations.dialects.directory.shapes import FAULT

_DESCRIPTION = """\
The people and organizations of an installation, for programs that keep a copy of them.

- **Credentials**: `X-Invois-Key: ivk_…`, 1,000 requests a minute for each key.
- **View**: a key sees its own organization and those that it looks after; an operator's key
  may see all. Whatever else there is answers like what does not exist.
- **Lists** have `query`, `page`, `per_page` and `meta` with `total` and `last_page`.
- **Errors** are `{error, message, details}` with a list of sentences for each field.
"""

MANUAL = Manual(
    dialect=DIRECTORY,
    title="InvoiceApp directory API",
    version="1.0",
    description=_DESCRIPTION,
    fault=FAULT,
    tags={
        "users": ("Users", "Who can sign in, or is known as a customer, and in which role."),
        "organizations": ("Organizations", "Who bills, and who belongs to it."),
    },
    nouns={"user": "", "organization": ""},
    plain_id="3f2b8c1e-6d4a-4f7b-9a51-0c8e7d6b5a49",
    scheme="invoisKey",
    security_schemes={
        "invoisKey": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Invois-Key",
            "description": "A key of the directory with the scopes listed.",
        }
    },
    rate_headers={
        "X-RateLimit-Limit": "Requests that the key has per window.",
        "X-RateLimit-Remaining": "How many of them are left in this window.",
        "X-RateLimit-Reset": moment("When the window ends, in ISO 8601."),
        "X-RateLimit-Window": "The window's length in seconds.",
    },
)
