"""The file itself: a tar of the database, the media and, last, the manifest of both."""

import hashlib
import io
import json
import tarfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from invoiceapp.backups.errors import BackupError

FORMAT = 1
MANIFEST = "manifest.json"
MEDIA, KEYS = "media", "keys"
_CHUNK = 1_048_576
# A manifest names every file of the installation; more than this is no manifest of ours.
_LONGEST_MANIFEST = 512 * _CHUNK


@dataclass(slots=True)
class Manifest:
    """What a backup says about itself. `counts` are rows per table, `made_at` is UTC."""

    product: str
    version: str
    made_at: str
    vendor: str
    database: str
    counts: dict[str, int]
    migrations: list[list[str]]
    has_keys: bool = False
    format: int = FORMAT
    # Name in the archive -> its bytes and SHA-256.
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def names_in(self, folder: str) -> list[str]:
        """The files that lie under that folder of the archive."""
        return [name for name in self.files if name.startswith(f"{folder}/")]


class Writer:
    """Adds files one by one and ends with the manifest."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._files: dict[str, dict[str, Any]] = {}

    def add_file(self, name: str, path: Path) -> None:
        """The file under that name. Raises OSError when it is gone or shrinks meanwhile."""
        with path.open("rb") as file:
            size = path.stat().st_size
            self._add(name, file, size)

    def add_text(self, name: str, text: str) -> None:
        data = text.encode()
        self._add(name, io.BytesIO(data), len(data))

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, which then names all files, and close the tar."""
        manifest.files = self._files
        data = json.dumps(asdict(manifest), indent=1).encode()
        self._tar.addfile(_entry(MANIFEST, len(data)), io.BytesIO(data))
        self._tar.close()

    def _add(self, name: str, file: IO[bytes], size: int) -> None:
        hashing = _Hashing(file)
        self._tar.addfile(_entry(name, size), hashing)
        self._files[name] = {"bytes": size, "sha256": hashing.digest}


def unpack(path: Path, folder: Path) -> Manifest:
    """Check every file of the archive against its manifest and write it into the folder.

    Raises BackupError when anything is missing, more, or different.
    """
    try:
        with tarfile.open(path, mode="r:") as tar:
            manifest = _manifest(tar)
            seen = {_unpack_one(tar, entry, manifest, folder) for entry in tar} - {MANIFEST}
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"The file is no backup, or a damaged one: {error}.") from error
    if missing := sorted(manifest.files.keys() - seen):
        raise BackupError(f"The backup lacks {missing[0]}, which its manifest names.")
    return manifest


def _manifest(tar: tarfile.TarFile) -> Manifest:
    try:
        entry = tar.getmember(MANIFEST)
        source = tar.extractfile(entry)
        if source is None or entry.size > _LONGEST_MANIFEST:
            raise BackupError("The backup has no manifest that can be read.")
        values = json.loads(source.read())
        if values["format"] != FORMAT:
            raise BackupError(f"The backup has format {values['format']}, which is unknown here.")
        return Manifest(**values)
    except (KeyError, TypeError, ValueError) as error:
        raise BackupError("The backup has no manifest that can be read.") from error


def _unpack_one(
    tar: tarfile.TarFile, entry: tarfile.TarInfo, manifest: Manifest, folder: Path
) -> str:
    if entry.name == MANIFEST:
        return entry.name
    named = PurePosixPath(entry.name)
    source = tar.extractfile(entry) if entry.isreg() else None
    if source is None or named.is_absolute() or ".." in named.parts:
        raise BackupError(f"The backup holds {entry.name}, which no backup of ours does.")
    target = folder / named
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    hashing = _Hashing(source)
    with target.open("xb") as file:
        while chunk := hashing.read(_CHUNK):
            file.write(chunk)
    if manifest.files.get(entry.name) != {"bytes": entry.size, "sha256": hashing.digest}:
        raise BackupError(f"{entry.name} is not what the manifest says: the backup is damaged.")
    return entry.name


class _Hashing:
    """Reads through, and knows the SHA-256 of what it read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._sha256.update(data)
        return data

    @property
    def digest(self) -> str:
        return self._sha256.hexdigest()


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(time.time())
    return entry
