"""What a valid credential may still be refused for: the wrong house, or a wrong signature."""

import datetime
import hashlib
import hmac
import re

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

from core.errors import DomainError, Kind
from integrations.dialects.base import bodies
from integrations.dialects.base.authentication import BearerKeys, Caller

SANDBOX_PREFIX = "/sandbox/"
SIGNATURE_HEADER = "X-Signature"
# How far the clocks of a client and of the server may differ.
TOLERANCE_SECONDS = 300
_SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


class LiveCredentialInSandbox(DomainError):
    kind, code = Kind.UNAUTHENTICATED, "live_credential_in_sandbox"
    message = "Only test credentials are accepted at the sandbox's address."


class InvalidSignature(DomainError):
    kind, code = Kind.UNAUTHENTICATED, "invalid_signature"
    message = "The request signature is not valid: {reason}."


def is_sandbox_address(request: HttpRequest) -> bool:
    """Whether the request came to the sandbox's own host or prefix."""
    if request.path_info.startswith(SANDBOX_PREFIX):
        return True
    if not settings.SANDBOX_HOST:
        return False
    host, _port = split_domain_port(request.get_host())
    return bool(host == settings.SANDBOX_HOST)


def refuse_live_in_sandbox(request: HttpRequest, caller: Caller) -> None:
    """Raises LiveCredentialInSandbox: whoever practises there must not hit the live books."""
    if caller.actor.livemode and is_sandbox_address(request):
        raise LiveCredentialInSandbox()


class SignableKeys(BearerKeys):
    """Bearer keys whose requests may be signed; a signature that is sent must be right.

    `X-Signature: t=<Unix seconds>,v1=<hex>` with HMAC-SHA256, keyed with the API key's text,
    over `<t>.<METHOD>.<path with query>.` and the raw body.
    """

    def __call__(self, request: HttpRequest, at: datetime.datetime) -> Caller:
        """The caller whose key it is. Raises MissingToken, InvalidToken, InvalidSignature."""
        caller = super().__call__(request, at)
        given = request.headers.get(SIGNATURE_HEADER)
        if given is not None:
            secret = request.META["HTTP_AUTHORIZATION"].partition(" ")[2].strip()
            _check_signature(request, given, secret, at)
        return caller


def sign(secret: str, *, timestamp: int, method: str, target: str, body: bytes) -> str:
    """The header's value for a request to `target`, which is its path with the query."""
    text = f"{timestamp}.{method}.{target}.".encode() + body
    return f"t={timestamp},v1={hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()}"


def _check_signature(request: HttpRequest, given: str, secret: str, at: datetime.datetime) -> None:
    found = _SIGNATURE.fullmatch(given.strip())
    if found is None:
        raise InvalidSignature(reason="it must read t=<Unix seconds>,v1=<64 hex characters>")
    timestamp = int(found[1])
    if abs(at.timestamp() - timestamp) > TOLERANCE_SECONDS:
        raise InvalidSignature(reason=f"its time is more than {TOLERANCE_SECONDS} seconds off")
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        # What is signed must be whole before any of it is believed.
        raise InvalidSignature(reason="a signed request needs a Content-Length")
    wanted = sign(
        secret,
        timestamp=timestamp,
        method=request.method or "",
        target=request.get_full_path(),
        body=bodies.read_bytes(request),
    )
    if not hmac.compare_digest(wanted.encode(), found[0].encode()):
        raise InvalidSignature(reason="it does not belong to this request and key")
