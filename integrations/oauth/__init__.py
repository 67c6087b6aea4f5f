"""The addresses of OAuth 2: consent, tokens, revocation, metadata."""
