"""The views of /api/v0, one module per noun."""
