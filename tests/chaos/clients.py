"""Clients that create invoices and payments and, whatever happens, retry with the same key."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty, Queue

RETRY = {409, 429, 503}
# Every so many invoices one is paid, and every so many of those payments refunded in part.
PAID, REFUNDED = 5, 3
# And every so often the list of them is read.
READ = 4
Address = tuple[str, int]


@dataclass(frozen=True)
class Created:
    """What the server answered for one key."""

    id: str
    number: str
    total: str


@dataclass(frozen=True)
class Answer:
    """One answer, and how long it took; status 0 when there was none."""

    at: float
    status: int
    seconds: float
    retry_after: bool


class Journal:
    """The clients' memory: key -> answer, and every disagreement between two answers."""

    def __init__(self) -> None:
        self.answers: dict[str, Created] = {}
        self.done: set[str] = set()
        self.disagreements: list[str] = []
        self.refused: list[str] = []
        self.log: list[Answer] = []
        self.retries = 0
        self._lock = threading.Lock()

    def write(self, key: str, created: Created) -> None:
        with self._lock:
            before = self.answers.setdefault(key, created)
            if before != created:
                self.disagreements.append(f"{key}: {before} then {created}")

    def note(self, answer: Answer) -> None:
        with self._lock:
            self.log.append(answer)

    def note_done(self, key: str) -> None:
        with self._lock:
            self.done.add(key)

    def note_retry(self) -> None:
        with self._lock:
            self.retries += 1

    def note_refusal(self, text: str) -> None:
        with self._lock:
            self.refused.append(text)

    def statuses(self) -> Counter[int]:
        with self._lock:
            return Counter(one.status for one in self.log)

    def of(self, what: str) -> dict[str, Created]:
        """The answers of one kind: order, pay or refund."""
        return {key: one for key, one in self.answers.items() if key.startswith(f"{what}-")}


class Client(threading.Thread):
    """Takes numbers from the queue until it is empty; each may take many attempts.

    With several addresses it goes to the next one when the present one does not answer, as
    a load balancer would.
    """

    def __init__(
        self,
        targets: Sequence[Address],
        api_key: str,
        customers: list[str],
        numbers: "Queue[int]",
        journal: Journal,
        pace: float = 0,
    ) -> None:
        super().__init__(daemon=True)
        self.targets, self.api_key, self.customers = list(targets), api_key, customers
        self.numbers, self.journal, self.pace = numbers, journal, pace
        self.over = threading.Event()
        self._connection: http.client.HTTPConnection | None = None
        self._turn = 0

    def run(self) -> None:
        while not self.over.is_set():
            try:
                number = self.numbers.get_nowait()
            except Empty:
                return
            self._order(number)
            self.over.wait(self.pace)

    def _order(self, number: int) -> None:
        """One invoice, and what is done with it."""
        line = {
            "description": f"Order {number}",
            "quantity": 1 + number % 7,
            "unit_price": "19.99",
        }
        customer = self.customers[number % len(self.customers)]
        if number % READ == 0:
            self._read("/v1/invoices?limit=5")
        made = self._insist(
            f"order-{number}", "/v1/invoices", {"customer_id": customer, "line_items": [line]}
        )
        if made is not None and number % PAID == 0:
            whole = {"invoice_id": made.id, "amount": made.total, "currency": "USD"}
            paid = self._insist(
                f"pay-{number}", "/v1/payments", {**whole, "payment_method": "bank_transfer"}
            )
            if paid is not None and number % (PAID * REFUNDED) == 0:
                part = {"amount": "1.00", "reason": "customer_request"}
                self._insist(f"refund-{number}", f"/v1/payments/{paid.id}/refund", part)
        self.journal.note_done(str(number))

    def _read(self, path: str) -> None:
        """Reading is tried once: what counts is how it is answered."""
        status, text = self._attempt("", path, None)
        if status and status != 200 and status not in RETRY:
            self.journal.note_refusal(f"GET {path}: {status} {text[:300]!r}")

    def _insist(self, key: str, path: str, body: dict[str, object]) -> Created | None:
        while not self.over.is_set():
            status, text = self._attempt(key, path, body)
            if status in (200, 201):
                made = json.loads(text)
                made = made.get("refund", made)
                total = str(made.get("total", made.get("amount")))
                created = Created(made["id"], str(made.get("number", "")), total)
                self.journal.write(key, created)
                return created
            if status and status not in RETRY:
                self.journal.note_refusal(f"{key}: {status} {text[:300]!r}")
                return None
            self.journal.note_retry()
            time.sleep(0.05)
        return None

    def _attempt(self, key: str, path: str, body: dict[str, object] | None) -> tuple[int, bytes]:
        """Status and text of one request; a GET without a body. 0: there was no answer."""
        headers = {"Authorization": f"Bearer {self.api_key}"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "X-Idempotency-Key": key}
        method, content = ("GET", None) if body is None else ("POST", json.dumps(body))
        started = time.monotonic()
        status, has_wait, text = 0, False, b""
        try:
            if self._connection is None:
                host, port = self.targets[self._turn % len(self.targets)]
                self._connection = http.client.HTTPConnection(host, port, timeout=20)
            self._connection.request(method, path, content, headers)
            response = self._connection.getresponse()
            text = response.read()
            status, has_wait = response.status, "Retry-After" in response.headers
        except (OSError, http.client.HTTPException):
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            self._turn += 1
        ended = time.monotonic()
        self.journal.note(Answer(ended, status, ended - started, has_wait))
        return status, text
