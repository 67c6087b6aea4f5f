"""A mail server that is in a bad mood: it refuses, delays, and hangs up after DATA."""

import asyncio
import random
import re
import threading
from collections import Counter

_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.I | re.M)
_TO = re.compile(rb"<([^>]*)>")
# Recipients whose address begins so are unknown here, for good.
UNKNOWN = b"unknown"


class Postmaster:
    """Listens on 127.0.0.1 in a thread. `taken` counts what was accepted, by id and recipient.

    `dropped` are those it took without being able to say so: the one unavoidable second copy.
    """

    def __init__(self, seed: int) -> None:
        self.taken: Counter[tuple[str, str]] = Counter()
        self.dropped: Counter[tuple[str, str]] = Counter()
        self.moods: Counter[str] = Counter()
        self.is_good = False
        self._chance = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self.port = 0

        async def serve() -> None:
            server = await asyncio.start_server(self._converse, "127.0.0.1", 0, limit=2**22)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await server.serve_forever()

        threading.Thread(target=lambda: self._loop.run_until_complete(serve()), daemon=True).start()
        ready.wait(10)

    def _mood(self) -> str:
        moods = ["good"] * 12 + ["late", "busy at RCPT", "busy at DATA", "gone at RCPT", "drops"]
        mood = "good" if self.is_good else self._chance.choice(moods)
        self.moods[mood] += 1
        return mood

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 chaos.test\r\n")
            mood, recipients = "good", []
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"MAIL":
                    mood, recipients = self._mood(), []
                    if mood == "late":
                        await asyncio.sleep(5)
                    writer.write(b"250 ok\r\n")
                elif verb == b"RCPT":
                    if mood == "gone at RCPT":
                        return
                    writer.write(self._rcpt(mood, line, recipients))
                elif verb == b"DATA":
                    if not await self._data(mood, recipients, reader, writer):
                        return
                elif verb == b"QUIT":
                    writer.write(b"221 bye\r\n")
                    return
                else:
                    writer.write(b"250 chaos.test\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def _rcpt(self, mood: str, line: bytes, recipients: list[str]) -> bytes:
        found = _TO.search(line)
        address = found[1] if found else b""
        if address.startswith(UNKNOWN):
            return b"550 5.1.1 no such user\r\n"
        if mood == "busy at RCPT":
            return b"451 4.7.1 come back later\r\n"
        recipients.append(address.decode())
        return b"250 ok\r\n"

    async def _data(
        self,
        mood: str,
        recipients: list[str],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        """Whether the conversation goes on."""
        writer.write(b"354 go on\r\n")
        content = b""
        while (line := await reader.readline()) not in (b".\r\n", b""):
            content += line
        if not line:
            return False
        if mood == "busy at DATA":
            writer.write(b"451 4.3.0 come back later\r\n")
            return True
        found = _ID.search(content)
        for address in recipients:
            key = ((found[1] if found else b"?").decode(), address)
            self.taken[key] += 1
            self.dropped[key] += mood == "drops"
        if mood == "drops":
            return False
        writer.write(b"250 taken\r\n")
        return True
