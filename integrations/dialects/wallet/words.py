"""Our words and those of /api/v0, two-way where they are sent both ways."""

from billing.models import Customer, PaymentMethod, PaymentRequest, Product, Wallet
from integrations.dialects.base.enums import EnumMap

# billing's one word for where an invoice stands -> the document's. What is void has none:
# it is left out of lists, and asking for it finds nothing.
INVOICE_STATUSES: dict[str, str | None] = {
    "draft": "DRAFT",
    "sent": "OPEN",
    "viewed": "OPEN",
    "partially_paid": "PARTIALLYPAID",
    "paid": "PAID",
    "overdue": "PASTDUE",
    "uncollectible": "PASTDUE",
    "void": None,
}
STATUS_WORDS = ("DRAFT", "OPEN", "PAID", "PASTDUE", "PARTIALLYPAID")
NEW_STATUSES = ("DRAFT", "OPEN")
METHODS = EnumMap(
    {
        PaymentRequest.Method.CRYPTO: "CRYPTO",
        PaymentRequest.Method.BANK_TRANSFER: "BANK_TRANSFER",
        PaymentRequest.Method.ACH: "ACH",
        PaymentRequest.Method.CARD: "CREDIT_CARD",
        PaymentRequest.Method.CASH: "CASH",
        PaymentRequest.Method.MOBILE_MONEY: "MOBILE_MONEY",
    }
)
# How money that came in was paid, which may be in more ways than an invoice offers.
PAID_BY = EnumMap(
    {
        **{word: word.upper() for word in PaymentMethod.values},
        PaymentMethod.CARD: "CREDIT_CARD",
    }
)
DELIVERIES = EnumMap(
    {PaymentRequest.Delivery.EMAIL: "EMAIL", PaymentRequest.Delivery.MANUALLY: "MANUALLY"}
)
BLOCKCHAINS = EnumMap({word: word.upper() for word in Wallet.Blockchain.values})
CUSTOMER_STATUSES = EnumMap(
    {
        Customer.Status.ACTIVE: "ACTIVE",
        Customer.Status.INACTIVE: "DEACTIVATED",
        Customer.Status.ARCHIVED: "DELETED",
    }
)
# Inactive with a mark: nobody else has a word for it.
BLACKLISTED = "BLACKLISTED"
CUSTOMER_TYPES = (
    "Individual",
    "Startup",
    "Small Business",
    "Medium Business",
    "Enterprise",
    "Business",
    "Non-Profit",
    "Government",
)
PRODUCT_TYPES = EnumMap({Product.Kind.PRODUCT: "PRODUCT", Product.Kind.SERVICE: "SERVICE"})
TAX_TYPES = ("PERCENTAGE", "FIXED", "COMPOUND")
LINK_TYPES = ("INVOICE", "PRODUCT", "COLLECTION", "DONATION")
LINK_STATUSES = {
    "active": "ACTIVE",
    "deactivated": "INACTIVE",
    "completed": "COMPLETED",
    "expired": "EXPIRED",
}
EVENTS = ("invoice.created", "invoice.paid", "invoice.overdue")
