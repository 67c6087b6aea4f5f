"""A source that shows what the test says, and a visit of it."""

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from integrations.collectors.base import Description, Found, Opened, Source, Visit
from tests.instants import AT

PDF = b"%PDF-1.7 one page"


def invoice(number: str, *, days: int = 1, content: bytes = PDF, **values: Any) -> Found:
    """An invoice of so many days after AT."""
    issued_at = AT + datetime.timedelta(days=days)
    return Found(id=number, issued_at=issued_at, reference=content, **values)


class Scripted(Source):
    """Shows `shown`. `meet` is called after the login with the visit, and may raise."""

    description = Description(
        id="scripted", kind="api", name={"en": "Scripted"}, description={"en": ""}, params={}
    )
    concurrency = 1

    def __init__(self, *shown: Found, meet: Callable[[Visit], None] | None = None) -> None:
        self.shown, self.meet, self.downloads = list(shown), meet, 0

    @contextmanager
    def open(self, visit: Visit) -> Iterator[Opened]:
        if self.meet:
            self.meet(visit)
        yield _Opened(self)


class _Opened(Opened):
    def __init__(self, source: Scripted) -> None:
        self._source = source

    def list(self) -> list[Found]:
        return self._source.shown

    def download(self, found: Found) -> bytes:
        self._source.downloads += 1
        if isinstance(found.reference, Exception):
            raise found.reference
        content: bytes = found.reference
        return content
