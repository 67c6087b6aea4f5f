"""Chromium, led by Playwright in a thread of its own.

Playwright keeps an event loop in the thread that it works in, and Django refuses to ask the
database in such a thread. So whoever visits a portal hands each step over and waits for it.
"""

import base64
import importlib
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlsplit

from django.conf import settings

from integrations.collectors.base import MOST_BYTES, Maintenance
from integrations.collectors.sources.portal.gate import Gate

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

T = TypeVar("T")
SECONDS = 30
_START_SECONDS = 120
NO_BROWSER = (
    "This server has no browser to visit portals with. Its operator can install one:"
    " requirements-portal.txt says how."
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FETCH = """async ([url, most]) => {
  const answer = await fetch(url, {credentials: "include", signal: AbortSignal.timeout(60000)});
  if (!answer.ok) return [answer.status, ""];
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (bytes.length > most) return [413, ""];
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768)
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + 32768));
  return [200, btoa(text)];
}"""


class Browser:
    """One browser for one visit, with the cookies and storage of the last one."""

    def __init__(self, state: dict[str, Any] | None) -> None:
        self._state = state
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="portal")
        self._gate = Gate()
        self._closers: list[Callable[[], Any]] = []

    def __enter__(self) -> Self:
        self._library = _library()
        self._gate.__enter__()
        try:
            self._thread.submit(self._start).result()
        except self._library.Error:
            self.__exit__(None, None, None)
            raise Maintenance(NO_BROWSER) from None
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.submit(self._stop).result()
        self._thread.shutdown()
        self._gate.__exit__(kind, error, trace)

    def do(self, step: "Callable[[Page], T]") -> T:
        """What the step makes of the page.

        Raises Maintenance where the portal is not as its description says. A library's own
        words may quote what was typed in, so they end here.
        """
        try:
            return self._thread.submit(step, self._page).result()
        except self._library.TimeoutError:
            raise Maintenance("The portal does not show what its description says.") from None
        except self._library.Error:
            raise Maintenance("The portal could not be read.") from None

    def state(self) -> dict[str, Any]:
        """Cookies and storage, for the next visit."""
        found: dict[str, Any] = self.do(lambda page: dict(page.context.storage_state()))
        return found

    def download(self, url: str, find: "Callable[[Page], Locator]") -> bytes:
        """The document behind a link, else what a click on it brings."""
        content = self.do(lambda page: _fetched(page, url)) if url else None
        if content is None:
            content = self.do(lambda page: _clicked(page, find))
        return content

    def _start(self) -> None:
        playwright = self._library.sync_playwright().start()
        self._closers.append(playwright.stop)
        browser = playwright.chromium.launch(
            executable_path=settings.COLLECTOR_BROWSER or _installed(),
            args=[
                "--disable-quic",
                "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
                # Chromium has no sandbox for root.
                *(["--no-sandbox"] if os.geteuid() == 0 else []),
            ],
            proxy={
                "server": self._gate.url,
                "username": self._gate.user,
                "password": self._gate.password,
            },
            # Nothing of ours: the environment may hold keys.
            env={name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            timeout=_START_SECONDS * 1000,
        )
        self._closers.append(browser.close)
        context = browser.new_context(
            storage_state=self._state, bypass_csp=True, service_workers="block"
        )
        context.set_default_timeout(SECONDS * 1000)
        self._page = context.new_page()

    def _stop(self) -> None:
        for close in reversed(self._closers):
            try:
                close()
            except self._library.Error:
                # It died before; what is left of it ends with Playwright.
                continue


def _library() -> ModuleType:
    try:
        return importlib.import_module("playwright.sync_api")
    except ImportError:
        raise Maintenance(NO_BROWSER) from None


def _installed() -> str | None:
    """The system's Chromium; None is Playwright's own, if there is one."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def _fetched(page: "Page", url: str) -> bytes | None:
    """None where the page may not read it, because it is another server's."""
    try:
        status, text = page.evaluate(_FETCH, [url, MOST_BYTES])
    except importlib.import_module("playwright.sync_api").Error:
        if urlsplit(url)[:2] != urlsplit(page.url)[:2]:
            return None
        raise
    if status != 200:
        raise Maintenance(f"The portal answers {status} for a document.")
    return base64.b64decode(text)


def _clicked(page: "Page", find: "Callable[[Page], Locator]") -> bytes:
    with page.expect_download(timeout=SECONDS * 1000) as download:
        find(page).click()
    with Path(download.value.path()).open("rb") as file:
        return file.read(MOST_BYTES + 1)
