"""A logo elsewhere: fetched once, drawn anew, and never from where nobody may call."""

import asyncio
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from PIL import Image

from integrations import fetching
from integrations.http import AddressRefused, InvalidUrl


def png() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(target, format="PNG")
    return target.getvalue()


class Site:
    """Answers every GET alike, and remembers which came."""

    def __init__(self) -> None:
        self.status, self.content = 200, png()
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.asked.append(self.path)
                self.send_response(owner.status)
                for name, value in owner.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(owner.content)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/logo.png"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def site() -> Iterator[Site]:
    cache.clear()
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_picture_is_drawn_anew_and_asked_for_once(site: Site) -> None:
    name = fetching.fetch_logo(site.url, organization_id=7)
    assert name.startswith("logos/7/") and name.endswith(".png")
    with default_storage.open(name) as stored:
        picture = Image.open(stored)
        assert (picture.format, picture.size) == ("PNG", (40, 20))
    assert fetching.fetch_logo(site.url, organization_id=7) == name
    assert site.asked == ["/logo.png"]


def test_a_loop_that_runs_in_the_callers_thread_is_no_hindrance(site: Site) -> None:
    async def asked() -> bytes:
        return fetching.fetch(site.url)

    assert asyncio.run(asked()) == site.content


def test_of_another_organization_it_is_another_file(site: Site) -> None:
    names = {fetching.fetch_logo(site.url, organization_id=n) for n in (7, 8)}
    assert len(names) == 2


@pytest.mark.parametrize("trouble", ["missing", "redirect", "no picture", "too large"])
def test_what_is_no_picture_is_none(site: Site, trouble: str) -> None:
    if trouble == "missing":
        site.status = 404
    elif trouble == "redirect":
        site.status, site.headers = 302, {"Location": site.url}
    elif trouble == "no picture":
        site.content = b"<svg onload=alert(1)>"
    else:
        site.content = png() + bytes(fetching.MOST_BYTES)
    assert fetching.fetch_logo(site.url, organization_id=7) == ""
    assert fetching.fetch_logo(site.url, organization_id=7) == ""
    assert len(site.asked) == 1


def test_inside_addresses_are_never_asked(site: Site, settings: Any) -> None:
    settings.OUTBOUND_ALLOW_CIDRS = []
    with pytest.raises(AddressRefused):
        fetching.fetch_logo(site.url, organization_id=7)
    # Nor where a name leads there only when it is asked for the second time.
    answers = iter([["93.184.215.14"], ["127.0.0.1"], ["127.0.0.1"]])
    url = site.url.replace("127.0.0.1", "rebinding.example").replace(
        str(site.server.server_address[1]), "8080"
    )
    assert (
        fetching.fetch_logo(url, organization_id=7, lookup=lambda _host, _port: next(answers)) == ""
    )
    assert site.asked == []


def test_an_address_must_be_one() -> None:
    with pytest.raises(InvalidUrl):
        fetching.fetch_logo("file:///etc/passwd", organization_id=7)
