"""Signatures (W4, G6): receivers verify our bytes with what they have."""

import base64
import datetime
import hashlib
import hmac

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from integrations.webhooks.signing import new_secret, signature_headers

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
BODY = b'{"id":"evt_1"}'


def headers(timestamp: int = 1_700_000_000, **changes: str) -> dict[str, str]:
    given = {"webhook_id": "evt_1", "secret": SECRET, **changes}
    return signature_headers(BODY, timestamp=timestamp, **given)  # type: ignore[arg-type]


def hex_is_valid(body: bytes, signature: str, secret: str) -> bool:
    """What the /v1 document tells receivers to do, in Python."""
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return len(signature) == len(expected) and hmac.compare_digest(signature, expected)


def now() -> int:
    return int(datetime.datetime.now(datetime.UTC).timestamp())


def test_known_vector() -> None:
    assert headers() == {
        "webhook-id": "evt_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": "v1,NbfQFpUBVqfAFlQAVrpHevsLe1lcYPENUEVWmUM3zxY=",
        "X-Webhook-Signature": "9089d7f6268172c25853570238b8f7b2402ecd0bf94224086facb6d3684a463b",
        "X-Webhook-Timestamp": "1700000000",
        "X-Webhook-Signature-V2": "t=1700000000,v1="
        + hmac.new(SECRET.encode(), b"1700000000." + BODY, hashlib.sha256).hexdigest(),
    }


def test_hex_signature_verifies_and_any_change_is_noticed() -> None:
    signature = headers()["X-Webhook-Signature"]
    assert hex_is_valid(BODY, signature, SECRET)
    assert not hex_is_valid(BODY + b" ", signature, SECRET)
    assert not hex_is_valid(BODY, signature, new_secret())
    assert not hex_is_valid(BODY, signature.upper(), SECRET)


def test_standard_library_verifies_within_five_minutes() -> None:
    webhook = Webhook(SECRET)
    for age in (0, 290, -290):
        webhook.verify(BODY, headers(now() - age))
    for age in (310, -310):
        with pytest.raises(WebhookVerificationError):
            webhook.verify(BODY, headers(now() - age))


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_standard_library_rejects_each_tampered_header(name: str) -> None:
    signed = headers(now())
    changed = {**signed, name: signed[name][:-2] + ("0" if signed[name][-2] != "0" else "1") + "="}
    with pytest.raises((WebhookVerificationError, ValueError)):
        Webhook(SECRET).verify(BODY, changed)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY + b" ", signed)


def test_both_secrets_verify_while_one_replaces_the_other() -> None:
    fresh = new_secret()
    signed = headers(now(), secret=fresh, previous_secret=SECRET)
    for secret in (fresh, SECRET):
        Webhook(secret).verify(BODY, signed)
    assert hex_is_valid(BODY, signed["X-Webhook-Signature"], fresh)


def test_secret_carries_256_random_bits() -> None:
    one, other = new_secret(), new_secret()
    assert one != other
    assert len(base64.b64decode(one.removeprefix("whsec_"), validate=True)) == 32
