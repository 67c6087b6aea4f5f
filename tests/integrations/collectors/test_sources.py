"""The sources against what they really read: folders, an HTTP server, an IMAP server."""

import datetime
import imaplib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from integrations.collectors.base import (
    AuthenticationFailed,
    Found,
    Maintenance,
    ParamRefused,
    Source,
    Visit,
)
from integrations.collectors.outgoing import checked_address
from integrations.collectors.sources.folder import Folder
from integrations.collectors.sources.http_json import HttpJson
from integrations.collectors.sources.imap import Imap
from tests.instants import AT

PDF = b"%PDF-1.7 one page"
ORGANIZATION = "01890a5d-ac96-774b-bcce-b302099a8057"


def visit(source: Source, session: dict[str, Any] | None = None, **params: str) -> Any:
    """What the source shows, each with its document."""
    at = Visit(
        organization=ORGANIZATION,
        params=params,
        since=AT,
        at=AT,
        session={} if session is None else session,
        ask_code=lambda _: "",
        progress=lambda _: None,
    )
    with source.open(at) as opened:
        return [(found, opened.download(found)) for found in opened.list()]


def ids(shown: list[tuple[Found, bytes]]) -> list[str]:
    return [found.id for found, _ in shown]


# --- a folder ------------------------------------------------------------------------------


@pytest.fixture
def watched(tmp_path: Path, settings: Any) -> Path:
    settings.COLLECTOR_FOLDERS = str(tmp_path)
    folder = tmp_path / ORGANIZATION / "in"
    folder.mkdir(parents=True)
    return folder


def test_a_folder_shows_its_documents_alone(watched: Path) -> None:
    for name in ("a.pdf", "b.XML", ".hidden.pdf", "notes.txt"):
        (watched / name).write_bytes(PDF)
    (watched / "below.pdf").mkdir()
    (watched / "empty.pdf").touch()
    os.utime(watched / "a.pdf", (AT.timestamp(), AT.timestamp()))
    shown = visit(Folder(), folder="in")
    assert ids(shown) == ["a.pdf", "b.XML"]
    assert (shown[0][0].issued_at, shown[0][1]) == (AT, PDF)


def test_links_lead_nowhere(watched: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(PDF)
    (watched / "link.pdf").symlink_to(secret)
    (watched.parent / "out").symlink_to(tmp_path)
    assert visit(Folder(), folder="in") == []
    with pytest.raises(Maintenance):
        visit(Folder(), folder="out")


@pytest.mark.parametrize("folder", ["..", "in/../../x", "../" + ORGANIZATION, "a/" * 9 + "b"])
def test_a_path_that_leads_out_is_refused(watched: Path, folder: str) -> None:
    with pytest.raises(ParamRefused):
        Folder().clean({"folder": folder})
    with pytest.raises(AuthenticationFailed):
        visit(Folder(), folder=folder)


def test_a_folder_of_another_organization_is_not_there(watched: Path) -> None:
    (watched.parent.parent / "other" / "theirs").mkdir(parents=True)
    with pytest.raises(Maintenance):
        visit(Folder(), folder="theirs")


def test_without_watched_folders_none_is_taken(settings: Any) -> None:
    settings.COLLECTOR_FOLDERS = ""
    with pytest.raises(ParamRefused, match="watches no folders"):
        Folder().clean({"folder": "in"})


# --- JSON over HTTP --------------------------------------------------------------------------


class Api:
    """Answers by path what the test says, to the right header; remembers who asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asked: list[tuple[str, str | None]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.asked.append((self.path, self.headers.get("Authorization")))
                status, content = owner.answers.get(self.path, (404, b""))
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def lists(self, path: str, *rows: dict[str, Any], **more: Any) -> None:
        self.answers[path] = (200, json.dumps({"data": rows, **more}).encode())


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api()
    yield made
    made.server.shutdown()
    made.server.server_close()


def row(number: str, **values: Any) -> dict[str, Any]:
    return {"id": number, "date": "2025-02-01", "document_url": f"/{number}.pdf", **values}


def test_an_api_is_read_page_by_page(api: Api) -> None:
    api.lists("/list", row("A-1", total="12.00 €"), next="/list?page=2")
    api.lists("/list?page=2", row("A-2"), next=None)
    api.answers |= {"/A-1.pdf": (200, PDF), "/A-2.pdf": (200, PDF)}
    shown = visit(HttpJson(), url=f"{api.url}/list", secret="Bearer s", next="next", amount="total")
    assert ids(shown) == ["A-1", "A-2"]
    assert (shown[0][0].amount, shown[0][1]) == ("12.00 €", PDF)
    assert shown[0][0].issued_at == datetime.datetime(2025, 2, 1, tzinfo=datetime.UTC)
    assert {secret for _, secret in api.asked} == {"Bearer s"}


def test_pages_that_lead_in_a_circle_end(api: Api) -> None:
    api.lists("/list", next="/list")
    assert visit(HttpJson(), url=f"{api.url}/list", next="next") == []
    assert len(api.asked) == 1


def test_the_secret_stays_with_its_server(api: Api) -> None:
    other = Api()
    api.lists("/list", row("A-1", document_url=f"{other.url}/A-1.pdf"))
    other.answers["/A-1.pdf"] = (200, PDF)
    visit(HttpJson(), url=f"{api.url}/list", secret="Bearer s")
    assert other.asked == [("/A-1.pdf", None)]
    other.server.shutdown()
    other.server.server_close()


@pytest.mark.parametrize(
    ("status", "content", "trouble"),
    [
        (401, b"", AuthenticationFailed),
        (403, b"", AuthenticationFailed),
        (500, b"", Maintenance),
        (302, b"", Maintenance),
        (200, b"<html>", Maintenance),
        (200, b'{"data": 7}', Maintenance),
        (200, b'{"data": [{"id": "A-1"}]}', Maintenance),
    ],
)
def test_an_answer_that_is_no_list(
    api: Api, status: int, content: bytes, trouble: type[Exception]
) -> None:
    api.answers["/list"] = (status, content)
    with pytest.raises(trouble):
        visit(HttpJson(), url=f"{api.url}/list")


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/x", "http://[::ffff:169.254.169.254]/", "ftp://a"]
)
def test_an_address_inside_is_refused_before_it_is_kept_O1(url: str) -> None:
    with pytest.raises(ParamRefused):
        HttpJson().clean({"url": url})


def test_a_list_that_names_an_address_inside_is_not_followed_O1(api: Api) -> None:
    api.lists("/list", row("A-1", document_url="http://10.0.0.1/A-1.pdf"))
    with pytest.raises(Maintenance):
        visit(HttpJson(), url=f"{api.url}/list")


# --- a mailbox -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def imap_port() -> Iterator[int]:
    """A real IMAP server of one user, with an empty INBOX."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    program = Path(sys.executable).with_name("pymap")
    command = [str(program), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--no-tls", "--no-service", "managesieve", "--no-service", "admin", "dict"]
    command += ["--demo-data", "--demo-user", "invoices", "--demo-password", "pass-word"]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def mailbox(imap_port: int) -> Iterator[imaplib.IMAP4]:
    client = imaplib.IMAP4("127.0.0.1", imap_port, timeout=10)
    client.login("invoices", "pass-word")
    client.create("Bills")
    yield client
    client.select("INBOX")
    client.delete("Bills")
    client.logout()


def put(mailbox: imaplib.IMAP4, number: int, *contents: bytes, **headers: str) -> None:
    message = EmailMessage()
    message["From"] = headers.get("sender", "billing@example.com")
    message["Subject"] = headers.get("subject", "Your invoice")
    message["Message-ID"] = f"<{number}@example.com>"
    message["Date"] = "Wed, 15 Jan 2025 10:30:00 +0000"
    message.set_content("Here it is.")
    for content in contents:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename="facture=?.pdf"
        )
    mailbox.append("Bills", "", None, message.as_bytes())  # type: ignore[arg-type]


def mail(port: int, session: dict[str, Any] | None = None, **params: str) -> list[Any]:
    given = {
        "host": "127.0.0.1",
        "port": str(port),
        "security": "none",
        "email": "invoices",
        "password": "pass-word",
        "folder": "Bills",
        **params,
    }
    shown: list[Any] = visit(Imap(), session, **given)
    return shown


def test_a_mailbox_shows_attached_documents_by_their_bytes(
    mailbox: imaplib.IMAP4, imap_port: int
) -> None:
    put(mailbox, 1, b"just text", PDF)
    ((found, content),) = mail(imap_port)
    assert (found.id, found.issued_at, content) == ("<1@example.com>/2", AT, PDF)
    assert found.details == {"from": "billing@example.com", "subject": "Your invoice"}


def test_the_second_visit_goes_on_where_the_first_ended(
    mailbox: imaplib.IMAP4, imap_port: int
) -> None:
    session: dict[str, Any] = {}
    put(mailbox, 1, PDF)
    assert ids(mail(imap_port, session)) == ["<1@example.com>/1"]
    assert mail(imap_port, session) == []
    put(mailbox, 2, PDF)
    assert ids(mail(imap_port, session)) == ["<2@example.com>/1"]


def test_a_mailbox_numbered_anew_is_read_from_the_start(
    mailbox: imaplib.IMAP4, imap_port: int
) -> None:
    put(mailbox, 1, PDF)
    assert ids(mail(imap_port, {"uid_validity": 1, "last_uid": 999})) == ["<1@example.com>/1"]


def test_senders_and_subjects_are_filtered_with_wildcards(
    mailbox: imaplib.IMAP4, imap_port: int
) -> None:
    put(mailbox, 1, PDF, sender="friend@elsewhere.test")
    put(mailbox, 2, PDF, subject="Holidays")
    put(mailbox, 3, PDF)
    shown = mail(imap_port, sender="*@EXAMPLE.com", subject="*invoice*")
    assert ids(shown) == ["<3@example.com>/1"]


def test_nothing_is_marked_as_read(mailbox: imaplib.IMAP4, imap_port: int) -> None:
    put(mailbox, 1, PDF)
    mail(imap_port)
    mailbox.select("Bills", readonly=True)
    assert mailbox.search(None, "UNSEEN") == ("OK", [b"1"])


def test_a_wrong_password_is_no_maintenance(imap_port: int) -> None:
    with pytest.raises(AuthenticationFailed, match="refuses the user or password"):
        mail(imap_port, password="wrong")


def test_a_folder_that_is_not_there(imap_port: int) -> None:
    with pytest.raises(AuthenticationFailed, match="no such folder"):
        mail(imap_port, folder="Nowhere")


def test_a_server_that_is_down() -> None:
    with pytest.raises(Maintenance, match="could not be reached"):
        mail(1)


@pytest.mark.parametrize(
    ("address", "port", "is_allowed"),
    [
        ("93.184.215.14", 993, True),
        ("93.184.215.14", 22, False),
        ("10.0.0.5", 993, False),
        ("127.0.0.1", 10143, True),  # inside the operator's own networks
        ("::ffff:192.168.0.1", 993, False),
    ],
)
def test_mail_servers_are_public_or_the_operators_own_O1(
    address: str, port: int, is_allowed: bool
) -> None:
    ports = frozenset({143, 993})
    if is_allowed:
        assert checked_address("mail.test", port, ports, lookup=lambda *_: [address]) == address
        return
    with pytest.raises(Maintenance):
        checked_address("mail.test", port, ports, lookup=lambda *_: [address])
