"""A folder of an SFTP server, as many wholesalers and EDI providers offer."""

import base64
import binascii
import datetime
import hashlib
import io
import re
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm

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
from integrations.collectors.files import VERSIONS, Entry, unseen
from integrations.collectors.outgoing import UNREACHABLE, checked_address

SECONDS = 30
_PORTS = frozenset({22, 2222})
_HOST_KEY = "host_key"
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?")
_CHUNK = 32_768 * 16


class Sftp(Source):
    """The server's key is the one that was typed in, else the one of the first visit."""

    description = Description(
        id="sftp",
        kind="api",
        name={"en": "SFTP folder", "fr": "Dossier SFTP"},
        description={
            "en": "Collects documents from a folder of an SFTP server.",
            "fr": "Récupère les documents d'un dossier d'un serveur SFTP.",
        },
        instructions={
            "en": "Give a password or a private key. The password of a key goes into the same"
            " field. Without a fingerprint, the key that the server shows first is remembered.",
            "fr": "Donnez un mot de passe ou une clé privée. Le mot de passe d'une clé va dans le"
            " même champ. Sans empreinte, la première clé montrée par le serveur est retenue.",
        },
        params={
            "host": Param(name={"en": "Server", "fr": "Serveur"}, placeholder="sftp.example.com"),
            "port": Param(
                name={"en": "Port", "fr": "Port"},
                type="number",
                placeholder="22",
                is_mandatory=False,
            ),
            "user": Param(name={"en": "User", "fr": "Utilisateur"}),
            "password": Param(
                name={"en": "Password", "fr": "Mot de passe"}, type="password", is_mandatory=False
            ),
            "key": Param(
                name={"en": "Private key (OpenSSH)", "fr": "Clé privée (OpenSSH)"},
                type="password",
                placeholder="-----BEGIN OPENSSH PRIVATE KEY----- …",
                is_mandatory=False,
                most=16_000,
            ),
            "host_key": Param(
                name={"en": "Fingerprint of the server", "fr": "Empreinte du serveur"},
                placeholder="SHA256:…",
                is_mandatory=False,
            ),
            "folder": Param(
                name={"en": "Folder", "fr": "Dossier"}, placeholder="out", is_mandatory=False
            ),
            "pattern": Param(
                name={"en": "File names", "fr": "Noms des fichiers"},
                placeholder="*.pdf",
                is_mandatory=False,
            ),
        },
    )
    lasting: ClassVar[frozenset[str]] = frozenset({VERSIONS, _HOST_KEY})

    def clean(self, params: dict[str, str]) -> dict[str, str]:
        port = params.get("port", "22")
        if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536):
            raise ParamRefused("port", "This must be the number of a port.")
        if not _FINGERPRINT.fullmatch(params.get("host_key", "SHA256:" + "A" * 43)):
            raise ParamRefused("host_key", "This must begin with SHA256: as ssh-keygen -l shows.")
        if "key" in params:
            _private_key(params["key"], params.get("password"))
        elif "password" not in params:
            raise ParamRefused("password", "Give a password or a private key.")
        return params

    @contextmanager
    def open(self, visit: Visit) -> Iterator[Opened]:
        params = visit.params
        port = int(params.get("port") or 22)
        address = checked_address(params["host"], port, _PORTS)
        try:
            with socket.create_connection((address, port), SECONDS) as connection:
                transport = _transport(connection)
                try:
                    _log_in(transport, visit)
                    client = _client(transport)
                    client.chdir(params.get("folder") or ".")
                    yield _OpenFolder(client, visit)
                finally:
                    transport.close()
        except paramiko.AuthenticationException:
            raise AuthenticationFailed("The server refuses the user, password or key.") from None
        except (FileNotFoundError, PermissionError):
            raise AuthenticationFailed("The server has no such folder for this user.") from None
        except (paramiko.SSHException, EOFError, OSError):
            raise Maintenance(UNREACHABLE) from None


class _OpenFolder(Opened):
    def __init__(self, client: paramiko.SFTPClient, visit: Visit) -> None:
        self._client, self._visit = client, visit

    def list(self) -> Iterator[Found]:
        entries = [_entry(facts) for facts in self._client.listdir_attr() if _is_file(facts)]
        visit = self._visit
        yield from unseen(entries, visit.session, visit.at, visit.params.get("pattern", ""))

    def download(self, found: Found) -> bytes:
        content = bytearray()
        try:
            with self._client.open(found.reference, "rb") as file:
                while len(content) <= MOST_BYTES and (chunk := file.read(_CHUNK)):
                    content += chunk
        except FileNotFoundError:
            # Somebody took it away since it was listed.
            return b""
        return bytes(content)


def _transport(connection: socket.socket) -> paramiko.Transport:
    transport = paramiko.Transport(connection)
    transport.banner_timeout = transport.auth_timeout = transport.channel_timeout = SECONDS
    transport.start_client(timeout=SECONDS)
    return transport


def _log_in(transport: paramiko.Transport, visit: Visit) -> None:
    """The server shows who it is before it is told anything."""
    params, shown = visit.params, _fingerprint(transport.get_remote_server_key())
    expected = params.get("host_key", "").rstrip("=") or visit.session.get(_HOST_KEY, shown)
    if shown != expected:
        raise AuthenticationFailed(
            f"The server shows another key than before: {shown}. Nothing was sent to it. If the"
            " server was replaced, connect it anew."
        )
    visit.session[_HOST_KEY] = shown
    if "key" in params:
        try:
            key = _private_key(params["key"], params.get("password"))
        except ParamRefused as refused:
            raise AuthenticationFailed(str(refused)) from None
        transport.auth_publickey(params["user"], key)
    else:
        transport.auth_password(params["user"], params["password"])


def _client(transport: paramiko.Transport) -> paramiko.SFTPClient:
    client = paramiko.SFTPClient.from_transport(transport)
    if client is None:
        raise Maintenance("The server offers no SFTP.")
    channel = client.get_channel()
    if channel is not None:
        channel.settimeout(SECONDS)
    return client


def _private_key(text: str, password: str | None) -> paramiko.PKey:
    """Raises ParamRefused. Its words are ours: a library's might quote the key."""
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text.strip() + "\n"), password=password)
        except paramiko.PasswordRequiredException:
            raise ParamRefused("password", "The private key needs its password.") from None
        except (paramiko.SSHException, UnsupportedAlgorithm, ValueError, IndexError):
            continue
        except (TypeError, binascii.Error):
            continue
    raise ParamRefused("key", "This is no private key, or the password does not open it.")


def _fingerprint(key: paramiko.PKey) -> str:
    digest = hashlib.sha256(key.asbytes()).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _is_file(facts: paramiko.SFTPAttributes) -> bool:
    # Links are left alone: where they lead is the server's business.
    return stat.S_ISREG(facts.st_mode or 0)


def _entry(facts: paramiko.SFTPAttributes) -> Entry:
    size, changed = facts.st_size or 0, facts.st_mtime or 0
    modified_at = datetime.datetime.fromtimestamp(changed, datetime.UTC)
    return Entry(facts.filename, size, modified_at, f"{size} {changed}", facts.filename)
