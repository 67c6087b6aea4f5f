"""The product's processes, started as an operator would, so that they can be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
_STAT_PARENT, _STAT_PAGES = 1, 21


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """One command in a process group of its own; kill -9 takes the whole group.

    `wrapper` stands before the command: `ip netns exec …`, for a host of its own.
    """

    def __init__(
        self,
        name: str,
        command: list[str],
        environment: dict[str, str],
        log: Path,
        wrapper: Sequence[str] = (),
    ):
        self.name, self.command, self.environment, self.log = name, command, environment, log
        self.wrapper = list(wrapper)
        self.kills = 0
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    def start(self) -> None:
        with self.log.open("ab") as out:
            self._child = subprocess.Popen(
                [*self.wrapper, *self.command],
                env={**os.environ, **self.environment},
                cwd=ROOT,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def kill_all(self) -> None:
        """SIGKILL for every process of the group, then start again."""
        self.stop(signal.SIGKILL)
        self.kills += 1
        self.start()

    def kill_one_child(self) -> bool:
        """SIGKILL for one forked child; its parent must replace it."""
        children = children_of(self.pid)
        if not children:
            return False
        try:
            os.kill(children[-1], signal.SIGKILL)
        except ProcessLookupError:
            return False
        self.kills += 1
        return True

    def has_died(self) -> bool:
        """Whether it ended without being told to."""
        return self._child is not None and self._child.poll() is not None

    def rss_megabytes(self) -> float:
        """What the largest process of the group has in memory."""
        pages = [_stat(pid)[_STAT_PAGES] for pid in (self.pid, *children_of(self.pid))]
        return max(pages) * os.sysconf("SC_PAGE_SIZE") / 1_048_576

    def send(self, how: signal.Signals) -> None:
        """To the whole group, which may be gone."""
        if self._child is not None and self._child.poll() is None:
            os.killpg(self._child.pid, how)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._child is None or self._child.poll() is not None:
            return
        os.killpg(self._child.pid, how)
        try:
            self._child.wait(timeout=45)
        except subprocess.TimeoutExpired:
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait(timeout=10)


def children_of(pid: int) -> list[int]:
    """The processes that it forked, the oldest first."""
    found = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]
    return sorted(one for one in found if _stat(one)[_STAT_PARENT] == pid)


def wait_until_ready(base_url: str, seconds: int = 300) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{base_url}/healthz", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise TimeoutError(f"{base_url} did not come up in {seconds} s")


def _stat(pid: int) -> list[int]:
    """The fields of /proc/<pid>/stat after the name, as numbers; zeros if it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return [0] * 50
    return [
        int(word) if word.lstrip("-").isdigit() else 0 for word in text.rpartition(")")[2].split()
    ]
