"""A program that serves the product, and does what its bookkeeper would do.

Each line on its standard input is a list of a deed and its arguments; each answer is one line of
JSON, and before the first comes the port.
"""

import json
import sys
import threading
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

# This sets Django up, without which the next one could not be imported.
from invoiceapp.wsgi import application
from tests.integrations.collectors.bookkeeper import Bookkeeper


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Quiet."""


def serve() -> None:
    bookkeeper = Bookkeeper()
    server = make_server("127.0.0.1", 0, application, _Threads, _Quiet)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    _say(server.server_port)
    for line in sys.stdin:
        deed, *arguments = json.loads(line)
        _say(getattr(bookkeeper, deed)(*arguments))


def _say(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
