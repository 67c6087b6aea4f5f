"""Administration of the books: master data through operations, everything else to look at."""

from billing.admin import (
    agreements,
    catalogue,
    customers,
    documents,
    ledger,
    numbers,
    payments,
    support,
    wallets,
)

__all__ = [
    "agreements",
    "catalogue",
    "customers",
    "documents",
    "ledger",
    "numbers",
    "payments",
    "support",
    "wallets",
]
