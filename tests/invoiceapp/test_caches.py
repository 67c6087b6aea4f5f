"""W2: without Redis the cache forgets, and nothing fails or waits."""

import socket
from collections.abc import Iterator

import pytest

from invoiceapp.caches import RedisOrOwnCache


@pytest.fixture(params=["away", "silent"])
def cache(request: pytest.FixtureRequest) -> Iterator[RedisOrOwnCache]:
    """One whose Redis refuses connections, and one whose takes them and says nothing."""
    options = {"OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1] if request.param == "silent" else 1
        cache = RedisOrOwnCache(f"redis://127.0.0.1:{port}/0", options)
        cache._own.clear()
        yield cache


def test_counts_go_on_in_this_process(cache: RedisOrOwnCache) -> None:
    assert cache.get("x") is None
    assert cache.add("x", 1, timeout=60) is True
    assert cache.add("x", 1, timeout=60) is False
    assert cache.incr("x") == 2
    cache.set("y", "kept")
    assert cache.get_many(["x", "y", "z"]) == {"x": 2, "y": "kept"}
    assert (cache.delete("y"), cache.get("y", "gone")) == (True, "gone")


def test_only_the_first_one_waits(
    cache: RedisOrOwnCache, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invoiceapp.caches.REST_SECONDS", 60)
    for _ in range(100):
        cache.get("x")
    assert len(caplog.records) == 1
