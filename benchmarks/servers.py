"""Starting and stopping the servers that are measured.

Each in a session of its own, as a service manager or a container would: then Linux shares full
cores out between the servers, and not between their threads, of which the web has most.
"""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.stage import BIN, ROOT


@contextmanager
def serving(command: list[str], path: str, **environment: str) -> Iterator[int]:
    """Run the command with PORT set to a free port, and wait until the path answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = subprocess.Popen(
        [part.replace("PORT", str(port)) for part in command],
        cwd=ROOT,
        env={**os.environ, "HOST": "127.0.0.1", "PORT": str(port), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(f"http://127.0.0.1:{port}{path}")
        yield port
    finally:
        child.terminate()
        child.wait(timeout=40)


@contextmanager
def product() -> Iterator[int]:
    command = [str(BIN / "python"), "-m", "gunicorn", "-c", "invoiceapp/gunicorn_conf.py"]
    with serving([*command, "invoiceapp.wsgi"], "/healthz", EMBEDDED_WORKER="false") as port:
        yield port


@contextmanager
def raw(organization_id: int) -> Iterator[int]:
    command = [str(BIN / "python"), "-m", "gunicorn", "-b", "127.0.0.1:PORT", "-k", "gthread"]
    command += ["-w", os.environ["WEB_CONCURRENCY"], "--threads", "8", "--no-control-socket"]
    with serving([*command, "benchmarks.raw_wsgi"], f"/{organization_id}") as port:
        yield port


@contextmanager
def working(command: list[str], **environment: str) -> Iterator[None]:
    """Run a worker beside what is measured."""
    child = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        child.terminate()
        child.wait(timeout=60)


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"{url} did not answer in 30 s")
