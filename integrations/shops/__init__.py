"""Orders of shops, received as webhooks and booked as invoices, payments and credit notes."""
