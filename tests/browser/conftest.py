"""Debian's Chromium, and a page that reports everything it was refused."""

import os
import shutil
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

# Playwright keeps an event loop in this thread; Django's guard takes that for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# Debian's browser without windows draws the same pages with a fifth less of the processor's time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Slow machines are slow, and what never comes is missed soon enough.
expect.set_options(timeout=20_000)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def chromium(live_server: LiveServer) -> Iterator[Browser]:
    """Closed before the server stops, and with it the connections it opened on suspicion."""
    path = next(filter(None, map(shutil.which, NAMES)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=5)


class Complaints(list[str]):
    """What the console, the content policy and the network said against a page."""

    def listen(self, page: Page, host: str) -> None:
        page.on("console", lambda m: m.type in ("error", "warning") and self.append(m.text))
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("request", lambda r: r.url.startswith((host, "data:")) or self.append(r.url))
