"""The eye that looks for barriers is open itself."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.accessibility import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_picture_without_words_is_found(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content('<html lang="en"><title>T</title><main><h1>T</h1><img src="data:,"></main>')
    with pytest.raises(AssertionError, match=r"^image-alt \(critical\)"):
        assert_accessible(page)
    page.get_by_role("img").evaluate("image => image.alt = 'A tree'")
    assert_accessible(page)
    page.close()


def test_it_works_under_the_content_policy(chromium: Browser, live_server: LiveServer) -> None:
    page = chromium.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    assert_accessible(page)
    page.close()
