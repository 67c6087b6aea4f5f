"""The addresses of /api/v2, noun by noun."""
