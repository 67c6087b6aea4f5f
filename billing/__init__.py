"""Customers, products, taxes, invoices, quotes, credit notes, payments and the ledger."""
