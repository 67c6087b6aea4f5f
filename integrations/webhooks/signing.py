"""Webhook signatures: one secret, two families of headers, computed over the raw body."""

import base64
import hashlib
import hmac
import secrets

_PREFIX = "whsec_"


def new_secret() -> str:
    """`whsec_` and 32 random bytes in base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature_headers(
    body: bytes, *, webhook_id: str, timestamp: int, secret: str, previous_secret: str = ""
) -> dict[str, str]:
    """The signature headers of one attempt; `timestamp` is in Unix seconds.

    `X-Webhook-Signature` is bare hex over the body, keyed with the secret's text, and
    always of the current secret: receivers compare it at equal length. Its V2 covers the
    time as well. The `webhook-*` trio is Standard Webhooks, keyed with the decoded secret
    and signed with both secrets while one replaces the other.
    """
    keys = [secret, previous_secret] if previous_secret else [secret]
    dated = f"{timestamp}.".encode() + body
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_standard(key, webhook_id, dated) for key in keys),
        "X-Webhook-Signature": _hex(secret, body),
        "X-Webhook-Timestamp": str(timestamp),
        "X-Webhook-Signature-V2": f"t={timestamp},v1={_hex(secret, dated)}",
    }


def _hex(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _standard(secret: str, webhook_id: str, dated: bytes) -> str:
    key = _key_of(secret)
    digest = hmac.new(key, f"{webhook_id}.".encode() + dated, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def _key_of(secret: str) -> bytes:
    """The bytes behind `whsec_`; of a secret that its owner brought, its text."""
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except ValueError:
            pass
    return secret.encode()
