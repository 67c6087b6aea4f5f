"""Load over so many keep-alive connections, each sending as soon as it is answered.

Or at a fixed rate, and then a request that had to wait for its connection waited.
"""

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Request = tuple[str, str, bytes | None, dict[str, str]]


@dataclass
class Result:
    """What came of one measured stretch."""

    done: int = 0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self.done / self.seconds

    @property
    def p50_ms(self) -> float:
        return 1000 * statistics.median(self.latencies)

    @property
    def p99_ms(self) -> float:
        return 1000 * statistics.quantiles(self.latencies, n=100)[98]


def drive_http(
    port: int,
    make: Callable[[int, int], Request],
    connections: int,
    seconds: float,
    *,
    per_second: float | None = None,
) -> Result:
    """make(connection, n) gives method, path, body, headers."""

    def worker(index: int) -> Callable[[int], None]:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

        def once(n: int) -> None:
            method, path, body, headers = make(index, n)
            link.request(method, path, body, headers)
            response = link.getresponse()
            text = response.read()
            if response.status >= 300:
                raise RuntimeError(f"{response.status} {text[:200]!r}")

        return once

    return drive(worker, connections, seconds, per_second=per_second)


def drive(
    worker: Callable[[int], Callable[[int], None]],
    threads: int,
    seconds: float,
    *,
    per_second: float | None = None,
) -> Result:
    """Run each worker's function over and over; a warm-up of a fifth is not counted."""
    result, lock = Result(), threading.Lock()
    started = time.perf_counter()
    begin = started + seconds / 5
    end = begin + seconds

    def turn(index: int, n: int) -> float:
        """When the n-th request of that connection is due, which is now or was before."""
        now = time.perf_counter()
        if per_second is None:
            return now
        due = started + (n * threads + index) / per_second
        time.sleep(max(0.0, due - now))
        return due

    def loop(index: int) -> None:
        once = worker(index)
        n, done, latencies = 0, 0, []
        while (before := turn(index, n)) < end:
            try:
                once(n)
            except Exception as error:  # noqa: BLE001 - every failure is counted and shown
                with lock:
                    result.errors.append(repr(error))
                    if len(result.errors) > 50:
                        return
            n += 1
            after = time.perf_counter()
            if begin <= before and after <= end:
                done += 1
                latencies.append(after - before)
        with lock:
            result.done += done
            result.latencies += latencies

    crew = [threading.Thread(target=loop, args=(index,)) for index in range(threads)]
    for member in crew:
        member.start()
    for member in crew:
        member.join()
    result.seconds = seconds
    return result
