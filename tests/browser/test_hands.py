"""The hands that walk the journeys feel what is wrong with a page."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.hands import Hand, at_work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = """<title>T</title><main id="main"><h1>T</h1><button>First</button> <button>Last</button>
<select aria-label="Kind"><option>Cat<option>Dog</select> <input type="date" aria-label="Day">"""


def shown(hand: Hand, style: str = "") -> None:
    hand.page.route("**/page", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    hand.open("/page")
    hand.page.add_style_tag(content=f":focus-visible {{ outline: 2px solid #005fcc; }} {style}")


@pytest.mark.parametrize(
    ("style", "problem"),
    [
        ("", None),
        (":focus-visible { outline: none; }", "shows no ring"),
        ("button { outline: 2px solid #005fcc; }", "looks the same without the focus"),
        (":focus-visible { outline-color: #eee; }", "its ring stands out by"),
        (
            "button:first-of-type { position: absolute; width: 0; padding: 0; border: 0 }",
            "is not seen",
        ),
    ],
)
def test_a_stop_that_nobody_sees_is_found(
    chromium: Browser, live_server: LiveServer, style: str, problem: str | None
) -> None:
    with at_work(chromium, live_server.url, "keys", color_scheme="light") as hand:
        shown(hand, style)
        if problem is None:
            hand.press("Last")
        else:
            with pytest.raises(AssertionError, match=problem):
                hand.press("Last")


def test_what_the_keyboard_never_comes_to_is_found(
    chromium: Browser, live_server: LiveServer
) -> None:
    with at_work(chromium, live_server.url, "keys") as hand:
        shown(hand)
        hand.page.get_by_role("button", name="Last").evaluate("one => one.tabIndex = -1")
        with pytest.raises(AssertionError, match="Tab never came there, but to .*First"):
            hand.press("Last")


def test_the_keyboard_goes_back_as_well(chromium: Browser, live_server: LiveServer) -> None:
    with at_work(chromium, live_server.url, "keys") as hand:
        shown(hand)
        hand.choose("Kind", "Dog")
        hand.fill("Day", "2027-03-01")
        hand.press("First")
        expect(hand.page.get_by_role("button", name="First")).to_be_focused()


def test_a_page_that_moves_by_itself_is_found(chromium: Browser, live_server: LiveServer) -> None:
    with (
        pytest.raises(AssertionError, match="/page"),
        at_work(chromium, live_server.url, "390") as hand,
    ):
        shown(hand)
        late = "() => document.querySelector('h1').style.marginTop = '60vh'"
        hand.page.evaluate("() => new Promise(requestAnimationFrame)")
        hand.page.evaluate(late)
        hand.page.wait_for_function("sessionStorage.getItem('shifts')")


def test_what_is_fetched_elsewhere_is_found(chromium: Browser, live_server: LiveServer) -> None:
    with (
        pytest.raises(AssertionError, match=r"elsewhere\.test"),
        at_work(chromium, live_server.url, "390") as hand,
    ):
        shown(hand)
        hand.page.evaluate("() => fetch('http://elsewhere.test/').catch(() => null)")
