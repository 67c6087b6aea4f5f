"""How an invoice came to be, in the words of who keeps the books."""

from billing.operations import dispute_endings, late_fees, payment_requests
from billing.web.language import say

_OVER_THE_API = "Over the API"
_ORIGIN_LABELS = {
    "web": "Entered here",
    "api": _OVER_THE_API,
    "enterprise": _OVER_THE_API,
    "backoffice": _OVER_THE_API,
    payment_requests.SOURCE: "An application",
    dispute_endings.SOURCE: "Fee of a dispute",
    late_fees.SOURCE: "Charged for lateness",
    "payment_link": "A payment link",
    "quote": "A quote",
    "recurring": "A recurring invoice",
    "shop": "An order in a shop",
}


def origin_label(source: str) -> str:
    """Where the invoice comes from; an unknown way in is a program's."""
    return say(_ORIGIN_LABELS.get(source, _OVER_THE_API))
