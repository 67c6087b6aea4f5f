"""Clients that create invoices and, whatever happens, retry with the same key."""

import http.client
import json
import threading
import time
from dataclasses import dataclass
from queue import Empty, Queue

RETRY = {409, 429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Created:
    """What the server answered for one key."""

    id: str
    number: str
    total: str


class Journal:
    """The clients' memory: key -> answer, and every disagreement between two answers."""

    def __init__(self) -> None:
        self.answers: dict[str, Created] = {}
        self.disagreements: list[str] = []
        self.refused: list[str] = []
        self.retries = 0
        self._lock = threading.Lock()

    def write(self, key: str, created: Created) -> None:
        with self._lock:
            before = self.answers.setdefault(key, created)
            if before != created:
                self.disagreements.append(f"{key}: {before} then {created}")

    def note_retry(self) -> None:
        with self._lock:
            self.retries += 1

    def note_refusal(self, text: str) -> None:
        with self._lock:
            self.refused.append(text)


class Client(threading.Thread):
    """Takes keys from the queue until it is empty; one key may take many attempts."""

    def __init__(
        self, port: int, api_key: str, customers: list[str], keys: "Queue[str]", journal: Journal
    ) -> None:
        super().__init__(daemon=True)
        self.port, self.api_key, self.customers = port, api_key, customers
        self.keys, self.journal = keys, journal
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        while True:
            try:
                key = self.keys.get_nowait()
            except Empty:
                return
            while not self._attempt(key):
                self.journal.note_retry()
                time.sleep(0.05)

    def _attempt(self, key: str) -> bool:
        number = int(key.rpartition("-")[2])
        body = {
            "customer_id": self.customers[number % len(self.customers)],
            "line_items": [
                {"description": f"Order {key}", "quantity": 1 + number % 7, "unit_price": "19.99"}
            ],
        }
        headers = {
            "Authorization": f"Bearer {self.api_key}",
            "Content-Type": "application/json",
            "X-Idempotency-Key": key,
        }
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            self._connection.request("POST", "/v1/invoices", json.dumps(body), headers)
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            return False
        if response.status in (200, 201):
            made = json.loads(text)
            self.journal.write(key, Created(made["id"], made["number"], str(made["total"])))
            return True
        if response.status in RETRY:
            return False
        self.journal.note_refusal(f"{response.status} {text[:200]!r}")
        return True
