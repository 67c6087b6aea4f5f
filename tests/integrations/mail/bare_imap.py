"""An IMAP server of six commands that never looks into its mail, whatever it is."""

import socket
import threading
from collections.abc import Callable

Talk = Callable[[socket.socket, threading.Event], None]


def bare_imap(*mails: bytes) -> Talk:
    """Serves these as uids 1, 2, … of any folder; for tests.integrations.receivers.raw_server."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(b"* OK ready\r\n")
        with connection.makefile("rb") as heard:
            for line in heard:
                tag, command, *rest = line.split()
                if command.upper() == b"UID":
                    command, *rest = rest
                connection.sendall(_answer(command.upper(), rest, mails))
                connection.sendall(tag + b" OK done\r\n")

    return talk


def nested(depth: int) -> bytes:
    """Parts in parts in parts: deeper than a recursive parser can follow."""
    parts = (
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth)
    )
    return ("Message-ID: <deep@evil.test>\r\n" + "".join(parts) + "\r\nx").encode()


def _answer(command: bytes, rest: list[bytes], mails: tuple[bytes, ...]) -> bytes:
    if command == b"CAPABILITY":
        return b"* CAPABILITY IMAP4rev1\r\n"
    if command == b"EXAMINE":
        return b"* %d EXISTS\r\n* OK [READ-ONLY] look only\r\n" % len(mails)
    if command == b"STATUS":
        return b'* STATUS "INBOX" (UIDVALIDITY 7)\r\n'
    if command == b"SEARCH":
        uids = b" ".join(b"%d" % uid for uid in range(1, len(mails) + 1))
        return b"* SEARCH " + uids + b"\r\n"
    if command == b"FETCH":
        uid = int(rest[0])
        mail = mails[uid - 1]
        head = mail.partition(b"\r\n\r\n")[0] if b"HEADER" in rest[1] else mail
        return b"* %d FETCH (UID %d FLAGS () RFC822.SIZE %d BODY[] {%d}\r\n%s)\r\n" % (
            uid,
            uid,
            len(mail),
            len(head),
            head,
        )
    return b"* BYE\r\n" if command == b"LOGOUT" else b""
