"""A supplier's website: login, one-time code, a device it trusts, a list over pages, documents."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

USER, PASSWORD, CODE = "jane@example.com", "portal-pass-word", "428913"
PER_PAGE = 2
# What a user types in to describe the pages below.
SCRIPT = {
    "user": "#email",
    "password": "#password",
    "submit": "#login button",
    "refused": ".error",
    "closed": ".maintenance",
    "code": "#code",
    "code_submit": "#confirm button",
    "code_hint": ".hint",
    "inside": "a.logout",
    "rows": "table.invoices tbody tr",
    "empty": ".nothing",
    "id": "@data-number",
    "date": "time@datetime",
    "amount": "td.amount",
    "document": "a.pdf",
    "next": "a.next",
}
_INVOICE = (
    '<tr data-number="{number}"><td>{number}</td><td><time datetime="{day}">{day}</time></td>'
    '<td class="amount">{amount}</td><td><a class="pdf" href="/documents/{number}">PDF</a>'
    "<button class=get onclick=\"location='/documents/{number}'\">Get it</button></td></tr>"
)
_LOGIN = (
    '<form id="login" method="post" action="/login">{error}<input id="email" name="email">'
    '<input id="password" name="password" type="password"><button>Log in</button></form>'
)
_CODE = (
    '<form id="confirm" method="post" action="/code">{error}<p class="hint">The code from your'
    ' phone, please.</p><input id="code" name="code"><button>Confirm</button></form>'
)


@dataclass
class Site:
    """What the website shows, and what was asked of it."""

    invoices: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    is_closed: bool = False
    trusts_devices: bool = True
    # Paths whose connection breaks.
    broken: set[str] = field(default_factory=set)
    sessions: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    url: str = ""
    port: int = 0

    def asked_for(self, path: str) -> int:
        """How often."""
        return sum(one == path for one in self.asked)

    def table(self, page: int) -> str:
        shown = self.invoices[(page - 1) * PER_PAGE : page * PER_PAGE]
        rows = "".join(_INVOICE.format(number=n, day=d, amount=a) for n, d, a, _ in shown)
        following = f'<a class="next" href="/invoices?page={page + 1}">Next</a>'
        has_more = page * PER_PAGE < len(self.invoices)
        table = f'<table class="invoices"><tbody>{rows}</tbody></table>'
        return (
            f'<a class="logout" href="/logout">Log out</a>{table if rows else ""}'
            f"{'' if rows else '<p class=nothing>No invoices</p>'}{following if has_more else ''}"
        )


@contextmanager
def served(site: Site) -> Iterator[Site]:
    """The website on loopback, until the test ends."""

    class Handler(_Handler):
        owner = site

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_port
    site.url = f"http://127.0.0.1:{site.port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    owner: Site

    def do_GET(self) -> None:
        site, parts = self.owner, urlsplit(self.path)
        site.asked.append(f"GET {parts.path}")
        if parts.path in site.broken:
            self.connection.close()
        elif site.is_closed:
            self._page('<p class="maintenance">Closed until Monday.</p>')
        elif parts.path == "/login" or not self._is_inside():
            self._page(_LOGIN.format(error=""))
        elif parts.path.startswith("/documents/"):
            number = parts.path.rpartition("/")[2]
            content = {n: content for n, _, _, content in site.invoices}.get(number)
            self._answer(200 if content else 404, content or b"", "application/pdf")
        else:
            self._page(site.table(int(parse_qs(parts.query).get("page", ["1"])[0])))

    def do_POST(self) -> None:
        site = self.owner
        site.asked.append(f"POST {self.path}")
        raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(raw).items()}
        if self.path == "/login":
            if (given.get("email"), given.get("password")) != (USER, PASSWORD):
                self._page(_LOGIN.format(error='<p class="error">Wrong e-mail or password.</p>'))
            elif site.trusts_devices and self._cookie("device") == "known":
                self._let_in()
            else:
                self._page(_CODE.format(error=""))
        elif given.get("code") == CODE:
            self._let_in()
        else:
            self._page(_CODE.format(error=""))

    def _let_in(self) -> None:
        session = f"s{len(self.owner.asked)}"
        self.owner.sessions.add(session)
        self.send_response(303)
        for name, value in (("session", session), ("device", "known")):
            self.send_header("Set-Cookie", f"{name}={value}; Path=/; Max-Age=86400; HttpOnly")
        self.send_header("Location", "/invoices")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _is_inside(self) -> bool:
        return self._cookie("session") in self.owner.sessions

    def _cookie(self, name: str) -> str:
        found = SimpleCookie(self.headers.get("Cookie", "")).get(name)
        return found.value if found else ""

    def _page(self, body: str) -> None:
        html = f"<!doctype html><meta charset=utf-8><title>Portal</title>{body}"
        self._answer(200, html.encode(), "text/html")

    def _answer(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", "connect-src 'none'")
        if kind == "application/pdf":
            self.send_header("Content-Disposition", "attachment; filename=invoice.pdf")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Quiet."""
