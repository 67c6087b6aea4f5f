"""A webhook receiver that remembers every event id and checks both signatures."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that is killed resets its connection: expected here, and no news."""


class Receiver:
    """`seen` counts deliveries per webhook-id; `arrived` is when the first of each came."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.secret = ""
        self.seen: Counter[str] = Counter()
        self.arrived: dict[str, float] = {}
        self.types: Counter[str] = Counter()
        self.subjects: dict[str, str] = {}
        self.bad_signatures = 0
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                owner.take(dict(self.headers.items()), body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Thousands of lines would drown the report."""

        self._server = _Server((address, 0), Handler)
        self.url = f"http://{address}:{self._server.server_address[1]}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, headers: dict[str, str], body: bytes) -> None:
        spelled = {name.lower(): value for name, value in headers.items()}
        valid = self._hex_is_valid(spelled, body) and self._standard_is_valid(spelled, body)
        event = json.loads(body)
        with self._lock:
            self.seen[spelled["webhook-id"]] += 1
            self.arrived.setdefault(spelled["webhook-id"], time.time())
            self.types[event["type"]] += 1
            self.subjects.setdefault(event["data"]["object"]["id"], event["type"])
            self.bad_signatures += not valid

    def _hex_is_valid(self, headers: dict[str, str], body: bytes) -> bool:
        expected = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, headers["x-webhook-signature"])

    def _standard_is_valid(self, headers: dict[str, str], body: bytes) -> bool:
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return f"v1,{digest}" in headers["webhook-signature"].split()

    @property
    def repeats(self) -> int:
        """Deliveries beyond the first of each event."""
        return sum(self.seen.values()) - len(self.seen)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
