"""What billing needs from outside. The integrations app fills these when it starts."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Protocol

from accounts.actors import Actor


class QueuedMessage(Protocol):
    """A mail that will be sent, as the mailer keeps it."""

    @property
    def uuid(self) -> uuid.UUID: ...
    @property
    def message_id(self) -> str: ...


class QueueMessage(Protocol):
    """Keep a message to be sent, in the caller's transaction."""

    def __call__(
        self,
        *,
        actor: Actor,
        at: datetime.datetime,
        kind: str,
        subject_id: int,
        to: Sequence[str],
        cc: Sequence[str],
        bcc: Sequence[str],
        subject: str,
        body: str,
        attach_pdf: bool,
    ) -> QueuedMessage: ...


class Mailer:
    """The slot for the one function that queues mail."""

    def __init__(self) -> None:
        self._queue: QueueMessage | None = None

    def fill(self, queue: QueueMessage) -> None:
        """Called once, when the installation is put together."""
        self._queue = queue

    @property
    def queue(self) -> QueueMessage:
        if self._queue is None:
            raise RuntimeError("billing.ports.mailer was never filled")
        return self._queue


mailer = Mailer()
