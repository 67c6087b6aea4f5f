"""The one way out (SAFETY 2.6, O1, W6): what it refuses, and what no receiver can do to it."""

import gzip
import socket
import time
from collections.abc import Iterator, Sequence

import pytest
from pytest_django import Settings

from core.errors import DomainError
from integrations import addresses, http
from integrations.http import AddressRefused, InvalidUrl, Outcome, Post, check_url, post_many
from tests.integrations import receivers
from tests.integrations.receivers import Receiver, raw_server

PUBLIC = "93.184.215.14"


@pytest.fixture
def strict(settings: Settings) -> Settings:
    """As a public installation is set up: nothing private, https only."""
    settings.OUTBOUND_ALLOW_CIDRS = []
    settings.ALLOW_HTTP_WEBHOOKS = False
    return settings


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def answers(*found: str) -> http.Lookup:
    return lambda host, port: list(found)


def post(url: str, lookup: http.Lookup = http.system_lookup) -> Outcome:
    return post_many([Post(url, b"{}", {"Content-Type": "application/json"})], lookup=lookup)[0]


MALFORMED = [
    "",
    "https://",
    "https:///path",
    "//example.com/",
    "example.com",
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com:70/_x",
    "dict://example.com/",
    "javascript:alert(1)",
    "data:text/plain,x",
    "https://user@example.com/",
    "https://user:password@example.com/",
    "https://:password@example.com/",
    "https://example.com\\@127.0.0.1/",
    "https://example.com:99999/",
    "https://example.com:port/",
    " https://example.com/",
    "https://example.com/\r\nX-Injected: 1",
    "https://exam\tple.com/",
    "https://example.com/\x00",
    "https://[::1",
    "https://" + "a" * 2000 + ".com/",
]

FORBIDDEN = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::a9fe:a9fe",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "64:ff9b:1::a9fe:a9fe",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002::1",
    "2002:a9fe:a9fe::",
    "2002:7f00:1::",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]

# Spellings that resolvers and lenient parsers take for 127.0.0.1 or the metadata service.
DISGUISED = [
    "0177.0.0.1",
    "2130706433",
    "127.1",
    "127.0.1",
    "0",
    "0x7f.0.0.1",
    "0x7f000001",
    "017700000001",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
    "[::1%25lo]",
]


@pytest.mark.parametrize("url", MALFORMED)
def test_malformed_address_is_refused(strict: Settings, url: str) -> None:
    with pytest.raises(InvalidUrl) as caught:
        check_url(url, lookup=answers(PUBLIC))
    assert caught.value.param == "url"


@pytest.mark.parametrize("address", FORBIDDEN)
def test_forbidden_address_is_refused_as_literal_and_as_answer(
    strict: Settings, address: str
) -> None:
    literal = f"[{address}]" if ":" in address else address
    with pytest.raises(DomainError):
        check_url(f"https://{literal}/", lookup=answers(address))
    with pytest.raises(AddressRefused):
        check_url("https://innocent.example.com/", lookup=answers(address))
    # One bad address among good ones is enough.
    with pytest.raises(AddressRefused):
        check_url("https://innocent.example.com/", lookup=answers(PUBLIC, address))


@pytest.mark.parametrize("host", DISGUISED)
def test_disguised_loopback_is_refused_at_creation_and_at_sending(
    strict: Settings, host: str
) -> None:
    with pytest.raises(DomainError):
        check_url(f"https://{host}/")
    outcome = post(f"https://{host}/")
    assert (outcome.status, outcome.error) == (None, "Could not connect.")


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_address_is_allowed_on_web_ports_only(strict: Settings, address: str) -> None:
    assert [
        p for p in (22, 25, 80, 443, 6379, 8080, 8443) if addresses.may_connect(address, p)
    ] == [
        80,
        443,
        8080,
        8443,
    ]


def test_public_ipv4_behind_nat64_is_allowed(strict: Settings) -> None:
    assert addresses.may_connect("64:ff9b::808:808", 443)


def test_name_that_does_not_resolve_is_accepted(strict: Settings) -> None:
    def nothing(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror("unknown")

    check_url("https://yourapp.example.com/webhooks/invoices", lookup=nothing)
    with pytest.raises(AddressRefused):
        check_url("https://yourapp.example.com:6379/", lookup=nothing)
    for name in ("router", "db.internal", "printer.local"):
        with pytest.raises(AddressRefused):
            check_url(f"https://{name}/", lookup=nothing)


def test_own_networks_are_reached_on_any_port_when_the_operator_allows_them(
    strict: Settings,
) -> None:
    strict.OUTBOUND_ALLOW_CIDRS = ["127.0.0.0/8", "10.1.0.0/16"]
    assert addresses.may_connect("127.0.0.1", 5000)
    assert addresses.may_connect("::ffff:127.0.0.1", 5000)
    assert addresses.may_connect("10.1.2.3", 22)
    assert not addresses.may_connect("10.2.0.1", 443)
    assert not addresses.may_connect("::1", 443)


def test_name_that_changes_its_mind_is_never_connected_to(
    strict: Settings, receiver: Receiver
) -> None:
    """DNS rebinding: public when checked, loopback when called."""
    strict.ALLOW_HTTP_WEBHOOKS = True
    turns = iter([[PUBLIC], ["127.0.0.1"]])
    url = f"http://rebind.example.com:{8080}/"
    lookup = lambda host, port: next(turns)  # noqa: E731
    check_url(url, lookup=lookup)
    outcome = post(url, lookup=lookup)
    assert (outcome.status, outcome.error) == (None, "Could not connect.")
    assert receiver.received == []


def test_name_is_looked_up_once_per_connection(receiver: Receiver) -> None:
    asked = []

    def lookup(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    outcome = post(f"http://hook.example.com:{receiver.port}/x", lookup=lookup)
    assert outcome.status == 200
    assert asked == ["hook.example.com"]
    assert receiver.received[0].headers["Host"] == f"hook.example.com:{receiver.port}"


def test_redirect_is_an_answer_and_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": "http://127.0.0.1:1/secret"}
    outcome = post(receiver.url)
    assert (outcome.status, outcome.is_success) == (302, False)
    assert len(receiver.received) == 1


def test_answer_is_kept_to_4_kilobytes_and_never_unpacked(receiver: Receiver) -> None:
    receiver.headers = {"Content-Encoding": "gzip"}
    receiver.answer = gzip.compress(b"\0" * 50_000_000)
    outcome = post(receiver.url)
    assert outcome.status == 200
    assert len(outcome.body) <= 4_096
    assert "\x00" not in outcome.body
    assert receiver.received[0].headers["Accept-Encoding"] == "identity"


def test_deadline_ends_what_hangs_or_drips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.6)
    for talk in (receivers.hang, receivers.drip_headers):
        with raw_server(talk) as url:
            started = time.monotonic()
            outcome = post(url)
            assert (outcome.status, outcome.error) == (None, "No answer in time.")
            assert time.monotonic() - started < 1.6


def test_status_counts_when_only_the_body_drips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BODY_SECONDS", 0.3)
    with raw_server(receivers.drip_body) as url:
        started = time.monotonic()
        assert post(url).status == 200
        assert time.monotonic() - started < 1.5


def test_endless_body_is_cut_off() -> None:
    with raw_server(receivers.endless_body) as url:
        started = time.monotonic()
        outcome = post(url)
        assert (outcome.status, len(outcome.body)) == (200, 4_096)
        assert time.monotonic() - started < 2


def test_reset_and_nonsense_are_failures() -> None:
    for talk in (receivers.reset, receivers.nonsense):
        with raw_server(talk) as url:
            outcome = post(url)
            assert (outcome.status, outcome.error) == (None, "The answer could not be read.")


def test_closed_port_could_not_be_connected_to(receiver: Receiver) -> None:
    receiver.close()
    outcome = post(receiver.url)
    assert (outcome.status, outcome.error) == (None, "Could not connect.")


def test_outcomes_come_in_the_order_of_the_posts(receiver: Receiver) -> None:
    with raw_server(receivers.reset) as broken:
        urls = [receiver.url, broken, receiver.url]
        outcomes = post_many([Post(url, b"{}", {}, key=n) for n, url in enumerate(urls)])
    assert [(one.key, one.is_success) for one in outcomes] == [(0, True), (1, False), (2, True)]


def test_no_more_than_four_of_a_group_are_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.4)
    arrived: list[float] = []

    def count(connection: socket.socket, over: object) -> None:
        connection.recv(65536)
        arrived.append(time.monotonic())
        time.sleep(1)

    with raw_server(count) as url:
        post_many([Post(url, b"{}", {}, group="slow") for _ in range(8)])
    assert len(arrived) == 8
    assert arrived[4] - arrived[0] > 0.3
