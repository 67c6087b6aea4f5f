"""Which sites may show the users' page inside one of their own: origins, exactly."""

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings

from core.errors import DomainError, InvalidValue

MOST_ORIGINS = 20
_DEFAULT_PORTS = {"https": 443, "http": 80}
# What may stand in a header of the answer: nothing there can end a directive.
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]+(\.[a-z0-9_-]+)*")


class InvalidOrigin(DomainError):
    code = "invalid_origin"
    message = "'{origin}' is not the origin of a site: {reason}."
    default_param = "origins"


def clean_origins(texts: Iterable[str]) -> list[str]:
    """The origins as browsers write them, each once. Raises InvalidOrigin, InvalidValue."""
    found = list(dict.fromkeys(clean_origin(text) for text in texts if text.strip()))
    if len(found) > MOST_ORIGINS:
        raise InvalidValue(f"At most {MOST_ORIGINS} sites can be allowed.", param="origins")
    return found


def clean_origin(text: str) -> str:
    """`HTTPS://App.Example.com:443/` -> `https://app.example.com`. Raises InvalidOrigin."""
    shown = text.strip()[:300]
    try:
        parts = urlsplit(shown)
        port = parts.port
        host = _host(parts.hostname or "")
    except ValueError:
        raise InvalidOrigin(origin=shown, reason="it has no host that could be one") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise InvalidOrigin(origin=shown, reason="it begins with https://")
    if parts.username is not None or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise InvalidOrigin(origin=shown, reason="it ends after the host or its port")
    if parts.scheme == "http" and not _may_be_plain(host):
        raise InvalidOrigin(origin=shown, reason="it begins with https://")
    shown_port = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{shown_port}"


def _host(name: str) -> str:
    """The name in ASCII, or the address as browsers write it. Raises ValueError."""
    if ":" in name:
        return f"[{ipaddress.IPv6Address(name).compressed}]"
    ascii_name = name.encode("idna").decode().lower()
    if not _NAME.fullmatch(ascii_name):
        raise ValueError(name)
    return ascii_name


def _may_be_plain(host: str) -> bool:
    """Without TLS anybody on the way could put a page of theirs around ours: this machine alone
    may do so, or everybody where the installation has no TLS itself."""
    return host in ("localhost", "127.0.0.1", "[::1]") or settings.BASE_URL.startswith("http://")
