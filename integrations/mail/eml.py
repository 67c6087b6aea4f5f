"""Mail as files: what an installation without a mail server does with its messages."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

from core.ids import uuid7

_NEWLINE = re.compile(rb"\r\n|\r|\n")


class EmlFileBackend(BaseEmailBackend):
    """Writes each message to settings.EMAIL_FILE_PATH as an .eml file that mail programs open.

    The name is a time-ordered id and says nothing about the content. A file appears under
    its name only when it is complete.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._folder = Path(settings.EMAIL_FILE_PATH)

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """How many were written. Raises OSError when the folder cannot be written to."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            self._write(_NEWLINE.sub(b"\r\n", message.message().as_bytes()))
        return len(email_messages)

    def _write(self, raw: bytes) -> None:
        name = uuid7().hex
        unfinished = self._folder / f".{name}.tmp"
        with open(unfinished, "xb", opener=_private) as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self._folder / f"{name}.eml")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
