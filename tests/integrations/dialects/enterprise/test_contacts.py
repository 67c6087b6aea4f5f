"""Contacts and addresses of a customer over HTTP."""

from typing import Any

import pytest

from core import exactjson
from core.models import Event
from tests.v1 import V1

pytestmark = pytest.mark.django_db
Body = dict[str, Any]
ANN = {"name": "Ann", "email": "ann@globex.test", "is_primary": True, "receives_invoices": True}
PLACE = {"name": "", "street2": "", "street3": "", "state": "", "postal_code": ""}


def test_the_life_of_a_contact(v1: V1, customer: Body) -> None:
    path = f"/customers/{customer['id']}/contacts"
    made = v1.made(path, ANN)
    assert (made["object"], made["customer_id"]) == ("contact", customer["id"])
    assert {key: made[key] for key in ANN} == ANN
    second = v1.made(path, {"name": "Ben", "is_primary": True})
    assert v1.get(f"{path}/{made['id']}").json["is_primary"] is False
    changed = v1.call("PATCH", f"{path}/{made['id']}", {"phone": "+1"}).json
    assert (changed["name"], changed["phone"]) == ("Ann", "+1")
    assert [row["id"] for row in v1.get(path).json["data"]] == [second["id"], made["id"]]
    assert v1.delete(f"{path}/{made['id']}").status == 204
    assert v1.get(f"{path}/{made['id']}").status == 404
    types = Event.objects.order_by("pk").values_list("type", flat=True)
    assert list(types)[-4:] == ["customer.updated"] * 4


def test_invoices_go_to_who_receives_them(v1: V1, customer: Body, issued: Body) -> None:
    v1.made(f"/customers/{customer['id']}/contacts", ANN)
    sent = v1.post(f"/invoices/{issued['id']}/send", {})
    assert sent.json["email_status"]["sent_to"] == ["ap@globex.test", "ann@globex.test"]


def test_the_life_of_an_address(v1: V1, customer: Body) -> None:
    path = f"/customers/{customer['id']}/addresses"
    made = v1.made(path, {"street": "Dock 4", "city": "Springfield", "country": "us"})
    assert (made["object"], made["type"], made["country"]) == ("address", "shipping", "US")
    shown = v1.get(f"/customers/{customer['id']}").json["shipping_address"]
    assert shown == {**PLACE, "street": "Dock 4", "city": "Springfield", "country": "US"}
    changed = v1.put(f"{path}/{made['id']}", {"type": "other"}).json
    assert changed["type"] == "other"
    assert v1.get(f"/customers/{customer['id']}").json["shipping_address"] is None
    assert v1.get(path).json["total_count"] == 1
    assert v1.delete(f"{path}/{made['id']}").status == 204


def test_shipping_address_and_contact_person_on_the_customer(v1: V1) -> None:
    made = v1.made(
        "/customers",
        {
            "name": "Globex",
            "shipping_address": {"street": "Dock 4", "country": "US"},
            "contact_person": {"name": "Ann", "email": "ann@globex.test", "phone": "+1"},
        },
    )
    assert made["shipping_address"]["street"] == "Dock 4"
    assert made["contact_person"] == {"name": "Ann", "email": "ann@globex.test", "phone": "+1"}
    path = f"/customers/{made['id']}"
    changed = v1.put(path, {"shipping_address": {"city": "X"}, "contact_person": {"name": "Bo"}})
    assert changed.json["shipping_address"] == {
        **PLACE,
        "street": "Dock 4",
        "city": "X",
        "country": "US",
    }
    assert changed.json["contact_person"]["email"] == "ann@globex.test"
    assert v1.put(path, {"shipping_address": None}).json["shipping_address"] is None
    assert v1.get(path).json["contact_person"]["name"] == "Bo"


def test_goods_go_to_the_shipping_address(v1: V1) -> None:
    made = v1.made("/customers", {"name": "Globex", "shipping_address": {"street": "Dock 4"}})
    line = {"description": "Crate", "quantity": 1, "unit_price": 10}
    invoice = v1.made("/invoices", {"customer_id": made["id"], "line_items": [line]})
    v1.post(f"/invoices/{invoice['id']}/issue")
    event = Event.objects.filter(type="invoice.issued").latest("pk")
    assert exactjson.loads(event.data)["delivery"]["line1"] == "Dock 4"


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("contacts", {}, "name"),
        ("contacts", {"name": "x", "email": "a@b.co, c@d.co"}, "email"),
        ("contacts", {"name": "x", "is_primary": "yes"}, "is_primary"),
        ("contacts", {"name": "x", "title": "Dr"}, "title"),
        ("contacts", {"name": "x" * 201}, "name"),
        ("addresses", {}, "street"),
        ("addresses", {"street": "x", "country": "Germany"}, "country"),
        ("addresses", {"street": "x", "type": "billing"}, "type"),
        ("addresses", {"street": "x", "zip": "1"}, "zip"),
    ],
)
def test_what_is_refused(v1: V1, customer: Body, path: str, body: Body, param: str) -> None:
    answer = v1.post(f"/customers/{customer['id']}/{path}", body)
    assert (answer.status, answer.error["param"]) == (422, param)
    assert v1.get(f"/customers/{customer['id']}/{path}").json["total_count"] == 0


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"shipping_address": {"city": "X"}}, "shipping_address.street"),
        ({"shipping_address": {"street": "x", "country": "D1"}}, "shipping_address.country"),
        ({"shipping_address": "Dock 4"}, "shipping_address"),
        ({"contact_person": {"email": "nobody"}}, "contact_person.email"),
    ],
)
def test_groups_are_refused_by_their_own_names(v1: V1, body: Body, param: str) -> None:
    answer = v1.post("/customers", {"name": "Globex", **body})
    assert (answer.status, answer.error["param"]) == (422, param)


def test_a_contact_is_found_under_its_own_customer_only_Z1(
    v1: V1, rival_v1: V1, customer: Body
) -> None:
    contact = v1.made(f"/customers/{customer['id']}/contacts", ANN)["id"]
    other = v1.made("/customers", {"name": "Initech"})["id"]
    theirs = rival_v1.made("/customers", {"name": "Rival's"})["id"]
    for caller, owner in ((v1, other), (rival_v1, customer["id"]), (rival_v1, theirs)):
        path = f"/customers/{owner}/contacts/{contact}"
        for method in ("GET", "PUT", "DELETE"):
            assert caller.call(method, path, {}).status == 404
    assert v1.get(f"/customers/{customer['id']}/contacts").json["total_count"] == 1


def test_a_list_of_customers_costs_the_same_however_many(
    v1: V1, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        v1.made("/customers", {"name": f"C{number}", "shipping_address": {"street": "Dock"}})
    with django_assert_max_num_queries(7):
        assert len(v1.get("/customers").json["data"]) == 5
