"""Folders at OpenSSH's SFTP server and at a WebDAV server, from the file to the callback."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from integrations.collectors import vault
from integrations.collectors.base import Maintenance, ParamRefused
from integrations.collectors.sources.sftp import Sftp
from integrations.collectors.sources.webdav import _entries
from integrations.models import CollectorCredential
from tests.integrations.collectors.journeys import Journey
from tests.integrations.collectors.servers import PASSWORD, USER, Cloud, Files, put, sshd, webdav

PDF = b"%PDF-1.7 "
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server() -> Iterator[Files]:
    with sshd() as files:
        yield files


@pytest.fixture
def out(server: Files) -> Iterator[Path]:
    """The supplier's folder, empty."""
    yield server.folder
    for file in server.folder.iterdir():
        file.unlink()


def connect(journey: Journey, server: Files, **params: str) -> None:
    given = {"host": "127.0.0.1", "port": str(server.port), "user": "root", "key": server.key}
    journey.connect("sftp", **{**given, "folder": str(server.folder), **params})


@pytest.mark.sshd
def test_a_folder_of_sftp_shows_what_is_new(journey: Journey, server: Files, out: Path) -> None:
    put(out, "a.pdf", PDF + b"a")
    put(out, "b.pdf.part", PDF + b"half")
    put(out, "c.pdf", PDF + b"still written to", age_seconds=5)
    (out / "link.pdf").symlink_to(out / "a.pdf")
    connect(journey, server)
    assert journey.collect() == ["a.pdf"]
    put(out, "b.pdf", PDF + b"b")
    assert journey.collect() == ["b.pdf"]
    assert journey.documents() == [PDF + b"a", PDF + b"b"]


@pytest.mark.sshd
def test_a_file_that_was_replaced_comes_again_and_a_touched_one_does_not(
    journey: Journey, server: Files, out: Path
) -> None:
    put(out, "a.pdf", PDF + b"draft")
    put(out, "b.pdf", PDF + b"same")
    connect(journey, server)
    journey.collect()
    put(out, "a.pdf", PDF + b"corrected", age_seconds=1_800)
    put(out, "b.pdf", PDF + b"same", age_seconds=1_800)
    (told,) = journey.collect()
    assert told.startswith("a.pdf#")
    assert journey.documents()[-1] == PDF + b"corrected"


@pytest.mark.sshd
def test_a_key_that_the_server_does_not_know(journey: Journey, server: Files, out: Path) -> None:
    connect(journey, server, key=server.other_key)
    assert journey.collect() == []
    assert journey.state() == (-1, "The server refuses the user, password or key.")


@pytest.mark.sshd
def test_the_declared_fingerprint_is_that_of_ssh_keygen(
    journey: Journey, server: Files, out: Path
) -> None:
    put(out, "a.pdf", PDF + b"a")
    connect(journey, server, host_key=server.fingerprint)
    assert journey.collect() == ["a.pdf"]


@pytest.mark.sshd
def test_another_server_than_declared_is_told_nothing(
    journey: Journey, server: Files, out: Path
) -> None:
    connect(journey, server, host_key="SHA256:" + "A" * 43)
    assert journey.collect() == []
    index, message = journey.state()
    assert index == -1
    assert message.startswith(f"The server shows another key than before: {server.fingerprint}.")


@pytest.mark.sshd
def test_the_key_of_the_first_visit_is_remembered_also_after_a_refusal(
    journey: Journey, server: Files, out: Path
) -> None:
    put(out, "a.pdf", PDF + b"a")
    connect(journey, server)
    journey.collect()
    with sshd() as impostor:
        for _ in range(2):
            _move(journey, impostor.port)
            assert journey.collect() == []
            assert journey.state()[1].startswith("The server shows another key than before")


def _move(journey: Journey, port: int) -> None:
    """The server's name leads somewhere else by now."""
    row = CollectorCredential.objects.get()
    params = json.loads(vault.unseal(row, "params", row.sealed_params))
    content = json.dumps({**params, "port": str(port)}).encode()
    row.sealed_params = vault.seal(row, "params", content)
    row.save()


@pytest.mark.sshd
def test_a_folder_that_is_not_there(journey: Journey, server: Files, out: Path) -> None:
    connect(journey, server, folder="/nowhere")
    assert journey.collect() == []
    assert journey.state() == (-1, "The server has no such folder for this user.")


def test_an_sftp_server_that_is_down(journey: Journey) -> None:
    journey.connect("sftp", host="127.0.0.1", port="1", user="jane", password="x")
    assert journey.collect() == []
    assert journey.state() == (0, "The server could not be reached.")


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"port": "0"}, "number of a port"),
        ({"host_key": "MD5:00"}, "SHA256:"),
        ({}, "a password or a private key"),
        ({"key": "-----BEGIN NOTHING-----"}, "no private key"),
    ],
)
def test_parameters_of_sftp_are_checked(
    journey: Journey, params: dict[str, str], reason: str
) -> None:
    assert reason in journey.refused("sftp", host="h.test", user="jane", **params)


def test_a_key_with_a_password_opens_with_it_alone() -> None:
    text = io.StringIO()
    paramiko.RSAKey.generate(2048).write_private_key(text, password="key-pass-word")
    params = {"host": "h.test", "user": "jane", "key": text.getvalue()}
    assert Sftp().clean({**params, "password": "key-pass-word"})["key"] == text.getvalue()
    with pytest.raises(ParamRefused, match="needs its password"):
        Sftp().clean(params)
    with pytest.raises(ParamRefused, match="does not open it"):
        Sftp().clean({**params, "password": "wrong"})


# --- WebDAV ----------------------------------------------------------------------------------


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    (tmp_path / "Invoices 2026").mkdir()
    with webdav(tmp_path) as made:
        made.folder = tmp_path / "Invoices 2026"
        yield made


def connect_cloud(journey: Journey, cloud: Cloud, **params: str) -> None:
    given = {"url": cloud.url, "user": USER, "password": PASSWORD, "folder": "Invoices 2026"}
    journey.connect("webdav", **{**given, **params})


def test_a_folder_of_webdav_shows_what_is_new(journey: Journey, cloud: Cloud) -> None:
    put(cloud.folder, "März ä.pdf", PDF + b"a")
    put(cloud.folder, "notes.txt", b"notes")
    (cloud.folder / "below").mkdir()
    put(cloud.folder / "below", "x.pdf", PDF)
    connect_cloud(journey, cloud)
    assert journey.collect() == ["März ä.pdf"]
    put(cloud.folder, "b.xml", b"<?xml version='1.0'?><Invoice/>")
    assert journey.collect() == ["b.xml"]
    assert journey.documents()[0] == PDF + b"a"


def test_a_file_with_another_etag_comes_again(journey: Journey, cloud: Cloud) -> None:
    put(cloud.folder, "a.pdf", PDF + b"draft")
    connect_cloud(journey, cloud)
    journey.collect()
    put(cloud.folder, "a.pdf", PDF + b"corrected", age_seconds=1_800)
    assert len(journey.collect()) == 1
    assert journey.documents()[-1] == PDF + b"corrected"


def test_another_etag_for_the_same_bytes_sends_nothing(journey: Journey, cloud: Cloud) -> None:
    put(cloud.folder, "a.pdf", PDF + b"a")
    connect_cloud(journey, cloud)
    journey.collect()
    put(cloud.folder, "a.pdf", PDF + b"a", age_seconds=1_800)
    assert journey.collect() == []


def test_a_server_that_goes_down_in_mid_collect(journey: Journey, cloud: Cloud) -> None:
    put(cloud.folder, "a.pdf", PDF + b"a")
    connect_cloud(journey, cloud)
    journey.collect()
    put(cloud.folder, "b.pdf", PDF + b"b")
    cloud.is_down = True
    assert journey.collect() == []
    assert (journey.state(), journey.is_scheduled()) == ((7, "The server answers 503."), True)
    cloud.is_down = False
    assert journey.collect() == ["b.pdf"]


def test_an_xml_that_explodes_is_not_read(journey: Journey, cloud: Cloud) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><multistatus xmlns="DAV:">&a;</multistatus>'
    with pytest.raises(Maintenance, match="not that of a WebDAV server"):
        _entries(bomb, cloud.url)
