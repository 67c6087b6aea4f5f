"""The browser's proxy: who may use it, and where it leads."""

import base64
import socket
from typing import Any

import pytest

from integrations.collectors.sources.portal.gate import Gate
from tests.integrations.collectors.test_sources import Api


def told(gate: Gate, request: str, *, knows: bool = True) -> bytes:
    """What the gate answers to a request with these lines."""
    proof = base64.b64encode(f"{gate.user}:{gate.password}".encode()).decode()
    head = f"Proxy-Authorization: Basic {proof}\r\n" if knows else ""
    port = int(gate.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(f"{request}\r\n{head}\r\n".encode())
        answer = b""
        while chunk := client.recv(65_536):
            answer += chunk
            if b"established" in answer:
                break
    return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_a_page_is_fetched_for_who_knows_the_password() -> None:
    api = Api()
    api.answers["/list?page=2"] = (200, b"hello")
    with Gate() as gate:
        request = f"GET {api.url}/list?page=2 HTTP/1.1\r\nHost: x\r\nAuthorization: mine"
        assert told(gate, request).endswith(b"hello")
        assert status(told(gate, request, knows=False)) == 407
    assert api.asked == [("/list?page=2", "mine")]
    api.server.shutdown()
    api.server.server_close()


@pytest.mark.parametrize(
    "place",
    ["10.0.0.1:443", "[::1]:443", "[::ffff:169.254.169.254]:443", "metadata.test:443", "h.test:22"],
)
def test_it_leads_to_no_address_inside_O1(place: str, settings: Any) -> None:
    settings.OUTBOUND_ALLOW_CIDRS = []

    def lookup(host: str, port: int) -> list[str]:
        names = {"metadata.test": "169.254.169.254", "h.test": "93.184.215.14"}
        return [names.get(host, host)]

    with Gate(lookup) as gate:
        assert status(told(gate, f"CONNECT {place} HTTP/1.1")) == 502


def test_the_address_that_was_checked_is_the_one_connected_to(settings: Any) -> None:
    asked: list[str] = []

    def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with socket.create_server(("127.0.0.1", 0)) as listener, Gate(lookup) as gate:
        port = listener.getsockname()[1]
        assert status(told(gate, f"CONNECT portal.test:{port} HTTP/1.1")) == 200
    assert asked == ["portal.test"]


def test_without_plain_http_only_tunnels_lead_out(settings: Any) -> None:
    settings.ALLOW_HTTP_WEBHOOKS = False
    with Gate() as gate:
        assert told(gate, "GET http://127.0.0.1:9/ HTTP/1.1") == b""
