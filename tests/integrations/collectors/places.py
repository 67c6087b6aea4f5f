"""The five places that invoices are collected from, each with the same handles.

All are real servers on loopback, and each is reached over a line that can be cut.
"""

import abc
import imaplib
import json
import ssl
import time
from email.message import EmailMessage
from typing import ClassVar

from tests.integrations.collectors import einvoices, portal_site, servers
from tests.integrations.collectors.journeys import Journey
from tests.integrations.collectors.line import Line
from tests.integrations.collectors.second_installation import Installation

LOOPBACK = "127.0.0.1"


def document(number: int) -> bytes:
    return einvoices.ubl(number=f"R-{number}")


class Place(abc.ABC):
    """A source with a server behind it, for one test."""

    source: ClassVar[str]
    supplier: ClassVar[str] = "Hafen Werkzeuge GmbH"

    def __init__(self, port: int) -> None:
        self.line = Line(port)

    def close(self) -> None:
        """Leave the server as it was found."""
        self.line.close()

    def connect(self, journey: Journey, **other: str) -> None:
        journey.connect(self.source, **{**self.params(), **other})

    def collect(self, journey: Journey) -> list[str]:
        return journey.collect()

    @abc.abstractmethod
    def params(self) -> dict[str, str]:
        """With which the user connects."""

    @abc.abstractmethod
    def wrong(self) -> dict[str, str]:
        """What differs when the password is wrong."""

    @abc.abstractmethod
    def put(self, number: int) -> str:
        """Another invoice; the id by which the callback is told of it."""

    def put_again(self, number: int) -> None:
        """The same document once more."""
        raise NotImplementedError

    @abc.abstractmethod
    def rename(self) -> None:
        """The same documents under other ids."""

    @abc.abstractmethod
    def end_access(self) -> None:
        """What let us in does so no longer."""

    @abc.abstractmethod
    def renewed(self) -> dict[str, str]:
        """What the user types in to be let in again; nothing where a code is enough."""


class Mailbox(Place):
    source = "imap"

    def __init__(self, mail: servers.Mail) -> None:
        super().__init__(mail.tls_port)
        self._mail, self._password = mail, servers.PASSWORD
        with self._program() as program:
            program.create("Bills")

    def close(self) -> None:
        self._set_password(servers.PASSWORD)
        with self._program() as program:
            program.delete("Bills")
        super().close()

    def params(self) -> dict[str, str]:
        return {
            "host": LOOPBACK,
            "port": str(self.line.port),
            "email": servers.USER,
            "password": servers.PASSWORD,
            "folder": "Bills",
        }

    def wrong(self) -> dict[str, str]:
        return {"password": "wrong"}

    def put(self, number: int) -> str:
        return self._append(f"<{number}@example.com>", number)

    def put_again(self, number: int) -> None:
        self._append(f"<{number}.again@example.com>", number)

    def rename(self) -> None:
        """Everything is sent again, into a folder that counts anew."""
        with self._program() as program:
            program.select("Bills", readonly=True)
            count = len(program.search(None, "ALL")[1][0].split())
            program.unselect()
            program.delete("Bills")
            program.create("Bills")
        for number in range(1, count + 1):
            self._append(f"<{number}.moved@example.com>", number)

    def end_access(self) -> None:
        self._set_password("changed elsewhere")

    def renewed(self) -> dict[str, str]:
        return {"password": self._password}

    def _append(self, identifier: str, number: int) -> str:
        message = EmailMessage()
        message["From"] = "billing@example.com"
        message["Subject"] = f"Invoice {number}"
        message["Message-ID"] = identifier
        message["Date"] = "Wed, 15 Jan 2025 10:30:00 +0000"
        message.set_content("Here it is.")
        message.add_attachment(
            document(number), maintype="application", subtype="xml", filename=f"{number}.xml"
        )
        with self._program() as program:
            program.append("Bills", "", None, message.as_bytes())  # type: ignore[arg-type]
        return f"{identifier}/1"

    def _program(self) -> imaplib.IMAP4_SSL:
        """The user's own mail program, which trusts the server's certificate."""
        trust = ssl.create_default_context(cafile=str(self._mail.certificate))
        # Dovecot looks whether its file of users has changed once a second at most.
        for left in reversed(range(30)):
            program = imaplib.IMAP4_SSL(LOOPBACK, self._mail.tls_port, ssl_context=trust)
            try:
                program.login(servers.USER, self._password)
                break
            except imaplib.IMAP4.error:
                program.shutdown()
                if not left:
                    raise
                time.sleep(0.1)
        return program

    def _set_password(self, password: str) -> None:
        users = self._mail.certificate.parent / "users"
        users.write_text(f"{servers.USER}:{{PLAIN}}{password}\n")
        self._password = password


class Folder(Place):
    """What the two kinds of file servers share: a folder behind them."""

    def __init__(self, port: int, server: servers.Files | servers.Cloud) -> None:
        super().__init__(port)
        self._folder = server.folder

    def close(self) -> None:
        for file in self._folder.iterdir():
            file.unlink()
        super().close()

    def put(self, number: int) -> str:
        servers.put(self._folder, f"{number}.xml", document(number))
        return f"{number}.xml"

    def put_again(self, number: int) -> None:
        servers.put(self._folder, f"{number} (1).xml", document(number))

    def rename(self) -> None:
        for file in list(self._folder.iterdir()):
            file.rename(file.with_name(f"2026-{file.name}"))


class SftpFolder(Folder):
    source = "sftp"

    def __init__(self, files: servers.Files) -> None:
        super().__init__(files.port, files)
        self._files = files

    def close(self) -> None:
        self._files.let_in(self._files.key)
        super().close()

    def params(self) -> dict[str, str]:
        return {
            "host": LOOPBACK,
            "port": str(self.line.port),
            "user": "root",
            "key": self._files.key,
            "folder": str(self._folder),
        }

    def wrong(self) -> dict[str, str]:
        return {"key": "", "password": "wrong"}

    def end_access(self) -> None:
        self._files.let_in(self._files.other_key)

    def renewed(self) -> dict[str, str]:
        return {"key": self._files.other_key}


class CloudFolder(Folder):
    source = "webdav"

    def __init__(self, cloud: servers.Cloud) -> None:
        super().__init__(cloud.port, cloud)
        self._cloud = cloud

    def close(self) -> None:
        self._cloud.passwords[servers.USER]["password"] = servers.PASSWORD
        super().close()

    def params(self) -> dict[str, str]:
        url = f"http://{LOOPBACK}:{self.line.port}/"
        return {"url": url, "user": servers.USER, "password": servers.PASSWORD}

    def wrong(self) -> dict[str, str]:
        return {"password": "wrong"}

    def end_access(self) -> None:
        self._cloud.passwords[servers.USER]["password"] = "changed elsewhere"

    def renewed(self) -> dict[str, str]:
        return {"password": self._cloud.passwords[servers.USER]["password"]}


class Website(Place):
    source = "portal"

    def __init__(self, site: portal_site.Site) -> None:
        super().__init__(site.port)
        self._site = site

    def params(self) -> dict[str, str]:
        url = f"http://{LOOPBACK}:{self.line.port}"
        return {
            "login_url": f"{url}/login",
            "entry_url": f"{url}/invoices",
            "user": portal_site.USER,
            "password": portal_site.PASSWORD,
            "portal": json.dumps(portal_site.SCRIPT),
        }

    def collect(self, journey: Journey) -> list[str]:
        return journey.collect(while_waiting=lambda: journey.answer(portal_site.CODE))

    def wrong(self) -> dict[str, str]:
        return {"password": "wrong"}

    def put(self, number: int) -> str:
        self._site.invoices.append((f"P-{number}", "2025-02-01", "130.90€", document(number)))
        return f"P-{number}"

    def put_again(self, number: int) -> None:
        """It is listed twice, as in a list that moves on while it is read."""
        self.put(number)

    def rename(self) -> None:
        self._site.invoices = [(f"new-{n}", *rest) for n, *rest in self._site.invoices]

    def end_access(self) -> None:
        self._site.sessions.clear()
        self._site.trusts_devices = False

    def renewed(self) -> dict[str, str]:
        return {}


class OtherInstallation(Place):
    source = "self"
    supplier = "Supplier"

    def __init__(self, installation: Installation) -> None:
        super().__init__(installation.port)
        self._there = installation
        self._key, self._buyer = installation.do("key"), installation.do("buyer")

    def params(self) -> dict[str, str]:
        url = f"http://{LOOPBACK}:{self.line.port}"
        return {"url": url, "api_key": self._key, "customer": self._buyer}

    def wrong(self) -> dict[str, str]:
        return {"api_key": "sk_live_" + "x" * 38}

    def put(self, number: int) -> str:
        identifier: str = self._there.do("issue", self._buyer, f"{number}30.90")[0]
        return identifier

    def rename(self) -> None:
        self._there.do("give_new_ids", self._buyer)

    def end_access(self) -> None:
        self._there.do("end_keys")

    def renewed(self) -> dict[str, str]:
        return {"api_key": self._there.do("key")}
