"""Our words and those of /api/v2, two-way where they are sent both ways."""

from accounts.models import Role
from billing.models import Lead, PaymentMethod, Product, Ticket, Transaction
from integrations.dialects.base.enums import EnumMap

TRANSACTION_TYPES = EnumMap(
    {Transaction.Kind.INCOME: "Income", Transaction.Kind.EXPENSE: "Expense"},
    also={"income": "income", "expense": "expense"},
)
TICKET_STATUSES = EnumMap(
    {word: word.capitalize() for word in Ticket.Status.values},
    also={word: word for word in Ticket.Status.values},
)
PRIORITIES = EnumMap(
    {word: word.capitalize() for word in Ticket.Priority.values},
    also={word: word for word in Ticket.Priority.values},
)
LEAD_STATUSES = EnumMap(
    {word: word.capitalize() for word in Lead.Status.values},
    also={word: word for word in Lead.Status.values},
)
PRODUCT_TYPES = EnumMap.same(Product.Kind.values)
PAYMENT_METHODS = EnumMap.same(PaymentMethod.values)
ROLES = EnumMap(
    {
        Role.OWNER: "owner",
        Role.ADMIN: "administrator",
        Role.ACCOUNTANT: "accountant",
        Role.MANAGER: "manager",
        Role.TEAM_MEMBER: "employee",
        Role.VIEWER: "viewer",
        Role.CUSTOMER: "customer",
    },
    also={"admin": Role.ADMIN, "team_member": Role.TEAM_MEMBER},
)

# billing's one word for where an invoice stands -> the document's.
INVOICE_STATUSES = {
    "draft": "Draft",
    "sent": "Unpaid",
    "viewed": "Unpaid",
    "overdue": "Unpaid",
    "partially_paid": "Partially Paid",
    "paid": "Paid",
    "void": "Cancelled",
    "uncollectible": "Unpaid",
}
# What a filter may ask for; Overdue is understood, though never sent.
INVOICE_FILTERS = ("Draft", "Unpaid", "Partially Paid", "Paid", "Cancelled", "Overdue")
QUOTE_STATUSES = {
    "draft": "Draft",
    "open": "Sent",
    "accepted": "Accepted",
    "declined": "Declined",
    "converted": "Invoiced",
}
QUOTE_FILTERS = (*QUOTE_STATUSES.values(), "Expired")
