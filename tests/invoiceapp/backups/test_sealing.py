"""Encrypted backups: only the identity opens them."""

from pathlib import Path

import pyrage
import pytest

from invoiceapp.backups import sealing
from invoiceapp.backups.errors import BackupError

CONTENT = b"every figure adds up\n" * 100_000


@pytest.fixture
def identity() -> str:
    return str(pyrage.x25519.Identity.generate())


def sealed(path: Path, keys: str) -> Path:
    with sealing.writing(path, sealing.recipients_of(keys)) as stream:
        stream.write(CONTENT)
    return path


def test_the_identity_opens_what_its_recipient_sealed(tmp_path: Path, identity: str) -> None:
    recipient = str(pyrage.x25519.Identity.from_str(identity).to_public())
    path = sealed(tmp_path / "backup", recipient)

    assert sealing.is_sealed(path)
    assert b"figure" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    clear = sealing.unsealed(path, sealing.identities_of(identity), tmp_path)
    assert clear.read_bytes() == CONTENT


def test_a_recipient_alone_opens_nothing(tmp_path: Path, identity: str) -> None:
    recipient = str(pyrage.x25519.Identity.from_str(identity).to_public())
    path = sealed(tmp_path / "backup", recipient)
    with pytest.raises(BackupError, match="give its identity"):
        sealing.unsealed(path, sealing.identities_of(recipient), tmp_path)


def test_another_identity_opens_nothing(tmp_path: Path, identity: str) -> None:
    path = sealed(tmp_path / "backup", identity)
    other = sealing.identities_of(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(BackupError, match="another identity"):
        sealing.unsealed(path, other, tmp_path)


def test_a_damaged_file_is_refused(tmp_path: Path, identity: str) -> None:
    path = sealed(tmp_path / "backup", identity)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(BackupError, match="damaged"):
        sealing.unsealed(path, sealing.identities_of(identity), tmp_path)


def test_without_keys_it_is_left_clear(tmp_path: Path) -> None:
    path = sealed(tmp_path / "backup", "")
    assert path.read_bytes() == CONTENT
    assert sealing.unsealed(path, [], tmp_path) == path


def test_a_key_that_is_none_is_refused() -> None:
    with pytest.raises(BackupError, match="BACKUP_KEY must be an age recipient"):
        sealing.recipients_of("s3cret")


def test_the_file_of_age_keygen_is_read() -> None:
    text = "# created: 2027-03-01\n# public key: age1abc\nAGE-SECRET-KEY-1ABC\n"
    assert sealing.without_comments(text) == "AGE-SECRET-KEY-1ABC"
