"""Lists that people keep: one's own, and shared ones."""

import pytest
from django.test import Client

from billing.models import SavedFilter

pytestmark = pytest.mark.django_db


def keep(client: Client, name: str, **more: str) -> int:
    form = {"name": name, "query": "status=overdue&q=globex&after=x&evil=1", **more}
    return int(client.post("/views/invoices", form).status_code)


def test_a_list_is_kept_with_what_it_asks_and_nothing_else(staff: Client) -> None:
    assert keep(staff, "Late Globex") == 302
    (saved,) = SavedFilter.objects.all()
    assert (saved.query, saved.is_shared) == ("status=overdue&q=globex", False)
    page = staff.get("/invoices").content.decode()
    assert "Late Globex" in page and "?status=overdue&amp;q=globex" in page


def test_the_same_name_replaces(staff: Client) -> None:
    keep(staff, "Late")
    staff.post("/views/invoices", {"name": "Late", "query": "status=paid"})
    assert SavedFilter.objects.get().query == "status=paid"


def test_what_is_shared_is_offered_to_colleagues_only(
    staff: Client, viewer: Client, stranger: Client
) -> None:
    keep(staff, "Mine alone")
    keep(staff, "Ours", is_shared="1")
    seen = viewer.get("/invoices").content.decode()
    assert "Ours" in seen and "Mine alone" not in seen
    assert "Ours" not in stranger.get("/invoices").content.decode()


def test_a_viewer_keeps_lists_and_shares_none(viewer: Client) -> None:
    assert keep(viewer, "Ours", is_shared="1") == 403
    assert keep(viewer, "Mine") == 302
    assert SavedFilter.objects.get().name == "Mine"


def test_only_the_owner_forgets_it(staff: Client, viewer: Client, stranger: Client) -> None:
    keep(staff, "Ours", is_shared="1")
    path = f"/views/{SavedFilter.objects.get().uuid}/delete"
    assert viewer.post(path).status_code == 404
    assert stranger.post(path).status_code == 404
    assert staff.post(path).status_code == 302
    assert not SavedFilter.objects.exists()


def test_nonsense_keeps_nothing(staff: Client) -> None:
    assert keep(staff, " ") == 302
    assert staff.post("/views/settings", {"name": "x", "query": ""}).status_code == 302
    assert not SavedFilter.objects.exists()
