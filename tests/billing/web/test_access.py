"""Who gets which page and may do what: access.csv, cell by cell (Z1, Z2).

A row is an address and a method; what has no row answers 405. A cell says what that person
meets there: `yes`, `no` (403), `login` (sent to sign in), `gone` (404, as for an id that nobody
has). Everything is acme's; the stranger owns another organization.
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.template.backends.django import Template
from django.test import Client

from accounts.models import Role
from accounts.operations.users import create_user
from billing.models import Invoice, Payment, Quote
from core.models import Event
from tests.browsers import signed_in
from tests.instants import AT
from tests.scenery import STAFF, Scene, addresses, make_scene

TABLE = Path(__file__).with_name("access.csv")
PEOPLE = [*(role.value for role in Role), "nobody", "stranger"]
METHODS = ("GET", "POST")
ADDRESSES = {each.name: each for each in addresses(*STAFF)}

Cells = dict[str, str]


@pytest.fixture(scope="module")
def table() -> dict[tuple[str, str], Cells]:
    with TABLE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    made = {(row["address"], row["method"]): {who: row[who] for who in PEOPLE} for row in rows}
    assert len(made) == len(rows), "a row stands there twice"
    return made


def test_every_address_has_a_row_and_every_row_an_address(
    table: dict[tuple[str, str], Cells],
) -> None:
    assert {name for name, _ in table} == set(ADDRESSES)


# On PostgreSQL every page is walked by tests/browser/test_every_page.py.
@pytest.mark.once
@pytest.mark.parametrize("method", METHODS)
def test_everybody_meets_what_the_table_says(
    db: None, table: dict[tuple[str, str], Cells], subtests: pytest.Subtests, method: str
) -> None:
    door = Door(make_scene())
    for address in ADDRESSES.values():
        with subtests.test(f"{method} {address.name}"):
            path = door.scene.path(address)
            cells = table.get((address.name, method))
            if cells is None and door.met("owner", method, path) == "405":
                continue
            met = {who: door.met(who, method, path) for who in PEOPLE}
            row = ",".join((address.name, method, *met.values()))
            assert met == cells, f"if this is meant, the row is\n{row}"


# A form that is refused for what was typed into it was reached.
_WORDS = {200: "yes", 204: "yes", 302: "yes", 303: "yes", 422: "yes", 403: "no", 404: "gone"}


class Door:
    """Somebody asks for an address of acme's; afterwards that has not happened."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._clients = {who: signed_in(user) for who, user in scene.people.items()}
        self._sessions = {who: each.cookies["sessionid"] for who, each in self._clients.items()}
        self._clients["nobody"] = Client()
        # What a row is about even where the form is otherwise empty.
        self._form = {"organization": str(scene.acme.uuid), "action": "issue"}

    def met(self, who: str, method: str, path: str) -> str:
        """One word for it. Who is turned away has changed nothing, and a stranger never has."""
        events = Event.objects.filter(organization_id=self.scene.acme.pk)
        with _undone(), _unwritten(who != "owner"):
            before = events.count()
            response = self._ask(who, method, path)
            has_changed = events.count() != before
        word = _WORDS.get(response.status_code, str(response.status_code))
        if word == "yes" and response.headers.get("Location", "").startswith("/accounts/login/"):
            word = "login"
        is_public = path.startswith("/unsubscribe/")
        may_change = word == "yes" and (who != "stranger" or is_public)
        assert may_change or not has_changed, f"{who} changed something"
        return word

    def _ask(self, who: str, method: str, path: str) -> Any:
        client = self._clients[who]
        client.cookies.clear()
        if who in self._sessions:
            client.cookies["sessionid"] = self._sessions[who]
        if method == "POST":
            return client.post(path, self._form)
        page = client.get(path)
        if page.streaming:
            list(page)  # a request ends with the last byte
        if page.get("Content-Type", "").startswith("text/html"):
            assert b"<script>" not in page.content
            assert b"style=" not in page.content
        return page


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _unwritten(is_so: bool) -> Iterator[None]:
    """Pages are left empty: who may open one is known before anything is written on it."""
    with pytest.MonkeyPatch.context() as patch:
        if is_so:
            patch.setattr(Template, "render", lambda *_: "")
        yield


def test_someone_without_an_organization_is_told(db: None) -> None:
    client = Client()
    client.force_login(create_user(at=AT, email="new@nowhere.test", password="long enough word"))
    assert client.get("/").status_code == 403


def test_the_navigation_hides_what_the_role_may_not_open(viewer: Client) -> None:
    page = viewer.get("/").content.decode()
    assert 'href="/invoices"' in page
    assert 'href="/settings/api-keys"' not in page
    assert 'href="/invoices/new"' not in page


def test_actions_on_an_invoice_are_hidden_from_a_viewer(viewer: Client, invoice: Invoice) -> None:
    page = viewer.get(f"/invoices/{invoice.uuid}").content.decode()
    assert f"/invoices/{invoice.uuid}/pdf" in page
    for action in ("send", "pay", "void", "credit", "amend", "duplicate"):
        assert f"/invoices/{invoice.uuid}/{action}" not in page


def test_a_payment_page_hides_its_buttons_from_a_viewer(viewer: Client, payment: Payment) -> None:
    page = viewer.get(f"/payments/{payment.uuid}").content.decode()
    assert f"/payments/{payment.uuid}/refund" not in page


def test_a_quote_page_hides_its_buttons_from_a_viewer(viewer: Client, quote: Quote) -> None:
    page = viewer.get(f"/quotes/{quote.uuid}").content.decode()
    assert f"/quotes/{quote.uuid}/open" not in page


def test_the_kit_is_for_development_only(staff: Client) -> None:
    assert staff.get("/ui-kit").status_code == 404


def test_the_kit_shows_every_part(staff: Client, settings: Any) -> None:
    settings.DEBUG = True
    assert staff.get("/ui-kit").status_code == 200


def test_the_browser_is_told_to_run_only_our_scripts(staff: Client) -> None:
    policy = staff.get("/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
