"""The files that go out with an invoice's mail beside its PDF."""

from dataclasses import dataclass

from billing.queries.attachments import list_sent_with, read_content
from integrations.models import Message


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file as it goes into the message."""

    file_name: str
    media_type: str
    content: bytes


def enclosures(message: Message) -> list[Enclosure]:
    """What was attached to the invoice to be sent with it. Raises FileMissing.

    A mail without a file that it promises is worse than a later one.
    """
    if message.kind != Message.Kind.INVOICE:
        return []
    return [
        Enclosure(attachment.file_name, attachment.media_type, read_content(attachment))
        for attachment in list_sent_with(message.organization_id, message.subject_id)
    ]
