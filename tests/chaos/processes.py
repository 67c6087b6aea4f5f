"""The product's processes, started as an operator would, so that they can be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """One command in a process group of its own; kill -9 takes the whole group."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path):
        self.name, self.command, self.environment, self.log = name, command, environment, log
        self.kills = 0
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            self._child = subprocess.Popen(
                self.command,
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
        assert self._child is not None
        listed = subprocess.run(
            ["pgrep", "-P", str(self._child.pid)], capture_output=True, text=True, check=False
        ).stdout.split()
        if not listed:
            return False
        try:
            os.kill(int(listed[-1]), signal.SIGKILL)
        except ProcessLookupError:
            return False
        self.kills += 1
        return True

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._child is None or self._child.poll() is not None:
            return
        os.killpg(self._child.pid, how)
        try:
            self._child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait(timeout=10)


def wait_until_ready(base_url: str, seconds: int = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{base_url}/healthz", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise TimeoutError(f"{base_url} did not come up in {seconds} s")
