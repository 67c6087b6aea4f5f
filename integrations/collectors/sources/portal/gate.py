"""A proxy on loopback, the browser's only way out: it connects to checked addresses alone.

A browser resolves names whenever it likes, so checking what it asks for would check another
address than the one it connects to. Here the name is resolved once, checked, and that address
connected to.
"""

import asyncio
import base64
import re
import secrets
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings

from integrations import addresses
from integrations.http import CONNECT_SECONDS, Lookup, system_lookup

_MOST_HEAD = 65_536
_HEAD_SECONDS = 30
_TARGET = re.compile(r"\[?([^\[\]/@\s]+?)\]?:([0-9]{1,5})")
# Each asks not to be kept open, so that no second request for another host follows on it.
_DROPPED = ("proxy-", "connection:", "keep-alive:")
_REFUSED = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_WHO = (
    b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n"
    b'Proxy-Authenticate: Basic realm="gate"\r\nConnection: close\r\n\r\n'
)


class Gate:
    """Open for one visit, and for who knows its password: other programs share loopback."""

    user = "visit"

    def __init__(self, lookup: Lookup = system_lookup) -> None:
        self.password = secrets.token_urlsafe(24)
        self.url = ""
        self._lookup = lookup

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="gate", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> None:
        self._tasks = set[asyncio.Task[None]]()
        login = base64.b64encode(f"{self.user}:{self.password}".encode())
        self._login = b"basic " + login
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_MOST_HEAD)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _close(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # Closed connections need a turn of the loop to let go of their sockets.
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._tasks.add(task)
        try:
            await self._lead(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_HEAD_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        method, target, _ = first.split(" ")
        if not self._knows(lines):
            writer.write(_WHO)
            await writer.drain()
            return
        is_tunnel = method == "CONNECT"
        there = await self._connect(_place(target, is_tunnel))
        if there is None:
            # An answer to a plain request would be shown as if it were the portal's.
            if is_tunnel:
                writer.write(_REFUSED)
                await writer.drain()
            return
        if is_tunnel:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            there[1].write(_forwarded(method, target, lines))
        try:
            await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer))
        finally:
            there[1].close()

    def _knows(self, lines: list[str]) -> bool:
        given = [line[20:].strip() for line in lines if line.lower().startswith(_PROOF)]
        shown = given[0].encode("latin-1") if given else b""
        return secrets.compare_digest(shown[:6].lower() + shown[6:], self._login)

    async def _connect(
        self, place: tuple[str, int] | None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        if place is None:
            return None
        host, port = place
        try:
            found = await asyncio.get_running_loop().run_in_executor(None, self._lookup, host, port)
            if not found or not all(addresses.may_connect(one, port) for one in found):
                return None
            async with asyncio.timeout(CONNECT_SECONDS):
                return await asyncio.open_connection(found[0], port)
        except (OSError, UnicodeError):
            return None


_PROOF = "proxy-authorization:"


def _place(target: str, is_tunnel: bool) -> tuple[str, int] | None:
    """Where the browser wants to go; None where it must not."""
    if is_tunnel:
        found = _TARGET.fullmatch(target)
        return (found[1], int(found[2])) if found else None
    parts = urlsplit(target)
    if parts.scheme != "http" or not parts.hostname or not settings.ALLOW_HTTP_WEBHOOKS:
        return None
    return parts.hostname, parts.port or 80


def _forwarded(method: str, target: str, lines: list[str]) -> bytes:
    parts = urlsplit(target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [line for line in lines if not line.lower().startswith(_DROPPED)]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *kept, "Connection: close", "", ""]).encode(
        "latin-1"
    )


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
    finally:
        with suppress(OSError):
            if writer.can_write_eof():
                writer.write_eof()
