"""The signature that Shopify and WooCommerce put on a webhook: one and the same."""

import base64
import hashlib
import hmac


def sign(secret: str, body: bytes) -> str:
    """HMAC-SHA256 over the raw body, keyed with the secret's text, in base64."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def is_genuine(secret: str, body: bytes, signature: str) -> bool:
    """Whether the signature is that of the body, compared in constant time."""
    return hmac.compare_digest(sign(secret, body).encode(), signature.strip().encode())
