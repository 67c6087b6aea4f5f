"""The line between us and a server: it can be cut, and mended, while a visit is under way."""

import contextlib
import socket
import threading


class Line:
    """Listens on a port of its own and passes on what comes, both ways, until it is cut."""

    def __init__(self, port: int) -> None:
        self._to, self._is_cut = port, False
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """Every connection ends at once, and whoever calls now is hung up on."""
        self._is_cut = True
        for one in list(self._open):
            _hang_up(one)

    def mend(self) -> None:
        self._is_cut = False

    def close(self) -> None:
        self.cut()
        # Closing alone does not wake a thread that waits in accept().
        _hang_up(self._listener)
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                if self._is_cut:
                    caller.close()
                else:
                    self._connect(caller)

    def _connect(self, caller: socket.socket) -> None:
        called = socket.create_connection(("127.0.0.1", self._to))
        self._open |= {caller, called}
        for one, other in ((caller, called), (called, caller)):
            threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := one.recv(65_536):
                other.sendall(content)
        for each in (one, other):
            _hang_up(each)
        # Whoever of the two threads takes a socket out of the set closes it.
        with contextlib.suppress(KeyError):
            self._open.remove(one)
            one.close()


def _hang_up(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
