"""A customer of the public API with a callback, and the work done as workers do it."""

import base64
import json
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from integrations.collectors import callbacks, runner
from integrations.models import CollectorCredential
from tests.contract.collector.conftest import Collector
from tests.integrations.receivers import Receiver


class Journey:
    """One user of the customer, connected to one source."""

    def __init__(self, collector: Collector, receiver: Receiver) -> None:
        self.collector, self.receiver = collector, receiver
        assert collector.post("/customer", {"callback": receiver.url}).status == 200
        self.user = collector.user(locale="en")
        self.path = ""

    def connect(self, source: str, **params: str) -> None:
        """With everything that there was before."""
        connected = self.collector.connected_with(
            self.user["id"], collector=source, params=params, download_from_timestamp=0
        )
        self.path = f"/user/{self.user['id']}/credential/{connected['id']}"

    def refused(self, source: str, **params: str) -> str:
        """Why the API does not connect it."""
        path = f"/user/{self.user['id']}/credential"
        answer = self.collector.post(path, {"collector": source, "params": params})
        assert answer.status == 400
        message: str = answer.json["message"]
        return message

    def collect(self, *, while_waiting: Callable[[], Any] = lambda: None) -> list[str]:
        """Which invoices the callback was told of in this run."""
        before = len(self.receiver.received)
        assert self.collector.post(f"{self.path}/collect").status == 200
        assert runner.collect_due(timezone.now, sleep=lambda _: while_waiting()) == 1
        callbacks.deliver_due(timezone.now)
        return [one["invoice"]["id"] for one in self.told()[before:] if one["type"] == "invoice"]

    def repair(self, **params: str) -> None:
        """The user types in other parameters."""
        assert self.collector.call("PUT", self.path, {"params": params}).status == 200

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(request.body) for request in self.receiver.received]

    def documents(self) -> list[bytes]:
        told = [one for one in self.told() if one["type"] == "invoice"]
        return [base64.b64decode(one["invoice"]["data"]) for one in told]

    def notices(self) -> list[str]:
        return [one["type"] for one in self.told() if one["type"] != "invoice"]

    def state(self) -> tuple[int, str]:
        """The index, and what is said of it."""
        shown = self.collector.get(self.path).json["state"]
        return shown["index"], shown["message"]

    def is_scheduled(self) -> bool:
        return CollectorCredential.objects.get().next_attempt_at is not None

    def answer(self, code: str) -> None:
        """What the user does when a code is wanted."""
        if self.state()[0] == 3:
            assert self.collector.post(f"{self.path}/2fa", {"code": code}).status == 200
