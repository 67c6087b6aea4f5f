"""The staff pages of sources: a bookkeeper connects and looks after what fills the inbox."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Organization, Role, User
from integrations.collectors import callbacks, own, runner
from integrations.collectors.base import Disconnected, Visit
from integrations.collectors.sources import SOURCES
from integrations.models import (
    CallbackDelivery,
    CollectorCredential,
    CollectorUser,
    SupplierInvoice,
)
from tests.browsers import signed_in
from tests.contract.collector.conftest import CALLBACK, Collector, bearer_for
from tests.integrations.collectors import servers
from tests.integrations.collectors.einvoices import ubl
from tests.integrations.collectors.scripted import Scripted, invoice

PAGE = "/inbox/sources"


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.COLLECTOR_FOLDERS = str(tmp_path)


@pytest.fixture
def books(acme: Organization, bob: User) -> Client:
    """A bookkeeper of acme, who may write payments and manages no webhooks."""
    Membership.objects.of(acme.pk).filter(user=bob).update(role=Role.ACCOUNTANT)
    return signed_in(bob)


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[servers.Cloud]:
    with servers.webdav(tmp_path) as made:
        servers.put(tmp_path, "1.xml", ubl(number="R-1"))
        yield made


def connect(client: Client, cloud: servers.Cloud, **changes: str) -> Any:
    data = {
        "param_url": cloud.url,
        "param_user": servers.USER,
        "param_password": servers.PASSWORD,
        "since": "2020-01-01",
        "note": "Shared with the buyers",
    }
    return client.post(f"{PAGE}/new/webdav", {**data, **changes})


def visit() -> int:
    return runner.collect_due(timezone.now, sleep=lambda _: None)


def test_a_bookkeeper_collects_into_the_inbox_without_any_callback(
    books: Client, cloud: servers.Cloud
) -> None:
    answer = connect(books, cloud)
    assert answer.status_code == 302
    assert b"Under way" in books.get(answer.url).content
    assert visit() == 1
    shown = books.get(answer.url).content.decode()
    assert "Active" in shown and "Shared with the buyers" in shown and "Collected" in shown
    assert SupplierInvoice.objects.get().number == "R-1"
    assert b"Hafen Werkzeuge GmbH" in books.get("/inbox").content
    assert not CallbackDelivery.objects.exists()

    servers.put(cloud.folder, "2.xml", ubl(number="R-2"))
    assert books.post(f"{answer.url}/collect").status_code == 302
    assert visit() == 1
    assert sorted(SupplierInvoice.objects.values_list("number", flat=True)) == ["R-1", "R-2"]


def test_a_wrong_password_is_told_everywhere_and_mended(
    books: Client, cloud: servers.Cloud
) -> None:
    page = connect(books, cloud, param_password="wrong").url
    visit()
    said = b"The server refuses the user or password."
    assert said in books.get(page).content and said in books.get(PAGE).content
    assert b"1 source waits for you." in books.get("/inbox").content
    assert books.post(page, {"param_password": servers.PASSWORD, "note": "n"}).status_code == 302
    visit()
    assert SupplierInvoice.objects.count() == 1
    assert b"waits for you" not in books.get("/inbox").content


def test_paused_it_is_not_visited_until_somebody_collects(
    books: Client, cloud: servers.Cloud
) -> None:
    page = connect(books, cloud).url
    books.post(f"{page}/pause")
    assert visit() == 0
    assert b"Paused" in books.get(page).content
    books.post(f"{page}/collect")
    assert visit() == 1
    assert CollectorCredential.objects.get().next_attempt_at is not None


def test_pausing_in_mid_collect_throws_the_visit_away(
    books: Client, monkeypatch: pytest.MonkeyPatch, acme: Organization
) -> None:
    source = Scripted(invoice("A-1"))
    source.meet = lambda _: pages.post(f"{page}/pause") and None
    monkeypatch.setitem(SOURCES, "scripted", source)
    pages, page = books, books.post(f"{PAGE}/new/scripted", {"since": "2020-01-01"}).url
    assert visit() == 1
    row = CollectorCredential.objects.get()
    assert (row.next_attempt_at, row.locked_until) == (None, None)
    assert not SupplierInvoice.objects.exists()


def test_a_code_is_asked_for_on_the_page(books: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    source = Scripted(meet=lambda one: given.append(one.ask_code("The code from your phone.")))
    monkeypatch.setitem(SOURCES, "scripted", source)
    page = books.post(f"{PAGE}/new/scripted").url

    def answer(_: float) -> None:
        shown = books.get(page, headers={"HX-Request": "true"}).content
        if not given and b"The code from your phone." in shown:
            books.post(f"{page}/code", {"code": "428913"})

    assert runner.collect_due(timezone.now, sleep=answer) == 1
    assert given == ["428913"]
    late = books.post(f"{page}/code", {"code": "1"}, follow=True).content
    assert b"No collect in progress" in late


def test_removed_it_takes_along_what_is_not_in_the_books(
    books: Client, cloud: servers.Cloud
) -> None:
    page = connect(books, cloud).url
    visit()
    assert books.post(f"{page}/remove").status_code == 302
    assert not CollectorCredential.objects.exists() and not SupplierInvoice.objects.exists()
    assert books.get(page).status_code == 404


@pytest.mark.parametrize(
    ("source", "data", "sentence"),
    [
        ("webdav", {"param_url": ""}, "This field is required."),
        ("webdav", {"param_url": "ftp://x.test"}, "https"),
        ("imap", {"param_port": "0"}, "This must be the number of a port."),
        ("imap", {"param_security": "ssl"}, "Select a valid choice"),
        ("webdav", {"since": "yesterday"}, "valid date"),
    ],
)
def test_what_cannot_work_is_said_beside_its_field(
    books: Client, source: str, data: dict[str, str], sentence: str
) -> None:
    full = {f"param_{name}": "x" for name in ("host", "email", "user", "password")}
    full |= {"param_url": "http://127.0.0.1/", "param_port": "993", "param_security": "tls"}
    answer = books.post(f"{PAGE}/new/{source}", {**full, **data})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not CollectorCredential.objects.exists()


def test_a_password_is_never_on_a_page_again(books: Client, cloud: servers.Cloud) -> None:
    refused = connect(books, cloud, param_password="canary-71", since="never").content
    page = connect(books, cloud, param_password="canary-71").url
    visit()
    for shown in (refused, books.get(page).content, books.get(PAGE).content):
        assert b"canary-71" not in shown


def test_who_may_only_read_changes_nothing(acme: Organization, alice: User, bob: User) -> None:
    viewer, owner = signed_in(bob), signed_in(alice)
    page = owner.post(f"{PAGE}/new/folder", {"param_folder": "in"}).url
    assert viewer.get(PAGE).status_code == viewer.get(page).status_code == 200
    assert b"Collect now" not in viewer.get(page).content
    for path in (page, *(f"{page}/{verb}" for verb in ("collect", "pause", "code", "remove"))):
        assert viewer.post(path, {"code": "1"}).status_code == 403
    assert viewer.get(f"{PAGE}/new/imap").status_code == 403
    assert CollectorCredential.objects.get().next_attempt_at is not None


def test_a_rival_finds_nothing(books: Client, rival: Organization, mallory: User) -> None:
    page = books.post(f"{PAGE}/new/folder", {"param_folder": "in"}).url
    other = signed_in(mallory)
    assert other.get(page).status_code == 404
    assert other.post(f"{page}/collect").status_code == 404
    assert b"Watched folder</a>" not in other.get(PAGE).content


def test_an_integrator_sees_nothing_of_it_and_staff_nothing_of_users(
    books: Client, acme: Organization, settings: Any
) -> None:
    settings.COLLECTOR_TERMS = False
    page = books.post(f"{PAGE}/new/folder", {"param_folder": "in"}).url
    mine = page.rpartition("/")[2]
    collector = Collector(bearer_for(acme))
    assert collector.get("/users").json == [] and collector.get("/credentials").json == []
    assert collector.get("/customer/stats").json["credentials"] == 0
    own_user = CollectorUser.objects.get()
    assert collector.get(f"/user/{own_user.uuid}/credential/{mine}").status == 404
    assert collector.delete("/user", {"remote_id": ""}).status == 400
    assert collector.post("/user", {"remote_id": "", "locale": "en"}).status == 400
    user = collector.user()
    theirs = collector.connected(user["id"])["id"]
    assert books.get(f"{PAGE}/{theirs}").status_code == 404
    assert own.list_own(acme.pk).count() == 1


@pytest.mark.parametrize("source", ["gmail", "nothing"])
def test_what_is_only_announced_cannot_be_connected(books: Client, source: str) -> None:
    assert books.get(f"{PAGE}/new/{source}").status_code == 404


@pytest.mark.parametrize("source", [one.description.id for one in own.connectable()])
def test_every_source_has_its_form(books: Client, source: str) -> None:
    shown = books.get(f"{PAGE}/new/{source}").content.decode()
    for name in SOURCES[source].description.params:
        assert f'name="param_{name}"' in shown


def test_nobody_is_told_where_the_source_wants_somebody(
    books: Client, acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disconnection of the organization's own goes to no callback either."""
    collector = Collector(bearer_for(acme))
    collector.post("/customer", {"callback": CALLBACK})
    source = Scripted(invoice("A-1"))
    monkeypatch.setitem(SOURCES, "scripted", source)
    page = books.post(f"{PAGE}/new/scripted", {"since": "2020-01-01"}).url
    visit()

    def leave(_: Visit) -> None:
        raise Disconnected("Come back.")

    source.meet = leave
    books.post(f"{page}/collect")
    visit()
    assert b"Come back." in books.get(page).content
    assert callbacks.deliver_due(timezone.now) == 0


def test_a_day_begins_where_the_organization_is(books: Client) -> None:
    books.post(f"{PAGE}/new/folder", {"param_folder": "in", "since": "2026-07-01"})
    begins = CollectorCredential.objects.get().download_from
    assert begins == datetime.datetime(2026, 6, 30, 22, tzinfo=datetime.UTC)
