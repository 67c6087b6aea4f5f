"""Receivers that misbehave, each on a port of its own, and how often each was called."""

import socket
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable

Talk = Callable[[socket.socket, threading.Event], None]
_SLOW_SECONDS = 8
# One that may be called wherever a name leads to a public address.
REBINDING_PORT = 8443
_BOMB_BYTES = 300 * 1_048_576


def hang(connection: socket.socket, over: threading.Event) -> None:
    over.wait(60)


def slow(connection: socket.socket, over: threading.Event) -> None:
    over.wait(_SLOW_SECONDS)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def drip_headers(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not over.wait(0.5):
        connection.sendall(b"a")


def drip_body(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 100000\r\n\r\n")
    while not over.wait(0.5):
        connection.sendall(b"a")


def gzip_bomb(connection: socket.socket, over: threading.Event) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1_048_576)
    packed = b"".join(packer.compress(zeros) for _ in range(_BOMB_BYTES // len(zeros)))
    packed += packer.flush()
    head = f"HTTP/1.1 500 No\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    connection.sendall(head.encode() + packed)


def endless(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 1000000000\r\n\r\n")
    while not over.is_set():
        connection.sendall(bytes(65_536))


def reset(connection: socket.socket, over: threading.Event) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


class BadReceivers:
    """The listeners. `calls` counts connections by name; a redirect leads to `forbidden`."""

    def __init__(self, address: str, forbidden: str) -> None:
        self.calls: Counter[str] = Counter()
        self.over = threading.Event()
        self._listen("forbidden", forbidden, hang, REBINDING_PORT)
        self._listen("rebinding", address, hang, REBINDING_PORT)
        target = f"http://{forbidden}:{REBINDING_PORT}/"

        def redirect(connection: socket.socket, over: threading.Event) -> None:
            answer = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
            connection.sendall(answer.encode())

        kinds: dict[str, Talk] = {
            "hanging": hang,
            "slow": slow,
            "dripping headers": drip_headers,
            "dripping body": drip_body,
            "gzip bomb": gzip_bomb,
            "endless body": endless,
            "resetting": reset,
            "redirecting": redirect,
        }
        self.urls = {
            name: f"http://{address}:{self._listen(name, address, talk)}/"
            for name, talk in kinds.items()
        }
        # Not TLS at all, though it is spoken to in TLS.
        self.urls["invalid TLS"] = self.urls["resetting"].replace("http:", "https:")

    def _listen(self, name: str, address: str, talk: Talk, port: int = 0) -> int:
        listener = socket.create_server((address, port), backlog=256)

        def converse(connection: socket.socket) -> None:
            with connection:
                try:
                    connection.settimeout(60)
                    connection.recv(65_536)
                    talk(connection, self.over)
                except OSError:
                    return

        def serve() -> None:
            while not self.over.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    time.sleep(0.05)
                    continue
                self.calls[name] += 1
                threading.Thread(target=converse, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        return int(listener.getsockname()[1])


class Rebinding:
    """A name server on port 53 whose answers alternate between two addresses, with no life.

    Whoever checks one answer and connects to the next falls for it.
    """

    def __init__(self, address: str, good: str, forbidden: str) -> None:
        self.asked = 0
        self._answers = (good, forbidden)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            query, sender = self._socket.recvfrom(512)
            end = query.index(0, 12) + 5
            kind = query[end - 4 : end - 2]
            head = query[:2] + b"\x81\x80\x00\x01"
            if kind != b"\x00\x01":  # no address of another family
                self._socket.sendto(head + b"\0\0\0\0\0\0" + query[12:end], sender)
                continue
            address = self._answers[self.asked % 2]
            self.asked += 1
            record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04" + socket.inet_aton(address)
            self._socket.sendto(head + b"\0\x01\0\0\0\0" + query[12:end] + record, sender)
