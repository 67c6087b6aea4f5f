"""A customer, a user, a portal that asks for a code, and a site that shows the page in a frame."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.utils import timezone

from accounts.actors import Actor, system_actor
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user
from integrations.collectors import accounts, people
from integrations.collectors.base import (
    AuthenticationFailed,
    Description,
    Opened,
    Param,
    Source,
    Visit,
)
from integrations.models import CollectorUser
from tests.instants import AT
from tests.integrations.collectors.scripted import Scripted, invoice

# Allowed in tests, and nothing listens there.
CALLBACK = "http://127.0.0.1:9/callback"
REMOTE_ID = "A1B2C3D4"


class Portal(Source):
    """Lets `jane` in by `swordfish`; asks for a code where `code` is set, which is 424242."""

    description = Description(
        id="portal",
        kind="web",
        name={"en": "Acme Telecom", "fr": "Acme Télécom"},
        description={"en": "Mobile and internet bills.", "fr": "Factures mobiles et internet."},
        instructions={"en": "Use your customer account.", "fr": "Utilisez votre espace client."},
        params={
            "user": Param(name={"en": "Customer number", "fr": "Numéro de client"}),
            "password": Param(name={"en": "Password", "fr": "Mot de passe"}, type="password"),
            "site": Param(name={"en": "Site", "fr": "Site"}, is_mandatory=False),
        },
    )

    def __init__(self, *, code: bool = False) -> None:
        self.code = code
        self.passwords: list[str] = []

    @contextmanager
    def open(self, visit: Visit) -> Iterator[Opened]:
        self.passwords.append(visit.params["password"])
        if visit.params["password"] != "swordfish":
            raise AuthenticationFailed("The mail server refuses the user or password.")
        if self.code and visit.ask_code("We sent a code to +33 6 ** ** ** 12.") != "424242":
            raise AuthenticationFailed("The code is wrong.")
        with Scripted(invoice("R-2026-11", days=3000)).open(visit) as opened:
            yield opened


def customer(**changes: Any) -> Actor:
    """Acme, with a callback."""
    alice = create_user(at=AT, email="alice@acme.test", password="correct horse battery", name="A")
    acme = create_organization(at=AT, name="Acme", slug="acme", owner=alice, currency="EUR")
    actor = system_actor(acme.pk)
    accounts.update_account(actor=actor, at=timezone.now(), callback=CALLBACK, **changes)
    return actor


def token_for(actor: Actor, locale: str = "en", *, has_accepted: bool = True) -> str:
    """A fresh token of the user."""
    _user, token, _code = people.invite(
        actor=actor, at=timezone.now(), remote_id=REMOTE_ID, locale=locale, has_email=True
    )
    if has_accepted:
        CollectorUser.objects.update(terms_accepted_at=AT)
    return token


_HOST = """<!doctype html><html lang="en"><title>Host</title><main><h1>Host</h1>
<iframe title="Suppliers" id="inner" src="{src}" width="{width}" height="640"></iframe></main>
<script>
  const heard = [];
  addEventListener("message", (event) => heard.push([event.origin, event.data]));
</script></html>"""


class Site:
    """A site of the customer's on an origin of its own, with the page in a frame."""

    def __init__(self) -> None:
        self.src, self.width = "", 700
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = _HOST.format(src=site.src, width=site.width).encode()
                self.send_response(200 if self.path == "/" else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
