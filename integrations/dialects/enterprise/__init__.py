"""The /v1 dialect, for SaaS-style integrators."""
