"""Two hands for the same journey: a pointer, and nothing but the keys of a keyboard.

A journey is written once, in words that both understand: open, go, press, fill, choose, tick,
upload. The keys come to everything by Tab, and every stop on their way has to show where it is.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from accounts.models import Membership
from tests.browser.conftest import Complaints
from tests.browsers import signed_in

FIELDS = "input:not([type=hidden]), select, textarea"
# More than any page has; who does not come there by then never does.
MOST_STOPS = 150
# Of a page's layout shift; browsers call a page good up to 0.1.
STILL = 0.01

# Adds up what moves by itself, page by page; what follows a click within half a second is an
# answer to it and not counted (https://web.dev/articles/cls).
WATCH_SHIFTS = """
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
        if (entry.hadRecentInput || location.protocol !== "http:") continue;
        const moved = entry.sources.map((source) => source.node?.outerHTML?.slice(0, 90));
        const seen = JSON.parse(sessionStorage.getItem("shifts") || "[]");
        seen.push([location.pathname, entry.value, moved]);
        sessionStorage.setItem("shifts", JSON.stringify(seen));
    }
}).observe({ type: "layout-shift", buffered: true });
"""

# Whether the wanted control has the focus, what has it, and whether one sees that: a ring or a
# shadow which stands out by 3:1 from what is behind it (WCAG 1.4.11) and is gone once left.
_STOP = """(wanted) => {
    const at = document.activeElement;
    document.getAnimations().forEach((each) => {
        if (Number.isFinite(each.effect?.getComputedTiming().endTime)) each.finish();
    });
    const look = (one) => {
        const style = getComputedStyle(one);
        return [style.outline, style.boxShadow, style.borderColor, style.color].join("; ");
    };
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const light = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
        if (alpha < 255) return null;
        const [r, g, b] = [red, green, blue].map((each) => {
            const part = each / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (one) => {
        for (let each = one.parentElement; each; each = each.parentElement) {
            const found = light(getComputedStyle(each).backgroundColor);
            if (found !== null) return found;
        }
        return matchMedia("(prefers-color-scheme: dark)").matches ? 0 : 1;
    };
    const problems = [];
    const left = window.leftBehind;
    if (left && left.one !== at && left.one.isConnected && look(left.one) === left.look) {
        problems.push("looks the same without the focus: " + left.one.outerHTML.slice(0, 300));
    }
    window.leftBehind = null;
    const isEdge = at === document.body || at === document.documentElement;
    if (!isEdge && at.id !== "main") {
        const style = getComputedStyle(at);
        const hasOutline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        if (!hasOutline) {
            problems.push("shows no ring: " + at.outerHTML.slice(0, 300));
        } else {
            const [one, other] = [light(style.outlineColor), behind(at)];
            const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
            if (one === null || contrast < 3) {
                problems.push(`its ring stands out by ${contrast}: ` + at.outerHTML.slice(0, 300));
            }
        }
        const box = at.getBoundingClientRect();
        if (!box.width || !box.height) problems.push("is not seen: " + at.outerHTML.slice(0, 300));
        window.leftBehind = { one: at, look: look(at) };
    }
    const label = at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText;
    return {
        isThere: at === wanted,
        isBefore: Boolean(at.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_FOLLOWING),
        isEdge,
        name: (label || at.tagName).trim().slice(0, 40),
        problems,
    };
}"""


def fits(page: Page) -> bool:
    """Whether nothing has to be moved sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def shifts(page: Page) -> list[Any]:
    """What moved by itself on the pages that were opened, as [path, how much, what]."""
    return list(page.evaluate("JSON.parse(sessionStorage.getItem('shifts') || '[]')"))


class Hand:
    """What a person does on a page, whatever they do it with."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.complaints = Complaints()
        self.complaints.listen(page, address)

    # --- looking ---------------------------------------------------------------------------

    def says(self, text: str) -> None:
        """The heading of a page that fits."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(text)
        assert fits(self.page), f"{self.page.url} scrolls sideways"

    def shows(self, text: str) -> None:
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    def field(self, label: str) -> Locator:
        """The only visible field of that label, be it optional or not."""
        name = re.compile(rf"^\s*{re.escape(label)}(\s+\(?(optional|Optional)\)?)?\s*$")
        fields = self.page.get_by_label(name).and_(self.page.locator(FIELDS))
        # What a label says that stands around a list are the choices too.
        around = self.page.locator("label", has=self.page.get_by_text(name)).locator("select")
        return fields.or_(around).filter(visible=True)

    def carry(self, session: str) -> None:
        """From now on as whoever has that session."""
        context = self.page.context
        url = self.address
        context.add_cookies([{"name": "sessionid", "value": session, "url": url}])

    # --- doing -----------------------------------------------------------------------------

    def open(self, path: str) -> None:
        self.page.goto(path)

    def press(self, name: str) -> None:
        """A button or link that stays on the page, openly or behind "More"."""
        self._use(self._control(name))

    def go(self, name: str) -> None:
        """A button or link that leads on to a page, which is waited for."""
        control = self._control(name)
        self.come_to(control)
        with self.page.expect_navigation():
            self._use(control)
        assert fits(self.page), f"{self.page.url} scrolls sideways"

    def download(self, name: str) -> tuple[str, Path]:
        """The name and the place of the file that a link gives."""
        control = self._control(name)
        with self.page.expect_download() as download:
            self._use(control)
        return download.value.suggested_filename, Path(download.value.path())

    def fill(self, label: str, text: str) -> None:
        self._write(self.field(label), text)

    def choose(self, label: str, option: str) -> None:
        self._choose(self.field(label), option)

    def tick(self, label: str) -> None:
        field = self.field(label)
        before = field.is_checked()
        self._use(field)
        expect(field).to_be_checked(checked=not before)

    def unfold(self, name: str) -> None:
        self._use(self.page.locator("summary", has_text=name))

    def upload(self, label: str, file: Path) -> None:
        field = self.field(label)
        with self.page.expect_file_chooser() as chooser:
            self._use(field)
        chooser.value.set_files(file)

    def _control(self, name: str) -> Locator:
        page = self.page.locator("body")
        expect(self._named(page, name, hidden=True).first).to_be_attached()
        for place in (self.page.get_by_role("main"), page):
            shown = self._named(place, name).filter(visible=True).first
            if shown.count():
                return shown
            if self._named(place, name, hidden=True).count():
                self._use(self._named(place, "More").filter(visible=True).first)
                expect(shown).to_be_visible()
                return shown
        raise AssertionError(f"{self.page.url} offers no {name}")

    def _named(self, place: Locator, name: str, *, hidden: bool = False) -> Locator:
        button = place.get_by_role("button", name=name, exact=True, include_hidden=hidden)
        link = place.get_by_role("link", name=name, exact=True, include_hidden=hidden)
        return button.or_(link)

    def come_to(self, control: Locator) -> None:
        """Without touching it."""

    def _use(self, control: Locator) -> None:
        raise NotImplementedError

    def _write(self, field: Locator, text: str) -> None:
        raise NotImplementedError

    def _choose(self, field: Locator, option: str) -> None:
        raise NotImplementedError


class Pointer(Hand):
    """A mouse, or a thumb."""

    def _use(self, control: Locator) -> None:
        control.click()

    def _write(self, field: Locator, text: str) -> None:
        field.fill(text)

    def _choose(self, field: Locator, option: str) -> None:
        field.select_option(label=option)


class Keys(Hand):
    """A keyboard alone."""

    def come_to(self, wanted: Locator) -> None:
        """By Tab, or back by Shift+Tab; AssertionError names the stops on the way."""
        met: list[str] = []
        stop = wanted.evaluate(_STOP)
        if stop["isEdge"]:
            stop = self._tab("Tab", wanted)
            if stop["name"].startswith("Skip") and self._is_in_main(wanted):
                self.page.keyboard.press("Enter")
        turns, key = -1, ""
        while not stop["isThere"]:
            onward = "Tab" if stop["isBefore"] or stop["isEdge"] else "Shift+Tab"
            turns += onward != key
            key = onward
            assert turns < 3 and len(met) < MOST_STOPS, f"Tab never came there, but to {met}"
            stop = self._tab(key, wanted)
            met.append(stop["name"])

    def walk(self) -> None:
        """From the first stop to the last, each of which shows where it is."""
        body = self.page.locator("body")
        for _ in range(MOST_STOPS):
            if self._tab("Tab", body)["isEdge"]:
                return
        raise AssertionError(f"{self.page.url} has no last stop")

    def _tab(self, key: str, wanted: Locator) -> dict[str, Any]:
        """One stop further."""
        self.page.keyboard.press(key)
        stop = dict(wanted.evaluate(_STOP))
        assert not stop["problems"], f"{self.page.url}: {stop['problems']}"
        return stop

    def _is_in_main(self, wanted: Locator) -> bool:
        return bool(wanted.evaluate("one => Boolean(one.closest('main'))"))

    def _use(self, control: Locator) -> None:
        self.come_to(control)
        # Nothing lies above it, should somebody click.
        control.click(trial=True)
        kind = control.evaluate("one => one.type || one.tagName")
        self.page.keyboard.press("Space" if kind in ("checkbox", "radio", "file") else "Enter")

    def _write(self, field: Locator, text: str) -> None:
        self.come_to(field)
        if field.get_attribute("type") == "date":
            year, month, day = text.split("-")
            # As the browser of an American asks for it.
            self.page.keyboard.type(month + day + year)
            expect(field).to_have_value(text)
            return
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def _choose(self, field: Locator, option: str) -> None:
        self.come_to(field)
        # A closed list goes to what is typed.
        self.page.keyboard.type(option)
        expect(field.locator("option:checked")).to_have_text(option)


DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
WAYS: dict[str, tuple[type[Hand], ViewportSize, Any]] = {
    "1280": (Pointer, DESK, "light"),
    "390": (Pointer, PHONE, "light"),
    "keys": (Keys, DESK, "dark"),
}


@contextmanager
def at_work(chromium: Browser, address: str, way: str, **options: Any) -> Iterator[Hand]:
    """A hand with a browser of its own, whose pages stay still and complain of nothing."""
    kind, viewport, scheme = WAYS[way]
    context = chromium.new_context(
        **{"base_url": address, "viewport": viewport, "color_scheme": scheme, **options}
    )
    context.add_init_script(WATCH_SHIFTS)
    hand = kind(context.new_page(), address)
    try:
        yield hand
        moved = shifts(hand.page)
    finally:
        context.close()
    assert not hand.complaints, hand.complaints
    for path in {path for path, _, _ in moved}:
        here = [(much, what) for at, much, what in moved if at == path]
        assert sum(much for much, _ in here) <= STILL, f"{path} moves by itself: {here}"


# The keys make sure that a mouse would find everything there too, so that two walks will do.
@pytest.fixture(params=["390", "keys"])
def hand(
    request: pytest.FixtureRequest, chromium: Browser, live_server: LiveServer, owner: Actor
) -> Iterator[Hand]:
    """The owner's, signed in; how one signs in by the form is in test_moving_in."""
    alice = Membership.objects.of(owner.organization_id).get(role="owner").user
    session = signed_in(alice).cookies["sessionid"].value
    with at_work(chromium, live_server.url, request.param) as hand:
        hand.carry(session)
        yield hand
