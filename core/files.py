"""Keeping a file whole or not at all, and only as long as a row names it."""

import datetime
import errno
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import QuerySet

# The disk is full, the quota is used up, the file is larger than may be: not the caller's fault.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# A file that outlives this without its row belongs to nobody.
ORPHANED_AFTER = datetime.timedelta(hours=1)


def keep(name: str, content: "bytes | File[Any]") -> str:
    """Store it; the name it got. What could be written before the disk was full is removed.

    Raises OSError.
    """
    file = ContentFile(content) if isinstance(content, bytes) else content
    try:
        return default_storage.save(name, file)
    except OSError:
        default_storage.delete(name)
        raise


def remove_orphans(folder: str, rows: QuerySet[Any], *, at: datetime.datetime) -> int:
    """Delete files two levels below the folder that no row names in `storage_name`; how many.

    Young ones stay: their transaction may still be under way.
    """
    gone = 0
    for below in _listed(folder)[0]:
        path = f"{folder}/{below}"
        names = {f"{path}/{name}" for name in _listed(path)[1]}
        known = rows.filter(storage_name__in=names).values_list("storage_name", flat=True)
        for name in names - set(known):
            if at - default_storage.get_modified_time(name) > ORPHANED_AFTER:
                default_storage.delete(name)
                gone += 1
    return gone


def _listed(path: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(path)
    except FileNotFoundError:
        return [], []
