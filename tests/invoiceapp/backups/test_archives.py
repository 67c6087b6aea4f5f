"""The file of a backup: what is damaged, missing or foreign is refused."""

import io
import tarfile
from pathlib import Path

import pytest

from invoiceapp.backups import archives
from invoiceapp.backups.errors import BackupError


def manifest() -> archives.Manifest:
    return archives.Manifest(
        product="InvoiceApp",
        version="0.1.0",
        made_at="2027-03-01T06:00:00+00:00",
        vendor="sqlite",
        database="database.sqlite3",
        counts={"core_event": 3},
        migrations=[["core", "0001_initial"]],
    )


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / "db").write_bytes(b"rows" * 1000)
    path = tmp_path / "backup.tar"
    with path.open("wb") as stream:
        writer = archives.Writer(stream)
        writer.add_file("database.sqlite3", tmp_path / "db")
        writer.add_text("media/logos/a.png", "picture")
        writer.finish(manifest())
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def repacked(archive: Path, *, without: str = "", adding: dict[str, bytes] | None = None) -> Path:
    path = archive.with_name("other.tar")
    with tarfile.open(archive) as old, tarfile.open(path, "w") as new:
        for entry in old:
            if entry.name != without:
                new.addfile(entry, old.extractfile(entry))
        for name, data in (adding or {}).items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            new.addfile(entry, io.BytesIO(data))
    return path


def test_what_went_in_comes_out(archive: Path, folder: Path) -> None:
    found = archives.unpack(archive, folder)

    assert (folder / "database.sqlite3").read_bytes() == b"rows" * 1000
    assert (folder / "media/logos/a.png").read_text() == "picture"
    assert found.counts == {"core_event": 3}
    assert found.names_in("media") == ["media/logos/a.png"]


def test_one_changed_byte_is_found(archive: Path, folder: Path) -> None:
    data = archive.read_bytes()
    archive.write_bytes(data.replace(b"picture", b"Picture"))

    with pytest.raises(BackupError, match=r"media/logos/a\.png is not what the manifest says"):
        archives.unpack(archive, folder)


def test_a_missing_file_is_found(archive: Path, folder: Path) -> None:
    with pytest.raises(BackupError, match=r"lacks media/logos/a\.png"):
        archives.unpack(repacked(archive, without="media/logos/a.png"), folder)


@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "media/../../escaped"])
def test_a_file_that_leads_out_of_the_folder_is_refused(
    archive: Path, folder: Path, name: str
) -> None:
    with pytest.raises(BackupError, match="no backup of ours"):
        archives.unpack(repacked(archive, adding={name: b"x"}), folder)
    assert not (folder.parent / "escaped").exists()


def test_a_file_that_the_manifest_does_not_name_is_refused(archive: Path, folder: Path) -> None:
    with pytest.raises(BackupError, match="not what the manifest says"):
        archives.unpack(repacked(archive, adding={"media/more": b"x"}), folder)


def test_what_is_no_backup_is_refused(archive: Path, folder: Path) -> None:
    archive.write_bytes(b"GIF89a" * 500)
    with pytest.raises(BackupError, match="no backup"):
        archives.unpack(archive, folder)


def test_a_backup_that_was_cut_short_is_refused(archive: Path, folder: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:3000])
    with pytest.raises(BackupError):
        archives.unpack(archive, folder)
    assert not (folder / "media").exists()
