"""How sources reach other people's servers: checked addresses, bounded answers, no redirects."""

import asyncio
import ipaddress
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import aiohttp

from core.errors import DomainError
from integrations import addresses, http
from integrations.collectors.base import MOST_BYTES, Maintenance

SECONDS = 60


@dataclass(frozen=True, slots=True)
class Page:
    """What a GET was answered with."""

    status: int
    content: bytes


def get(
    url: str,
    headers: Mapping[str, str],
    *,
    most_bytes: int = MOST_BYTES,
    lookup: http.Lookup = http.system_lookup,
) -> Page:
    """GET an address that somebody typed in or that a server named. Raises Maintenance.

    In a thread of its own: the caller's may have a running loop, and then refuse a second one.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="collect") as thread:
        return thread.submit(lambda: asyncio.run(_get(url, headers, most_bytes, lookup))).result()


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
        raise Maintenance("The server could not be reached.")
    return found[0]


def _may_connect(text: str, port: int, ports: frozenset[int]) -> bool:
    if addresses.may_connect(text, port):
        return True
    try:
        address = addresses.unwrapped(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    return port in ports and addresses.is_public(address)


async def _get(url: str, headers: Mapping[str, str], most_bytes: int, lookup: http.Lookup) -> Page:
    try:
        target = http.checked_literal(url)
        timeout = aiohttp.ClientTimeout(total=SECONDS, sock_connect=http.CONNECT_SECONDS)
        sent = {**headers, "Accept-Encoding": "identity"}
        async with (
            asyncio.timeout(SECONDS),
            http.checked_session(lookup, 1) as session,
            session.get(target, headers=sent, allow_redirects=False, timeout=timeout) as answer,
        ):
            content = bytearray()
            async for chunk in answer.content.iter_chunked(65_536):
                content += chunk
                if len(content) > most_bytes:
                    raise Maintenance(f"An answer has more than {most_bytes:,} bytes.")
            return Page(answer.status, bytes(content))
    except TimeoutError:
        raise Maintenance("The server did not answer in time.") from None
    except (aiohttp.ClientError, OSError, ValueError, DomainError):
        raise Maintenance("The server could not be reached.") from None
