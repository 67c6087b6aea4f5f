"""The one way out: HTTP POSTs to addresses that other people typed in.

Every request has a deadline that no trickle of bytes extends, goes to a checked and
pinned address, follows no redirect, unpacks nothing and reads a bounded answer.
"""

import asyncio
import functools
import ipaddress
import logging
import queue
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from django.conf import settings
from yarl import URL

from core.errors import DomainError
from integrations import addresses

logger = logging.getLogger(__name__)

TOTAL_SECONDS = 15
CONNECT_SECONDS = 5
# The answer's status is what counts; its body is worth a short wait.
BODY_SECONDS = 3
READ_BYTES = 65_536
KEPT_BYTES = 4_096
RESOLVE_SECONDS = 2
_LOCAL_SUFFIXES = frozenset({"localhost", "local", "internal", "lan", "arpa", "onion"})

Lookup = Callable[[str, int], Sequence[str]]


class InvalidUrl(DomainError):
    code = "invalid_url"
    message = "'{url}' is not an address that can be called: {reason}."
    default_param = "url"


class AddressRefused(DomainError):
    code = "url_not_allowed"
    message = "'{url}' leads to an address or port that this installation does not call."
    default_param = "url"


@dataclass(frozen=True, slots=True)
class Post:
    """One POST to make. `group` shares a limit of concurrent requests (an endpoint's id).

    `shares` are further limits, each a name and how many under that name may be under way.
    """

    url: str
    body: bytes
    headers: Mapping[str, str]
    key: Any = None
    group: Any = None
    shares: tuple[tuple[Any, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a POST: a status with the start of the answer, or an error in words."""

    key: Any
    status: int | None
    duration_ms: int
    body: str = ""
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def system_lookup(host: str, port: int) -> Sequence[str]:
    """All addresses of a name, from the operating system."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def check_url(url: str, *, lookup: Lookup = system_lookup) -> None:
    """Refuse a URL that is malformed or that leads where the installation must not call.

    A name that cannot be resolved now is accepted: whatever it resolves to is checked
    again whenever it is called. Raises InvalidUrl and AddressRefused.
    """
    parsed, port = _parsed(url)
    host = parsed.raw_host or ""
    literal = _literal(host)
    if literal:
        found: Sequence[str] = [literal]
    else:
        found = _resolved_in_time(host, port, lookup)
    if not all(addresses.may_connect(address, port) for address in found):
        raise AddressRefused(url=url)
    if not found and (port not in addresses.ALLOWED_PORTS or _is_local_name(host)):
        raise AddressRefused(url=url)


def post_many(posts: Sequence[Post], *, lookup: Lookup = system_lookup) -> list[Outcome]:
    """Make all the POSTs at once; their outcomes in the same order."""
    with Courier(lookup=lookup) as courier:
        courier.send([replace(post, key=index) for index, post in enumerate(posts)])
        outcomes: dict[int, Outcome] = {}
        while len(outcomes) < len(posts):
            for done in courier.finished(timeout=TOTAL_SECONDS + 5):
                outcomes[done.key] = done
    return [
        Outcome(
            post.key,
            one.status,
            one.duration_ms,
            body=one.body,
            error=one.error,
            headers=one.headers,
        )
        for post, one in ((post, outcomes[index]) for index, post in enumerate(posts))
    ]


class Courier:
    """An event loop in a thread of its own that makes POSTs and hands back outcomes.

    The caller stays in plain synchronous code, where the database is. At most `slots`
    requests are under way, and at most `per_group` of one group.
    """

    def __init__(
        self, *, slots: int = 50, per_group: int = 4, lookup: Lookup = system_lookup
    ) -> None:
        self._slots = slots
        self._per_group = per_group
        self._lookup = lookup
        self._outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._groups: dict[Any, asyncio.Semaphore] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
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

    def send(self, posts: Sequence[Post]) -> None:
        """Start the POSTs; returns at once."""
        self._loop.call_soon_threadsafe(self._start, list(posts))

    def cancel(self, keys: Sequence[Any]) -> list[Any]:
        """Give up those POSTs that still wait for their turn: which ones. They leave no outcome."""
        stopping = asyncio.run_coroutine_threadsafe(self._cancel(set(keys)), self._loop)
        return stopping.result()

    def finished(self, *, timeout: float, linger: float = 0) -> list[Outcome]:
        """Outcomes that have come in; waits at most `timeout` seconds for the first.

        And then `linger` for more, so that their recording costs one transaction for many.
        """
        try:
            found = [self._outcomes.get(timeout=timeout)]
        except queue.Empty:
            return []
        if linger:
            time.sleep(linger)
        while not self._outcomes.empty():
            found.append(self._outcomes.get())
        return found

    # --- on the loop's thread ---

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _open(self) -> None:
        # Names are looked up in threads: as many as there are slots, so that name servers which
        # do not answer keep nobody else's names waiting.
        self._loop.set_default_executor(
            ThreadPoolExecutor(max_workers=self._slots, thread_name_prefix="resolve")
        )
        self._free = asyncio.Semaphore(self._slots)
        self._tasks: dict[Any, asyncio.Task[None]] = {}
        self._started: set[Any] = set()
        self._session = checked_session(self._lookup, self._slots)

    async def _close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._session.close()
        # Closed TLS transports need a turn of the loop to let go of their sockets.
        await asyncio.sleep(0)

    def _start(self, posts: list[Post]) -> None:
        for post in posts:
            task = self._loop.create_task(self._deliver(post))
            self._tasks[post.key] = task
            task.add_done_callback(functools.partial(self._forget, post.key))

    def _forget(self, key: Any, task: "asyncio.Task[None]") -> None:
        # A cancelled key may have been sent anew before its first task was through.
        if self._tasks.get(key) is task:
            del self._tasks[key]
            self._started.discard(key)

    async def _cancel(self, keys: set[Any]) -> list[Any]:
        waiting = [key for key in keys - self._started if key in self._tasks]
        for key in waiting:
            self._tasks[key].cancel()
        return waiting

    async def _deliver(self, post: Post) -> None:
        async with AsyncExitStack() as held:
            # The free slot last: who waits for anything else holds none.
            for name, most in ((post.group, self._per_group), *post.shares):
                if (limit := self._groups.get(name)) is None:
                    limit = self._groups[name] = asyncio.Semaphore(most)
                await held.enter_async_context(limit)
            await held.enter_async_context(self._free)
            self._started.add(post.key)
            self._outcomes.put(await _exchange(self._session, post))


def checked_session(lookup: Lookup, slots: int) -> aiohttp.ClientSession:
    """A client that checks every address before it connects. Make it on the loop's thread."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            resolver=_CheckedResolver(lookup),
            use_dns_cache=False,
            socket_factory=_checked_socket,
            limit=slots,
        ),
        timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )


def checked_literal(text: str) -> URL:
    """The URL; an address in it that may not be called never reaches a resolver.

    Raises InvalidUrl, AddressRefused.
    """
    url, port = _parsed(text)
    literal = _literal(url.raw_host or "")
    if literal and not addresses.may_connect(literal, port):
        raise AddressRefused(url=text)
    return url


async def _exchange(session: aiohttp.ClientSession, post: Post) -> Outcome:
    started = time.monotonic()

    def elapsed() -> int:
        return round((time.monotonic() - started) * 1000)

    try:
        url = checked_literal(post.url)
        async with asyncio.timeout(TOTAL_SECONDS):
            async with session.post(
                url,
                data=post.body,
                headers={**post.headers, "Accept-Encoding": "identity"},
                allow_redirects=False,
            ) as answer:
                body = await _start_of_body(answer)
                headers = {"retry-after": answer.headers.get("Retry-After", "")}
                return Outcome(post.key, answer.status, elapsed(), body=body, headers=headers)
    except TimeoutError:
        return Outcome(post.key, None, elapsed(), error="No answer in time.")
    except aiohttp.ClientConnectorCertificateError:
        return Outcome(post.key, None, elapsed(), error="Its certificate is not valid.")
    except (aiohttp.ClientConnectorError, DomainError, aiohttp.InvalidURL):
        # One sentence for refused and unreachable: the difference maps the inside network.
        return Outcome(post.key, None, elapsed(), error="Could not connect.")
    except (aiohttp.ClientError, OSError, ValueError):
        return Outcome(post.key, None, elapsed(), error="The answer could not be read.")
    except Exception:
        logger.exception("a POST failed in a way that nobody foresaw")
        return Outcome(post.key, None, elapsed(), error="The request could not be made.")


async def _start_of_body(answer: aiohttp.ClientResponse) -> str:
    read = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while len(read) < READ_BYTES:
                chunk = await answer.content.read(READ_BYTES - len(read))
                if not chunk:
                    break
                read += chunk
            else:
                answer.close()
    except (TimeoutError, aiohttp.ClientError):
        answer.close()
    return bytes(read[:KEPT_BYTES]).decode("utf-8", "replace").replace("\x00", "�")


class _CheckedResolver(AbstractResolver):
    """Looks a name up once and refuses it when any of its addresses is out of bounds."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await asyncio.get_running_loop().run_in_executor(None, self._lookup, host, port)
        if not found or not all(addresses.may_connect(address, port) for address in found):
            raise OSError("address refused")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in found
        ]

    async def close(self) -> None:
        pass


def _checked_socket(info: Any) -> socket.socket:
    """The last wall: the very address that is about to be connected to."""
    family, kind, protocol, _, target = info
    if not addresses.may_connect(str(target[0]), int(target[1])):
        raise OSError("address refused")
    return socket.socket(family=family, type=kind, proto=protocol)


def _parsed(url: str) -> tuple[URL, int]:
    """The URL as the client will read it, and its port. Raises InvalidUrl."""
    if not url.isprintable() or url != url.strip() or "\\" in url or len(url) > 2000:
        raise InvalidUrl(url=url[:200], reason="it contains characters that no address has")
    try:
        parsed = URL(url)
        port = parsed.port
    except ValueError:
        raise InvalidUrl(url=url, reason="it is malformed") from None
    allowed = {"https", "http"} if settings.ALLOW_HTTP_WEBHOOKS else {"https"}
    if parsed.scheme not in allowed:
        raise InvalidUrl(url=url, reason="it must start with https://")
    if not parsed.host or port is None:
        raise InvalidUrl(url=url, reason="it names no host")
    if parsed.user is not None or parsed.password is not None:
        raise InvalidUrl(url=url, reason="it must not carry a user name or password")
    return parsed, port


def _is_local_name(host: str) -> bool:
    """Whether such a name can only ever be one of an inside network."""
    labels = host.rstrip(".").lower().split(".")
    return len(labels) == 1 or labels[-1] in _LOCAL_SUFFIXES


def _literal(host: str) -> str:
    """The address if the host is one in its only spelling, else empty text."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ""


def _resolved_in_time(host: str, port: int, lookup: Lookup) -> Sequence[str]:
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="resolve")
    pending: Future[Sequence[str]] = pool.submit(lookup, host, port)
    try:
        return pending.result(timeout=RESOLVE_SECONDS)
    except (OSError, NotInTime, UnicodeError):
        return []
    finally:
        pool.shutdown(wait=False)
