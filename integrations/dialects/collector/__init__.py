"""/api/v1: collecting supplier invoices."""
