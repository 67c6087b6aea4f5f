"""Pictures from addresses that other people typed in: read once, with every care of http."""

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor

import aiohttp
from django.core.cache import cache

from accounts.pictures import PictureRefused, as_png
from core import files
from core.errors import DomainError
from core.ids import random_text
from integrations.http import Lookup, check_url, checked_literal, checked_session, system_lookup

MOST_BYTES = 2 * 1_048_576
SECONDS = 3
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
SIDE = 1_280
# An address is asked once in this time, whether it had a picture or not.
_REMEMBERED_SECONDS = 600


def fetch_logo(url: str, *, organization_id: int, lookup: Lookup = system_lookup) -> str:
    """The name under which the picture at that address is stored; empty when there is none.

    Only its pixels are kept, drawn anew. Call it outside a transaction: a stranger's server
    takes its time, three seconds at most. Raises InvalidUrl, AddressRefused.
    """
    check_url(url, lookup=lookup)
    key = f"fetched-logo:{organization_id}:{hashlib.sha256(url.encode()).hexdigest()}"
    known = cache.get(key)
    if isinstance(known, str):
        return known
    name = _stored(fetch(url, lookup=lookup), organization_id)
    cache.set(key, name, timeout=_REMEMBERED_SECONDS)
    return name


def fetch(url: str, *, most_bytes: int = MOST_BYTES, lookup: Lookup = system_lookup) -> bytes:
    """What a GET of the address answers with 200; empty for anything else, also for too much."""
    # In a thread of its own: the caller's may have a running loop, and then refuse a second one.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="fetch") as thread:
        return thread.submit(lambda: asyncio.run(_fetch(url, most_bytes, lookup))).result()


async def _fetch(url: str, most_bytes: int, lookup: Lookup) -> bytes:
    try:
        target = checked_literal(url)
        async with asyncio.timeout(SECONDS), checked_session(lookup, 1) as session:
            headers = {"Accept": "image/*", "Accept-Encoding": "identity"}
            async with session.get(target, headers=headers, allow_redirects=False) as answer:
                if answer.status != 200:
                    return b""
                content = bytearray()
                async for chunk in answer.content.iter_chunked(65_536):
                    content += chunk
                    if len(content) > most_bytes:
                        return b""
                return bytes(content)
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError, DomainError):
        return b""


def _stored(content: bytes, organization_id: int) -> str:
    if not content:
        return ""
    try:
        png = as_png(content, FORMATS, side=SIDE)
    except PictureRefused:
        return ""
    # A stored file never changes under its name: documents refer to it for ever.
    name = f"logos/{organization_id}/{random_text(32)}.png"
    return files.keep(name, png)
