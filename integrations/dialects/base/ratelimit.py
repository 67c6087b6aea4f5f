"""Counting requests exactly: in Redis, else in PostgreSQL, else in the one process there is.

A window opens with the first request counted under a key and lasts `seconds`; the
limit holds across every process. When the counter cannot be reached each process
counts for itself, so a lost Redis lets more requests pass but fails none.

On SQLite one process serves everything, and a write per request would make every read
wait for the disk and for the one writer's lock (10 ms against 10 µs, measured): there
the process counts.
"""

import functools
import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest

from integrations.models import RateLimitWindow

logger = logging.getLogger(__name__)

# After a failed call Redis is left alone this long: a dead host must not slow every request.
_REST_SECONDS = 5.0
_TIMEOUT_SECONDS = 0.25
_LOCAL_KEYS_MOST = 10_000

_COUNT = """
local used = redis.call('INCR', KEYS[1])
if used == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
local now = redis.call('TIME')
return {used, left, now[1], now[2]}
"""


@dataclass(frozen=True, slots=True)
class Quota:
    """Where a caller stands. `resets_at` is epoch seconds, `retry_after` whole seconds."""

    limit: int
    used: int
    resets_at: int
    retry_after: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRule:
    """How a dialect limits: the window, what strangers get, and how the headers are spelled."""

    seconds: int
    window_name: str
    anonymous_limit: int
    headers: Callable[[Quota], dict[str, str]]


def count(key: str, limit: int, seconds: int) -> Quota:
    """Count one request under the key and say where it stands. Never fails."""
    counted: _Count | None = None
    if settings.REDIS_URL:
        counted = _count_in_redis(key, seconds)
    elif connection.vendor == "postgresql":
        counted = _count_in_database(key, seconds)
    used, left, now = counted or _count_here(key, seconds)
    return Quota(
        limit=limit,
        used=used,
        resets_at=math.ceil(now + left),
        retry_after=max(1, math.ceil(left)),
    )


def forget_local_counts() -> None:
    """Start this process's own counters, and its patience with Redis, afresh."""
    global _redis_rests_until
    _redis_rests_until = 0.0
    with _local_lock:
        _local.clear()


def address_of(request: HttpRequest) -> str:
    """The peer's address as the server saw it; X-Forwarded-For is the caller's own claim."""
    return request.META.get("REMOTE_ADDR") or "unknown"


# (used, seconds left, epoch seconds by the counter's own clock)
_Count = tuple[int, float, float]


@functools.lru_cache(maxsize=4)
def _script(url: str) -> tuple["redis.Redis", "redis.commands.core.Script"]:
    client = redis.Redis.from_url(
        url, socket_timeout=_TIMEOUT_SECONDS, socket_connect_timeout=_TIMEOUT_SECONDS
    )
    return client, client.register_script(_COUNT)


_redis_rests_until = 0.0


def _count_in_redis(key: str, seconds: int) -> _Count | None:
    global _redis_rests_until
    if time.monotonic() < _redis_rests_until:
        return None
    try:
        _, script = _script(settings.REDIS_URL)
        used, left, now, micro = script(keys=[f"rate:{key}"], args=[seconds * 1000])
    except (redis.RedisError, OSError) as error:
        _redis_rests_until = time.monotonic() + _REST_SECONDS
        logger.warning("rate limits are counted per process: Redis does not answer (%s)", error)
        return None
    return int(used), int(left) / 1000, int(now) + int(micro) / 1_000_000


_UPSERT = """
INSERT INTO {table} (key, window_start, used) VALUES (%s, %s, 1)
ON CONFLICT (key) DO UPDATE SET
  used = CASE WHEN {table}.window_start <= %s THEN 1 ELSE {table}.used + 1 END,
  window_start = CASE WHEN {table}.window_start <= %s
                 THEN excluded.window_start ELSE {table}.window_start END
RETURNING used, window_start
"""


def _count_in_database(key: str, seconds: int) -> _Count | None:
    now = time.time()
    over = int(now) - seconds
    statement = _UPSERT.format(table=RateLimitWindow._meta.db_table)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, [key[:120], int(now), over, over])
            used, started = cursor.fetchone()
    except DatabaseError as error:
        logger.warning("rate limits are counted per process: %s", error)
        return None
    return used, max(0.0, started + seconds - now), now


_local: dict[str, tuple[float, int]] = {}
_local_lock = threading.Lock()


def _count_here(key: str, seconds: int) -> _Count:
    now = time.time()
    with _local_lock:
        started, used = _local.get(key, (now, 0))
        if started <= now - seconds:
            started, used = now, 0
        if len(_local) >= _LOCAL_KEYS_MOST:
            _local.clear()
        _local[key] = (started, used + 1)
    return used + 1, started + seconds - now, now
