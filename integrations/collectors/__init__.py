"""Collecting supplier invoices: sources, runs, what is kept of them, and the callback."""
