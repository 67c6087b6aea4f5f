"""The head of the quote editor; lines are those of an invoice."""

from decimal import Decimal
from typing import Any

from billing.models import Quote
from billing.models.base import DiscountType
from billing.web.forms.base import DayField
from billing.web.forms.invoices import InvoiceForm

_TEXTS = ("purchase_order", "buyer_reference", "reference", "notes", "terms", "footer", "template")


class QuoteForm(InvoiceForm):
    """The head of a quote: what ends is the offer, not a term of payment."""

    due_date = None  # type: ignore[assignment]
    payment_terms = None  # type: ignore[assignment]
    valid_until = DayField(required=False, help_text="Empty: 30 days.")

    def head(self) -> dict[str, Any]:
        """What create_quote and update_quote take, but for customer and lines."""
        data = self.cleaned_data
        has_discount = bool(data["discount_value"])
        return {
            "issue_date": data["issue_date"],
            "valid_until": data["valid_until"],
            "currency": data["currency"] or None,
            "discount_type": data["discount_type"] if has_discount else "",
            "discount_value": data["discount_value"] or Decimal(0),
            **self.values(*_TEXTS),
        }


def quote_initial(quote: Quote) -> dict[str, Any]:
    """The head's values for a quote as it is."""
    return {
        "customer": quote.customer.name,
        "issue_date": quote.issue_date,
        "valid_until": quote.valid_until,
        "currency": quote.currency,
        "discount_value": quote.discount_value or None,
        "discount_type": quote.discount_type or DiscountType.PERCENT,
        "version": quote.version,
        **{name: getattr(quote, name) for name in _TEXTS},
    }
