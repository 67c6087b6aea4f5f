"""The addresses of /v1: parse, one operation or query, present."""
