"""One page that leads to every setting."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.actors import Actor
from accounts.models import Membership, Role, User
from billing.web.settings_places import PLACES
from tests.browsers import signed_in


def test_every_place_is_there_opens_and_leads_back(staff: Client) -> None:
    page = staff.get("/settings").content.decode()
    for place in PLACES:
        address = reverse(place.route)
        assert f'href="{address}"' in page
        found = staff.get(address)
        assert found.status_code == 200
        if address.startswith("/settings/"):
            assert 'class="crumbs"' in found.content.decode()
            assert found.content.decode().count('href="/settings">') >= 1


def test_no_page_below_settings_is_left_out() -> None:
    """A new list or form of settings belongs into the index."""
    routes = {
        str(pattern.pattern)
        for part in get_resolver().url_patterns
        for pattern in getattr(part, "url_patterns", ())
        if str(pattern.pattern).startswith("settings/")
    }
    pages = {route for route in routes if route.count("/") == 1 and "<" not in route}
    known = {reverse(place.route).lstrip("/") for place in PLACES}
    assert pages - known == {"settings/logo", "settings/audit.csv"}


def test_a_manager_sees_only_the_connections(actor: Actor, bob_actor: Actor, bob: User) -> None:
    Membership.objects.filter(user=bob).update(role=Role.MANAGER)
    page = signed_in(bob).get("/settings").content.decode()
    assert 'href="/settings/webhooks"' in page
    assert 'href="/settings/team"' not in page


@pytest.mark.parametrize("path", ["/settings/numbering", "/settings/look", "/settings/terms"])
def test_settings_are_found_by_the_search(staff: Client, path: str) -> None:
    assert f'href="{path}"' in staff.get("/search?q=").content.decode()
