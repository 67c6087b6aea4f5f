"""Administration of the books: master data through operations, everything else to look at."""

from billing.admin import (
    agreements,
    catalogue,
    customers,
    documents,
    jobs,
    ledger,
    numbers,
    payments,
    portal,
    support,
    wallets,
)

__all__ = [
    "agreements",
    "catalogue",
    "customers",
    "documents",
    "jobs",
    "ledger",
    "numbers",
    "payments",
    "portal",
    "support",
    "wallets",
]
