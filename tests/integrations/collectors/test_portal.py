"""A web portal in a real browser: what the table of faults (test_table) does not have."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from integrations.collectors.sources.portal import Portal
from integrations.collectors.sources.portal.browser import NO_BROWSER
from tests.integrations.collectors.journeys import Journey
from tests.integrations.collectors.portal_site import CODE, PASSWORD, SCRIPT, USER, Site, served

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def pdf(number: str) -> tuple[str, str, str, bytes]:
    return number, "2025-02-01", "45.78€", b"%PDF-1.7 " + number.encode()


@pytest.fixture
def site() -> Iterator[Site]:
    with served(Site([pdf("P-1"), pdf("P-2"), pdf("P-3")])) as made:
        yield made


def connect(journey: Journey, site: Site, password: str = PASSWORD, **script: str) -> None:
    journey.connect(
        "portal",
        login_url=f"{site.url}/login",
        entry_url=f"{site.url}/invoices",
        user=USER,
        password=password,
        portal=json.dumps({**SCRIPT, **script}),
    )


def collect(journey: Journey, code: str = CODE) -> list[str]:
    return journey.collect(while_waiting=lambda: journey.answer(code))


def test_first_with_code_then_by_the_saved_session_and_only_what_is_new(
    journey: Journey, site: Site
) -> None:
    connect(journey, site)
    assert sorted(collect(journey)) == ["P-1", "P-2", "P-3"]
    assert sorted(journey.documents()) == [pdf(f"P-{n}")[3] for n in (1, 2, 3)]
    assert journey.told()[0]["invoice"]["amount"] == "45.78€"
    site.invoices.insert(0, pdf("P-4"))
    assert collect(journey) == ["P-4"]
    assert (site.asked_for("POST /login"), site.asked_for("POST /code")) == (1, 1)
    assert site.asked_for("GET /documents/P-1") == 1


def test_a_session_that_ended_costs_a_login_on_a_trusted_device(
    journey: Journey, site: Site
) -> None:
    connect(journey, site)
    collect(journey)
    site.sessions.clear()
    site.invoices.insert(0, pdf("P-4"))
    assert collect(journey, "never asked") == ["P-4"]
    assert (site.asked_for("POST /login"), site.asked_for("POST /code")) == (2, 1)


def test_a_wrong_code_is_asked_for_again_and_then_given_up(journey: Journey, site: Site) -> None:
    connect(journey, site)
    assert collect(journey, "000000") == []
    assert (journey.state()[0], site.asked_for("POST /code")) == (-2, 3)


def test_a_closed_portal_is_tried_again(journey: Journey, site: Site) -> None:
    connect(journey, site)
    site.is_closed = True
    assert collect(journey) == []
    assert (journey.state(), journey.is_scheduled()) == ((0, "Closed until Monday."), True)


def test_a_description_that_does_not_fit_says_so(
    journey: Journey, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.collectors.sources.portal.browser.SECONDS", 3)
    connect(journey, site, rows="table.bills tr", empty="")
    assert collect(journey) == []
    assert journey.state() == (0, "The portal does not show what its description says.")


def test_a_button_instead_of_a_link_is_clicked(journey: Journey, site: Site) -> None:
    connect(journey, site, document="button.get")
    assert sorted(collect(journey)) == ["P-1", "P-2", "P-3"]
    assert sorted(journey.documents()) == [pdf(f"P-{n}")[3] for n in (1, 2, 3)]


def test_the_browser_reaches_no_address_inside_O1(
    journey: Journey, site: Site, settings: Any
) -> None:
    connect(journey, site)
    settings.OUTBOUND_ALLOW_CIDRS = []
    assert collect(journey) == []
    assert journey.state() == (0, "The portal could not be read.")
    assert site.asked == []


def test_without_a_browser_it_says_so(journey: Journey, site: Site, settings: Any) -> None:
    settings.COLLECTOR_BROWSER = "/nowhere/chromium"
    connect(journey, site)
    assert collect(journey) == []
    assert (journey.state(), journey.is_scheduled()) == ((0, NO_BROWSER), True)


def test_without_its_library_it_says_so_too(
    journey: Journey, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    connect(journey, site)
    assert collect(journey) == []
    assert (journey.state(), journey.is_scheduled()) == ((0, NO_BROWSER), True)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("{", "This is not JSON."),
        ("[]", "an object of short texts"),
        ('{"user": 7}', "an object of short texts"),
        (json.dumps({**SCRIPT, "eval": "x"}), 'no "eval" in a description'),
        (json.dumps({**SCRIPT, "rows": ""}), '"rows" is missing'),
        (json.dumps({**SCRIPT, "code_submit": ""}), '"code_submit" is missing'),
    ],
)
def test_a_description_is_checked_before_it_is_kept(
    journey: Journey, script: str, reason: str
) -> None:
    url = "http://127.0.0.1/"
    params = {"login_url": url, "entry_url": url, "user": "u", "password": "p", "portal": script}
    assert reason in journey.refused(Portal.description.id, **params)
