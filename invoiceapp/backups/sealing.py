"""Encryption of backups with age (age-encryption.org), so that other tools open them too."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyrage

from invoiceapp.backups.errors import BackupError

# What every age file starts with.
_MAGIC = b"age-encryption.org/"
_SECRET = "AGE-SECRET-KEY-"

# The library has no types of its own.
_Recipient: Any = pyrage.x25519.Recipient
_Identity: Any = pyrage.x25519.Identity


def recipients_of(keys: str) -> list[Any]:
    """Who may read a backup: comma-separated `age1…` recipients or `AGE-SECRET-KEY-1…` identities.

    Raises BackupError.
    """
    try:
        return [
            _Identity.from_str(key).to_public()
            if key.startswith(_SECRET)
            else _Recipient.from_str(key)
            for key in _each(keys)
        ]
    except (pyrage.IdentityError, pyrage.RecipientError) as error:
        raise BackupError(
            "BACKUP_KEY must be an age recipient (age1…) or identity (AGE-SECRET-KEY-1…)."
        ) from error


def identities_of(keys: str) -> list[Any]:
    """The identities among the keys: those that open backups. Raises BackupError."""
    try:
        return [_Identity.from_str(key) for key in _each(keys) if key.startswith(_SECRET)]
    except pyrage.IdentityError as error:
        raise BackupError("The identity is not an AGE-SECRET-KEY-1….") from error


def without_comments(text: str) -> str:
    """The keys of a file that age-keygen wrote, with its date and recipient above them."""
    return ",".join(line for line in text.splitlines() if not line.startswith("#"))


def is_sealed(path: Path) -> bool:
    """Whether the file is encrypted."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


@contextmanager
def writing(path: Path, recipients: Sequence[Any]) -> Iterator[IO[bytes]]:
    """A stream into a new file that only we may read, encrypted if there are recipients."""
    with open(path, "xb", opener=_private) as target:
        if not recipients:
            yield target
            return
        read_end, write_end = os.pipe()
        failures: list[BaseException] = []

        def seal() -> None:
            # Closing our end makes the writer fail too, instead of waiting for ever.
            with os.fdopen(read_end, "rb") as source:
                try:
                    pyrage.encrypt_io(source, target, list(recipients))
                except BaseException as error:
                    failures.append(error)

        sealing = threading.Thread(target=seal, name="sealing")
        sealing.start()
        try:
            with os.fdopen(write_end, "wb") as stream:
                yield stream
        finally:
            sealing.join()
        if failures:
            raise BackupError(f"The backup could not be encrypted: {failures[0]}")


def unsealed(path: Path, identities: Sequence[Any], folder: Path) -> Path:
    """The file as it was before encryption: itself, or decrypted into the folder.

    Raises BackupError without the right identity.
    """
    if not is_sealed(path):
        return path
    if not identities:
        raise BackupError(
            "The backup is encrypted: give its identity in BACKUP_KEY or with --identity."
        )
    clear = folder / "backup.tar"
    try:
        with path.open("rb") as source, open(clear, "xb", opener=_private) as target:
            pyrage.decrypt_io(source, target, list(identities))
    except (pyrage.DecryptError, OSError) as error:
        raise BackupError(
            "The backup does not open: another identity, or a damaged file."
        ) from error
    return clear


def _each(keys: str) -> list[str]:
    return [key.strip() for key in keys.replace("\n", ",").split(",") if key.strip()]


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
