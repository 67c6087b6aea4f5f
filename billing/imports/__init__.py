"""Customers, products and invoices out of a table: reading it, trying it, bringing it in."""
