"""The twelve scopes, and what each role may do expressed in the same words."""

from accounts.models.memberships import Role

SCOPES: dict[str, str] = {
    "invoices:read": "Read invoice data",
    "invoices:write": "Create, update, delete invoices",
    "invoices:send": "Send invoices to customers",
    "customers:read": "Read customer data",
    "customers:write": "Create, update, delete customers",
    "payments:read": "Read payment data",
    "payments:write": "Record payments, refunds",
    "products:read": "Read product catalog",
    "products:write": "Manage product catalog",
    "reports:read": "Access reports and analytics",
    "settings:write": "Manage account settings",
    "webhooks:manage": "Create and manage webhooks",
}

# What somebody signed in to the customer portal may hold; always for one customer's own.
PORTAL_SCOPES: dict[str, str] = {
    "portal:read": "See the customer's own documents and balance",
    "portal:answer": "Accept and decline quotes",
    "portal:pay": "Announce payments",
    "portal:pay_part": "Announce payments of less than is due",
    "portal:dispute": "Dispute an invoice",
    "portal:profile": "Change the customer's own address and contacts",
}

_READ = frozenset(s for s in SCOPES if s.endswith(":read"))
_SALES = _READ | {"invoices:write", "invoices:send", "customers:write", "products:write"}
_BOOKS = _SALES | {"payments:write"}

ROLE_SCOPES: dict[str, frozenset[str]] = {
    Role.OWNER: frozenset(SCOPES),
    Role.ADMIN: frozenset(SCOPES),
    Role.ACCOUNTANT: _BOOKS,
    Role.MANAGER: _BOOKS | {"webhooks:manage"},
    Role.TEAM_MEMBER: _SALES - {"reports:read"},
    Role.VIEWER: _READ,
    Role.CUSTOMER: frozenset(),
}
