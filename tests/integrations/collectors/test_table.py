"""Every place that invoices come from, and everything that goes wrong there: a table.

Each row is one journey: the place is connected over the public API, visited by the runner, its
documents are read into the inbox, and the callback is told. Each column is a real server.
"""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from integrations.collectors import runner
from integrations.collectors.people import remove_user
from integrations.models import (
    CallbackDelivery,
    CollectedInvoice,
    CollectorCredential,
    CollectorUser,
    SupplierInvoice,
)
from tests.integrations.collectors import places, portal_site, servers
from tests.integrations.collectors.journeys import Journey
from tests.integrations.collectors.places import Place
from tests.integrations.collectors.second_installation import Installation, running

pytestmark = pytest.mark.django_db

# What each place needs on this machine.
PLACES = {
    "imap": [pytest.mark.dovecot],
    "sftp": [pytest.mark.sshd],
    "webdav": [],
    "portal": [pytest.mark.browser],
    "self": [],
}
# What does not happen at a place, and why not.
NOT_THERE = {
    ("code timeout", "imap"): "mail servers ask for no codes",
    ("code timeout", "sftp"): "a key or a password lets in, and no code",
    ("code timeout", "webdav"): "app passwords let in, and no code",
    ("code timeout", "self"): "API keys let in, and no code",
    ("duplicate", "self"): "it lists each invoice once, by keyset",
}
REFUSED = {
    "imap": "The mail server refuses the user or password.",
    "sftp": "The server refuses the user, password or key.",
    "webdav": "The server refuses the user or password.",
    "portal": "Wrong e-mail or password.",
    "self": "The installation refuses the API key.",
}
ENDED = {**REFUSED, "portal": "The code from your phone, please."}
DOWN = {
    "imap": "The mail server could not be reached.",
    "sftp": "The server could not be reached.",
    "webdav": "The server could not be reached.",
    "portal": "The portal could not be read.",
    "self": "The server could not be reached.",
}


@pytest.fixture(scope="module")
def mail() -> Iterator[servers.Mail]:
    with servers.dovecot() as made:
        yield made


@pytest.fixture(scope="module")
def files() -> Iterator[servers.Files]:
    with servers.sshd() as made:
        yield made


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Cloud]:
    with servers.webdav(tmp_path_factory.mktemp("cloud")) as made:
        yield made


# Before any test opens a transaction: the database is copied.
@pytest.fixture(scope="module", autouse=True)
def installation(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Installation | None]:
    if not any(item.name.endswith("[self]") for item in request.session.items):
        yield None
        return
    with django_db_blocker.unblock(), running() as made:
        yield made


@pytest.fixture
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Only the server of this column is started."""
    made = _MAKE[request.param](request, monkeypatch)
    yield made
    made.close()


def _mailbox(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Place:
    mail = request.getfixturevalue("mail")
    monkeypatch.setenv("SSL_CERT_FILE", str(mail.certificate))
    return places.Mailbox(mail)


def _website(request: pytest.FixtureRequest, _: pytest.MonkeyPatch) -> Place:
    open_site = portal_site.served(portal_site.Site())
    site = open_site.__enter__()
    request.addfinalizer(lambda: open_site.__exit__(None, None, None))
    return places.Website(site)


_MAKE: dict[str, Callable[[pytest.FixtureRequest, pytest.MonkeyPatch], Place]] = {
    "imap": _mailbox,
    "sftp": lambda request, _: places.SftpFolder(request.getfixturevalue("files")),
    "webdav": lambda request, _: places.CloudFolder(request.getfixturevalue("cloud")),
    "portal": _website,
    "self": lambda request, _: places.OtherInstallation(request.getfixturevalue("installation")),
}


def everywhere(what: str) -> Any:
    """A row of the table: at each place where it happens."""
    shown = [
        pytest.param(name, marks=marks, id=name)
        for name, marks in PLACES.items()
        if (what, name) not in NOT_THERE
    ]
    return pytest.mark.parametrize("place", shown, indirect=True)


@everywhere("only what is new")
def test_only_what_is_new_comes_in_the_second_run(journey: Journey, place: Place) -> None:
    expected = [place.put(1), place.put(2)]
    place.connect(journey)
    assert sorted(place.collect(journey)) == sorted(expected)
    assert place.collect(journey) == []
    third = place.put(3)
    assert place.collect(journey) == [third]
    assert (journey.state(), journey.notices()) == ((7, ""), [])
    drafts = SupplierInvoice.objects.order_by("total")
    if place.source == "self":
        shown = [("13090", "EUR"), ("23090", "EUR"), ("33090", "EUR")]
        assert [(str(one.total), one.currency) for one in drafts] == shown
    else:
        shown = [("R-1", "13090"), ("R-2", "13090"), ("R-3", "13090")]
        assert sorted((one.number, str(one.total)) for one in drafts) == shown
    assert {one.supplier_name for one in drafts} == {place.supplier}


@everywhere("wrong password")
def test_a_wrong_password_stops_it_until_the_user_acts(journey: Journey, place: Place) -> None:
    place.put(1)
    place.connect(journey, **place.wrong())
    assert place.collect(journey) == []
    assert journey.state() == (-1, REFUSED[place.source])
    assert not journey.is_scheduled()
    assert not SupplierInvoice.objects.exists()


@everywhere("expired session")
def test_access_that_ended_calls_the_user_once_and_loses_nothing(
    journey: Journey, place: Place
) -> None:
    place.put(1)
    place.connect(journey)
    place.collect(journey)
    place.end_access()
    second = place.put(2)
    assert journey.collect() == []
    index = -2 if place.source == "portal" else -1
    assert journey.state() == (index, ENDED[place.source])
    assert (journey.notices(), journey.is_scheduled()) == (["notification_disconnected"], False)
    if renewed := place.renewed():
        journey.repair(**renewed)
    assert place.collect(journey) == [second]
    assert (journey.state(), len(journey.notices())) == ((7, ""), 1)


@everywhere("code timeout")
def test_a_code_that_nobody_gives_disconnects(journey: Journey, place: Place) -> None:
    place.put(1)
    place.connect(journey)
    assert journey.collect() == []
    assert journey.state() == (-2, "No code was given in time.")
    assert not journey.is_scheduled()


@everywhere("duplicate")
def test_the_same_document_twice_is_sent_once(journey: Journey, place: Place) -> None:
    place.put(1)
    place.put_again(1)
    place.connect(journey)
    assert len(place.collect(journey)) == 1
    assert place.collect(journey) == []
    assert SupplierInvoice.objects.count() == 1


@everywhere("changed ids")
def test_other_ids_for_the_same_documents_send_nothing_again(
    journey: Journey, place: Place
) -> None:
    place.put(1)
    place.put(2)
    place.connect(journey)
    assert len(place.collect(journey)) == 2
    place.rename()
    assert place.collect(journey) == []
    assert CollectedInvoice.objects.filter(duplicate_of__isnull=False).count() == 2
    assert SupplierInvoice.objects.count() == 2


@everywhere("server down")
def test_a_server_that_goes_down_in_mid_collect_loses_nothing(
    journey: Journey, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [place.put(number) for number in (1, 2, 3)]
    place.connect(journey)
    _after_the_first_document(monkeypatch, place.line.cut)
    first = place.collect(journey)
    assert len(first) == 1
    assert (journey.state(), journey.is_scheduled()) == ((0, DOWN[place.source]), True)
    assert journey.notices() == []
    place.line.mend()
    assert sorted(first + place.collect(journey)) == sorted(expected)
    assert journey.state() == (7, "")
    assert SupplierInvoice.objects.count() == 3


@everywhere("user removed")
def test_a_user_removed_in_mid_collect_leaves_nothing(
    journey: Journey,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    actor: Any,
    at: datetime.datetime,
) -> None:
    for number in (1, 2, 3):
        place.put(number)
    place.connect(journey)
    read = _after_the_first_document(
        monkeypatch, lambda: remove_user(actor=actor, at=at, user=CollectorUser.objects.get())
    )
    assert place.collect(journey) == []
    assert len(read) == 1
    assert not journey.receiver.received
    for model in (CollectorCredential, CollectedInvoice, CallbackDelivery, SupplierInvoice):
        assert not model.objects.exists()


def _after_the_first_document(
    monkeypatch: pytest.MonkeyPatch, happen: Callable[[], object]
) -> list[bytes]:
    """When the first document has come, before it is kept; and which ones have come."""
    come: list[bytes] = []
    read_document = runner.read_document

    def read(content: bytes) -> Any:
        come.append(content)
        if len(come) == 1:
            happen()
        return read_document(content)

    monkeypatch.setattr(runner, "read_document", read)
    return come
