"""What gunicorn refuses before any view is JSON too (acceptance of hostile input)."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from gunicorn.http import errors

from invoiceapp.gunicorn_worker import refusal

ROOT = Path(__file__).resolve().parent.parent.parent


def parsed(answer: bytes) -> tuple[int, dict[str, str], dict[str, object]]:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, json.loads(body)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.LimitRequestLine(9000, 4094), 414),
        (errors.LimitRequestHeaders("limit request headers fields"), 431),
        (errors.ExpectationFailed("x"), 417),
        (errors.InvalidRequestLine("\u00ff"), 400),
        (errors.InvalidHeader("CONTENT-LENGTH"), 400),
        (errors.UnsupportedTransferCoding("gzip"), 400),
    ],
)
def test_a_request_that_cannot_be_read(error: Exception, status: int) -> None:
    answer = refusal(error)
    assert answer is not None
    found, headers, body = parsed(answer)
    assert (found, headers["Content-Type"]) == (status, "application/json")
    assert int(headers["Content-Length"]) == len(answer.partition(b"\r\n\r\n")[2])
    assert body["request_id"] == headers["X-Request-ID"]
    shown = body["error"]
    assert isinstance(shown, dict)
    assert (shown["type"], shown["code"]) == ("validation_error", "malformed_request")


@pytest.mark.parametrize(
    "error", [ValueError(), errors.InvalidResponseHeader("x"), errors.NoMoreData()]
)
def test_other_errors_are_left_to_gunicorn(error: Exception) -> None:
    assert refusal(error) is None


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A real server of the product on a free port, with an empty data folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "-c", "invoiceapp/gunicorn_conf.py"]
    server = subprocess.Popen(
        [*command, "invoiceapp.wsgi"],
        cwd=ROOT,
        env={
            **os.environ,
            "HOST": "127.0.0.1",
            "PORT": str(number),
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "DJANGO_SETTINGS_MODULE": "invoiceapp.settings.test",
            "WEB_CONCURRENCY": "1",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", number)) == 0:
                    break
            time.sleep(0.1)
        yield number
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_over_a_real_connection(port: int) -> None:
    for request, status in (
        (b"GET /v1/invoices?" + b"x" * 65_536 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 414),
        (b"GET /v1/\xff HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 400),
        (b"GET /v1 HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"y" * 9_000 + b"\r\n\r\n", 431),
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
            client.sendall(request)
            answer = b""
            while chunk := client.recv(65_536):
                answer += chunk
        found, headers, _ = parsed(answer)
        assert (found, headers["Content-Type"]) == (status, "application/json")
