"""What billing needs from outside. The integrations app fills these when it starts."""

import datetime
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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


# Who tells that a document was sent.
MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Posted:
    """A mail of many: about which document, and to whom."""

    subject_id: int
    to: Sequence[str]
    bcc: Sequence[str] = ()


class QueueMessages(Protocol):
    """Keep many messages of one kind; of each, whether it counts as sent in this very moment.

    They are kept as the caller goes through them to the end. All that is to be read was read
    before the first of them.

    Those are of a sandbox that keeps its mail in the house: the caller, who holds the
    documents, records that they were sent.
    """

    def __call__(
        self,
        *,
        actor: Actor,
        at: datetime.datetime,
        kind: str,
        mails: Sequence[Posted],
        attach_pdf: bool,
    ) -> Iterator[bool]: ...


class Mailer:
    """The slot for the functions that queue mail."""

    def __init__(self) -> None:
        self._queue: QueueMessage | None = None
        self._queue_many: QueueMessages | None = None

    def fill(self, queue: QueueMessage, queue_many: QueueMessages) -> None:
        """Called once, when the installation is put together."""
        self._queue, self._queue_many = queue, queue_many

    @property
    def queue_many(self) -> QueueMessages:
        if self._queue_many is None:
            raise RuntimeError("billing.ports.mailer was never filled")
        return self._queue_many

    @property
    def queue(self) -> QueueMessage:
        if self._queue is None:
            raise RuntimeError("billing.ports.mailer was never filled")
        return self._queue


mailer = Mailer()
