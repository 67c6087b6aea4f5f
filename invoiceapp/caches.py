"""The shared cache, which may go away: then each process keeps what it needs by itself."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# While Redis is away it is asked this seldom: each time costs a request its patience.
REST_SECONDS = 2.0
_METHODS = ("add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many")


class RedisOrOwnCache(RedisCache):
    """Redis while it answers; else this process's memory, so that limits still count.

    What is cached here is a count or a copy: nobody may wait for it, and nothing fails
    without it.
    """

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._own = LocMemCache("while Redis is away", {})
        self._rests_until = 0.0

    def _ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        own: Callable[..., Any] = getattr(self._own, method)
        if time.monotonic() < self._rests_until:
            return own(*args, **kwargs)
        try:
            return getattr(RedisCache, method)(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            logger.warning("this process caches by itself: Redis does not answer (%s)", error)
            return own(*args, **kwargs)


def _asking(method: str) -> Callable[..., Any]:
    def ask(self: RedisOrOwnCache, *args: Any, **kwargs: Any) -> Any:
        return self._ask(method, *args, **kwargs)

    ask.__name__ = method
    return ask


for _method in _METHODS:
    setattr(RedisOrOwnCache, _method, _asking(_method))
