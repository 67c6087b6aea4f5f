"""From the unguessable text of a public link to what lies behind it.

The token is the credential: it alone says which organization is asked, so these are the
look-ups that start without one.
"""

import datetime
from typing import Any

from billing.models import Invoice, PaymentLink, Quote
from billing.queries.invoices import get_invoice
from billing.queries.payment_links import get_payment_link
from billing.queries.quotes import get_quote


def find_public_invoice(token: str, at: datetime.datetime) -> Invoice | None:
    """The invoice that the link opens at that instant, or None.

    A draft has no public face yet, and a link can expire; both are answered like a link
    that never was.
    """
    found = _open_document(Invoice, token, at)
    return found and get_invoice(*found)


def find_public_quote(token: str, at: datetime.datetime) -> Quote | None:
    """The quote that the link opens at that instant, or None, as for an invoice."""
    found = _open_document(Quote, token, at)
    return found and get_quote(*found)


def find_public_payment_link(token: str, at: datetime.datetime) -> PaymentLink | None:
    """The payment link, in whatever state, or None."""
    if not _may_be_token(token):
        return None
    rows = PaymentLink.objects.order_by("pk").filter(public_token=token)
    found = rows.values_list("organization_id", "pk").first()
    return found and get_payment_link(*found)


def _open_document(model: Any, token: str, at: datetime.datetime) -> tuple[int, int] | None:
    """Organization and id of the document, unless it is a draft or its link has expired."""
    if not _may_be_token(token):
        return None
    rows = model.objects.order_by("pk").filter(public_token=token).exclude(status="draft")
    found = rows.values_list("organization_id", "pk", "public_link_expires_at").first()
    if found is None:
        return None
    organization_id, pk, expires_at = found
    return None if expires_at is not None and expires_at <= at else (organization_id, pk)


def _may_be_token(token: str) -> bool:
    return token.isascii() and token.isalnum()
