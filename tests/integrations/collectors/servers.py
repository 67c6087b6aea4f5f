"""Real servers on loopback, each with one user: mail (Dovecot), files (OpenSSH, WebDAV)."""

import datetime
import ipaddress
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from wsgidav.fs_dav_provider import FilesystemProvider
from wsgidav.wsgidav_app import WsgiDAVApp

from tests.chaos.processes import free_port

USER, PASSWORD = "jane", "server-pass-word"
# An hour ago: files that were written just now are left alone.
_AGE_SECONDS = 3_600


def put(folder: Path, name: str, content: bytes, age_seconds: int = _AGE_SECONDS) -> None:
    """A file in the folder that nobody writes to any more."""
    (folder / name).write_bytes(content)
    moment = time.time() - age_seconds
    os.utime(folder / name, (moment, moment))


@dataclass(frozen=True)
class Mail:
    """A mail server with TLS, and STARTTLS on another port."""

    tls_port: int
    plain_port: int
    certificate: Path


@contextmanager
def dovecot() -> Iterator[Mail]:
    folder = Path(tempfile.mkdtemp(prefix="invoiceapp-dovecot-"))
    folder.chmod(0o755)  # mail is written by nobody, never by root
    mail = Mail(free_port(), free_port(), folder / "certificate.pem")
    _write_certificate(mail.certificate, folder / "key.pem")
    (folder / "mail").mkdir()
    os.chown(folder / "mail", 65_534, 65_534)
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    (folder / "conf").write_text(_DOVECOT.format(folder=folder, mail=mail))
    command = ["/usr/sbin/dovecot", "-F", "-c", str(folder / "conf")]
    with _running(command, mail.tls_port, folder):
        yield mail


@dataclass(frozen=True)
class Files:
    """An SFTP server that shows a folder to who has the key."""

    port: int
    key: str
    other_key: str
    fingerprint: str
    folder: Path

    def let_in(self, key: str) -> None:
        """Whoever has this key, and nobody else."""
        opened = serialization.load_ssh_private_key(key.encode(), None)
        public = opened.public_key().public_bytes(
            serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
        )
        (self.folder.parent / "authorized").write_bytes(public + b"\n")


@contextmanager
def sshd() -> Iterator[Files]:
    folder = Path(tempfile.mkdtemp(prefix="invoiceapp-sshd-"))
    (folder / "out").mkdir()
    key, other, host = (ed25519.Ed25519PrivateKey.generate() for _ in range(3))
    (folder / "host").write_text(_openssh(host))
    (folder / "host").chmod(0o600)
    port = free_port()
    (folder / "conf").write_text(_SSHD.format(folder=folder, port=port))
    Path("/run/sshd").mkdir(exist_ok=True)
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(folder / "host")], capture_output=True, text=True, check=True
    ).stdout
    command = ["/usr/sbin/sshd", "-D", "-e", "-f", str(folder / "conf")]
    files = Files(port, _openssh(key), _openssh(other), shown.split()[1], folder / "out")
    files.let_in(files.key)
    with _running(command, port, folder):
        yield files


@dataclass
class Cloud:
    """A WebDAV server; `is_down` breaks what is downloaded."""

    url: str
    folder: Path
    passwords: dict[str, dict[str, str]]
    port: int = 0
    is_down: bool = False


@contextmanager
def webdav(folder: Path) -> Iterator[Cloud]:
    cloud = Cloud("", folder, {USER: {"password": PASSWORD}})
    dav = WsgiDAVApp(
        {
            "provider_mapping": {"/": FilesystemProvider(str(folder))},
            "simple_dc": {"user_mapping": {"*": cloud.passwords}},
            "http_authenticator": {
                "accept_basic": True,
                "accept_digest": False,
                "default_to_digest": False,
            },
            "verbose": 0,
            "logging": {"enable": False},
        }
    )

    def app(environ: dict[str, Any], start: Any) -> Any:
        if cloud.is_down and environ["REQUEST_METHOD"] == "GET":
            start("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]
        return dav(environ, start)

    server = make_server("127.0.0.1", 0, app, _Threads, _Quiet)
    cloud.port = server.server_port
    cloud.url = f"http://127.0.0.1:{cloud.port}/"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Quiet."""


@contextmanager
def _running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    with (folder / "out.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_for(port, server, folder)
        yield
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int, server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError((folder / "out.log").read_text())


def _openssh(key: ed25519.Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    ).decode()


def _write_certificate(certificate: Path, key_file: Path) -> None:
    """One for 127.0.0.1 that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    place = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(place, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


_DOVECOT = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{folder}/mail/%u
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home={folder}/mail/%u
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {mail.plain_port}
  }}
  inet_listener imaps {{
    port = {mail.tls_port}
    ssl = yes
  }}
}}
"""
_SSHD = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/authorized
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
Subsystem sftp internal-sftp
"""
