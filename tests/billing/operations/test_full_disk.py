"""F3: a file is kept whole or not at all."""

import errno
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from pytest_django import Settings

from accounts.actors import Actor
from billing.models import Attachment
from billing.operations.attachments import attach_file
from core.models import Event
from tests.builders import customer
from tests.instants import AT


def test_what_fits_in_part_leaves_neither_file_nor_row(
    actor: Actor, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path
    whose = customer(actor)
    events = Event.objects.count()

    def full(self: FileSystemStorage, name: str, content: object) -> str:
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"day;ho")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with pytest.raises(OSError, match="No space"):
        attach_file(
            actor=actor,
            at=AT,
            noun="customer",
            subject_id=whose.pk,
            file_name="hours.csv",
            content=b"day;hours\n",
        )
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert (Attachment.objects.count(), Event.objects.count()) == (0, events)
