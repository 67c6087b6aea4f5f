"""A folder on this server that somebody, or a scanner, puts documents into."""

import datetime
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from integrations.collectors.base import (
    MOST_BYTES,
    AuthenticationFailed,
    Description,
    Found,
    Maintenance,
    Opened,
    Param,
    ParamRefused,
    Source,
    Visit,
)

# Above it: every name on the way is looked at without following links.
_DEPTH = 8
_NAME = re.compile(r"[^/\x00]{1,200}")
_SUFFIXES = frozenset({".pdf", ".xml", ".png", ".jpg", ".jpeg"})


class Folder(Source):
    """Files of <settings.COLLECTOR_FOLDERS>/<organization>/<folder>, not of folders below it."""

    description = Description(
        id="folder",
        kind="api",
        name={"en": "Watched folder", "fr": "Dossier surveillé"},
        description={
            "en": "Collects documents that are put into a folder on this server.",
            "fr": "Récupère les documents déposés dans un dossier de ce serveur.",
        },
        params={
            "folder": Param(
                name={"en": "Folder", "fr": "Dossier"}, placeholder="invoices/2026", most=300
            )
        },
    )

    def clean(self, params: dict[str, str]) -> dict[str, str]:
        if not settings.COLLECTOR_FOLDERS:
            raise ParamRefused("folder", "This server watches no folders.")
        _steps(params["folder"])
        return params

    @contextmanager
    def open(self, visit: Visit) -> Iterator[Opened]:
        try:
            steps = _steps(visit.params["folder"])
        except ParamRefused as refused:
            raise AuthenticationFailed(str(refused)) from None
        handle = _descend(visit.organization, steps)
        try:
            yield _OpenFolder(handle)
        finally:
            os.close(handle)


class _OpenFolder(Opened):
    def __init__(self, handle: int) -> None:
        self._handle = handle

    def list(self) -> Iterator[Found]:
        for name in sorted(os.listdir(self._handle)):  # noqa: PTH208 (a handle, not a path)
            if name.startswith(".") or Path(name).suffix.lower() not in _SUFFIXES:
                continue
            facts = os.stat(name, dir_fd=self._handle, follow_symlinks=False)
            if stat.S_ISREG(facts.st_mode) and 0 < facts.st_size <= MOST_BYTES:
                issued_at = datetime.datetime.fromtimestamp(facts.st_mtime, datetime.UTC)
                yield Found(
                    id=_id_of(name), issued_at=issued_at, reference=name, names_carrier=True
                )

    def download(self, found: Found) -> bytes:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        with os.fdopen(os.open(found.reference, flags, dir_fd=self._handle), "rb") as file:
            return file.read(MOST_BYTES + 1)


def _steps(folder: str) -> list[str]:
    steps = [step for step in folder.split("/") if step not in ("", ".")]
    if len(steps) > _DEPTH or any(step == ".." or not _NAME.fullmatch(step) for step in steps):
        raise ParamRefused("folder", "This must be the path of a folder below the watched one.")
    return steps


def _descend(organization: str, steps: list[str]) -> int:
    """A handle on the folder. Each step is opened by itself, and none may be a link."""
    if not settings.COLLECTOR_FOLDERS:
        raise Maintenance("This server watches no folders.")
    flags = os.O_RDONLY | os.O_DIRECTORY
    try:
        handle = os.open(settings.COLLECTOR_FOLDERS, flags)
        for step in (organization, *steps):
            above = handle
            try:
                handle = os.open(step, flags | os.O_NOFOLLOW, dir_fd=above)
            finally:
                os.close(above)
    except OSError:
        raise Maintenance("The folder is not there.") from None
    return handle


def _id_of(name: str) -> str:
    """The file's name; of one that is too long, or not text, its hash."""
    raw = os.fsencode(name)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return hashlib.sha256(raw).hexdigest()
    return text if len(text) <= 200 else hashlib.sha256(raw).hexdigest()
