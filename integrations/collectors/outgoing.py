"""How sources reach other people's servers: checked addresses, bounded answers, no redirects."""

import asyncio
import ipaddress
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import aiohttp

from core.errors import DomainError
from integrations import addresses, http
from integrations.collectors.base import MOST_BYTES, Maintenance, ParamRefused

SECONDS = 60
UNREACHABLE = "The server could not be reached."


@dataclass(frozen=True, slots=True)
class Page:
    """What a request was answered with."""

    status: int
    content: bytes


def get(
    url: str,
    headers: Mapping[str, str],
    *,
    most_bytes: int = MOST_BYTES,
    lookup: http.Lookup = http.system_lookup,
) -> Page:
    """GET an address that somebody typed in or that a server named. Raises Maintenance."""
    return ask("GET", url, headers, most_bytes=most_bytes, lookup=lookup)


def ask(
    method: str,
    url: str,
    headers: Mapping[str, str],
    *,
    body: bytes = b"",
    most_bytes: int = MOST_BYTES,
    lookup: http.Lookup = http.system_lookup,
) -> Page:
    """Any other request to such an address. Raises Maintenance.

    In a thread of its own: the caller's may have a running loop, and then refuse a second one.
    """
    asked = _Asked(method, url, headers, body, most_bytes)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="collect") as thread:
        return thread.submit(lambda: asyncio.run(_answer(asked, lookup))).result()


def check_param(params: Mapping[str, str], name: str, default: str = "") -> None:
    """Refuse an address that was typed in and leads where nobody may call.

    Raises ParamRefused.
    """
    try:
        http.check_url(params.get(name, default))
    except DomainError as refused:
        raise ParamRefused(name, str(refused)) from None


def checked_address(
    host: str, port: int, ports: frozenset[int], *, lookup: http.Lookup = http.system_lookup
) -> str:
    """The one address to connect to for a protocol other than HTTP. Raises Maintenance.

    A name all of whose addresses are public, on one of the ports, or an address inside the
    operator's OUTBOUND_ALLOW_CIDRS on any port.
    """
    try:
        found = lookup(host, port)
    except (OSError, UnicodeError):
        found = []
    if not found or not all(_may_connect(address, port, ports) for address in found):
        # One sentence for refused and unknown: the difference maps the inside network.
        raise Maintenance(UNREACHABLE)
    return found[0]


def _may_connect(text: str, port: int, ports: frozenset[int]) -> bool:
    if addresses.may_connect(text, port):
        return True
    try:
        address = addresses.unwrapped(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    return port in ports and addresses.is_public(address)


@dataclass(frozen=True, slots=True)
class _Asked:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    most_bytes: int


async def _answer(asked: _Asked, lookup: http.Lookup) -> Page:
    try:
        target = http.checked_literal(asked.url)
        timeout = aiohttp.ClientTimeout(total=SECONDS, sock_connect=http.CONNECT_SECONDS)
        async with (
            asyncio.timeout(SECONDS),
            http.checked_session(lookup, 1) as session,
            session.request(
                asked.method,
                target,
                data=asked.body or None,
                headers={**asked.headers, "Accept-Encoding": "identity"},
                allow_redirects=False,
                timeout=timeout,
            ) as answer,
        ):
            content = bytearray()
            async for chunk in answer.content.iter_chunked(65_536):
                content += chunk
                if len(content) > asked.most_bytes:
                    raise Maintenance(f"An answer has more than {asked.most_bytes:,} bytes.")
            return Page(answer.status, bytes(content))
    except TimeoutError:
        raise Maintenance("The server did not answer in time.") from None
    except (aiohttp.ClientError, OSError, ValueError, DomainError):
        raise Maintenance(UNREACHABLE) from None
