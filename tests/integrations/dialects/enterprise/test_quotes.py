"""/v1/quotes: written, changed, mailed, answered, and turned into invoices."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from accounts.models import Organization
from billing.models import Quote
from core import exactjson
from core.models import Event
from integrations.models import Message, WebhookDelivery
from integrations.relay import relay
from tests.instants import AT
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def quote(v1: V1, customer: Body) -> Body:
    """One line of 100.00, untaxed, dated 15 January and valid until 14 February 2025."""
    return v1.made("/quotes", {"customer_id": customer["id"], "line_items": [line()]})


@pytest.fixture
def opened(v1: V1, quote: Body) -> Body:
    answer = v1.post(f"/quotes/{quote['id']}/open")
    assert answer.status == 200
    return answer.json


def test_a_quote_adds_up_like_the_documents_invoice_A2(v1: V1, customer: Body) -> None:
    tax = v1.made("/tax-profiles", {"name": "GST", "rate": 10})
    made = v1.made(
        "/quotes",
        {
            "customer_id": customer["id"],
            "valid_until": "2025-03-01",
            "line_items": [
                line("150.00", 40, tax_profile_id=tax["id"]),
                line("1200.00", tax_profile_id=tax["id"]),
            ],
            "discount_type": "percent",
            "discount_value": 10,
            "po_number": "PO-7",
            "metadata": {"deal": "42"},
        },
    )
    shown = {name: str(made[name]) for name in ("subtotal", "discount_total", "tax_total", "total")}
    assert shown == {
        "subtotal": "7200.00",
        "discount_total": "720.00",
        "tax_total": "648.00",
        "total": "7128.00",
    }
    assert made["id"].startswith("quo_")
    assert (made["number"], made["status"], made["version"]) == ("QUO-2025-001", "draft", 1)
    assert (made["valid_until"], made["po_number"]) == ("2025-03-01", "PO-7")
    assert (made["metadata"], made["pdf_url"], made["invoice_id"]) == ({"deal": "42"}, None, None)
    assert v1.get(f"/quotes/{made['id']}").json == made


def test_it_is_valid_for_thirty_days(quote: Body) -> None:
    assert (quote["issue_date"], quote["valid_until"]) == ("2025-01-15", "2025-02-14")


def test_an_update_is_partial_and_adds_up_again(v1: V1, quote: Body) -> None:
    answer = v1.put(
        f"/quotes/{quote['id']}",
        {"notes": "Sharper", "discount_type": "percent", "discount_value": "12.5"},
    )
    assert answer.status == 200
    assert (answer.json["notes"], str(answer.json["total"])) == ("Sharper", "87.50")
    assert (answer.json["version"], len(answer.json["line_items"])) == (2, 1)
    assert v1.call("PATCH", f"/quotes/{quote['id']}", {"notes": "Last"}).json["version"] == 3


def test_an_older_version_is_refused(v1: V1, quote: Body) -> None:
    answer = v1.put(f"/quotes/{quote['id']}", {"notes": "x"}, If_Match="7")
    assert (answer.status, answer.error["code"]) == (409, "version_conflict")
    answer = v1.put(f"/quotes/{quote['id']}", {"notes": "x"}, If_Match="seven")
    assert (answer.status, answer.error["code"]) == (400, "invalid_if_match")
    assert v1.put(f"/quotes/{quote['id']}", {"notes": "x"}, If_Match='"1"').status == 200


def test_only_a_draft_is_deleted(v1: V1, quote: Body) -> None:
    other = v1.made("/quotes", {"customer_id": quote["customer"]["id"], "line_items": [line()]})
    v1.post(f"/quotes/{other['id']}/open")
    assert v1.delete(f"/quotes/{quote['id']}").status == 204
    assert v1.get(f"/quotes/{quote['id']}").status == 404
    answer = v1.delete(f"/quotes/{other['id']}")
    assert (answer.status, answer.error["code"]) == (409, "quote_not_draft")


def test_sending_queues_a_mail_and_opens_the_quote(v1: V1, quote: Body) -> None:
    answer = v1.post(
        f"/quotes/{quote['id']}/send",
        {"cc": ["boss@globex.test"], "subject": "Our offer", "message": "As promised"},
    )
    assert (answer.status, answer.json["status"], answer.json["number"]) == (
        200,
        "open",
        "QUO-2025-001",
    )
    assert answer.json["email_status"]["sent_to"] == ["ap@globex.test", "boss@globex.test"]
    assert answer.json["email_status"]["message_id"].startswith("msg_")
    message = Message.objects.get()
    assert (message.kind, message.subject, message.body) == ("quote", "Our offer", "As promised")
    assert v1.get(f"/quotes/{quote['id']}").json["sent_at"] is None


def test_sent_at_is_set_when_a_mail_server_took_it_B16(
    v1: V1, quote: Body, drain: Callable[..., int]
) -> None:
    v1.post(f"/quotes/{quote['id']}/send", {})
    drain()
    shown = v1.get(f"/quotes/{quote['id']}").json
    assert (shown["status"], shown["sent_at"]) == ("open", "2025-01-15T10:30:00Z")
    assert Event.objects.filter(type="quote.sent").count() == 1


def test_staff_record_an_answer(v1: V1, opened: Body) -> None:
    answer = v1.post(f"/quotes/{opened['id']}/accept", {"accepted_by": "Jane Doe"})
    assert (answer.json["status"], answer.json["accepted_by"]) == ("accepted", "Jane Doe")
    assert answer.json["accepted_at"] == "2025-01-15T10:30:00Z"
    again = v1.post(f"/quotes/{opened['id']}/decline", {"reason": "Changed our minds"})
    assert (again.status, again.error["code"]) == (409, "invalid_transition")
    changed = v1.put(f"/quotes/{opened['id']}", {"notes": "Too late"})
    assert (changed.status, changed.error["code"]) == (409, "quote_answered")


def test_declined_with_a_reason(v1: V1, opened: Body) -> None:
    answer = v1.post(f"/quotes/{opened['id']}/decline", {"reason": "Too dear"})
    assert (answer.json["status"], answer.json["decline_reason"]) == ("declined", "Too dear")


def test_a_draft_cannot_be_answered(v1: V1, quote: Body) -> None:
    for action in ("accept", "decline", "convert"):
        answer = v1.post(f"/quotes/{quote['id']}/{action}")
        assert (answer.status, answer.error["code"]) == (409, "invalid_transition")
    assert Event.objects.filter(subject_type="quote").count() == 1


def test_expired_is_derived_from_the_day(
    v1: V1, opened: Body, clock: time_machine.Traveller
) -> None:
    clock.move_to("2025-02-14T22:59:00Z")
    assert v1.get(f"/quotes/{opened['id']}").json["status"] == "open"
    # 23:30 in UTC on the last day is already the next day in Berlin.
    clock.move_to("2025-02-14T23:30:00Z")
    assert v1.get(f"/quotes/{opened['id']}").json["status"] == "expired"
    answer = v1.post(f"/quotes/{opened['id']}/accept")
    assert (answer.status, answer.error["code"]) == (409, "quote_expired")
    assert v1.post(f"/quotes/{opened['id']}/send").error["code"] == "quote_expired"
    longer = v1.put(f"/quotes/{opened['id']}", {"valid_until": "2025-03-31"})
    assert longer.json["status"] == "open"
    assert v1.post(f"/quotes/{opened['id']}/accept").status == 200


def test_conversion_makes_the_draft_invoice_that_was_offered(v1: V1, opened: Body) -> None:
    answer = v1.post(f"/quotes/{opened['id']}/convert")
    assert (answer.status, answer.json["object"], answer.json["status"]) == (
        201,
        "invoice",
        "draft",
    )
    assert str(answer.json["total"]) == "100.00"
    assert answer.headers["Location"] == f"/v1/invoices/{answer.id}"
    shown = v1.get(f"/quotes/{opened['id']}").json
    assert (shown["status"], shown["invoice_id"]) == ("converted", answer.id)
    assert v1.get("/quotes").json["data"][0]["invoice_id"] == answer.id
    again = v1.post(f"/quotes/{opened['id']}/convert")
    assert (again.status, again.error["code"]) == (409, "invalid_transition")


def test_the_same_key_converts_once_G1(v1: V1, opened: Body) -> None:
    first = v1.post(f"/quotes/{opened['id']}/convert", X_Idempotency_Key="once")
    second = v1.post(f"/quotes/{opened['id']}/convert", X_Idempotency_Key="once")
    assert (first.status, second.status, first.id == second.id) == (201, 200, True)
    assert v1.get("/invoices").json["total_count"] == 1


def test_the_pdf(v1: V1, opened: Body) -> None:
    answer = v1.get(f"/quotes/{opened['id']}/pdf")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    name = 'attachment; filename="Quote_QUO-2025-001.pdf"'
    assert answer.headers["Content-Disposition"] == name


@pytest.fixture
def several(v1: V1, customer: Body, clock: time_machine.Traveller) -> dict[str, Body]:
    """A draft, an open one, one that will have expired, an accepted and a declined one."""
    other = v1.made("/customers", {"name": "Initech", "email": "x@initech.test"})
    found = {}
    for number, name in enumerate(("draft", "open", "expired", "accepted", "declined")):
        clock.shift(1)
        found[name] = v1.made(
            "/quotes",
            {
                "customer_id": (other if name == "declined" else customer)["id"],
                "line_items": [line(str(100 + number))],
                "valid_until": "2025-01-20" if name == "expired" else "2025-03-01",
            },
        )
        if name != "draft":
            v1.post(f"/quotes/{found[name]['id']}/open")
    v1.post(f"/quotes/{found['accepted']['id']}/accept")
    v1.post(f"/quotes/{found['declined']['id']}/decline")
    clock.move_to("2025-02-01T10:00:00Z")
    return found


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("status=draft", ["draft"]),
        ("status=open", ["open"]),
        ("status=sent", ["open"]),
        ("status=expired", ["expired"]),
        ("status=accepted", ["accepted"]),
        ("status=declined", ["declined"]),
        ("status=converted", []),
        ("valid_until[lte]=2025-01-31", ["expired"]),
        ("total[gte]=103", ["declined", "accepted"]),
        ("search=initech", ["declined"]),
        ("sort=total&limit=2", ["draft", "open"]),
        ("sort=-number&limit=1", ["declined"]),
        ("issue_date=2025-01-15&status=draft", ["draft"]),
    ],
)
def test_lists_filter_and_sort(
    v1: V1, several: dict[str, Body], query: str, names: list[str]
) -> None:
    answer = v1.get(f"/quotes?{query}")
    assert answer.status == 200
    assert [row["id"] for row in answer.json["data"]] == [several[name]["id"] for name in names]


def test_a_list_by_customer(v1: V1, several: dict[str, Body]) -> None:
    customer = several["declined"]["customer"]["id"]
    rows = v1.get(f"/quotes?customer_id={customer}").json
    assert [row["id"] for row in rows["data"]] == [several["declined"]["id"]]
    assert "line_items" not in rows["data"][0]


@pytest.mark.parametrize("query", ["status=lost", "status=", "valid_until[gte]=soon", "total=x"])
def test_a_filter_that_makes_no_sense_is_refused(v1: V1, query: str) -> None:
    assert v1.get(f"/quotes?{query}").status == 400


HOSTILE: list[tuple[dict[str, Any], str]] = [
    ({"customer_id": None}, "customer_id"),
    ({"customer_id": "cus_nobody"}, "customer_id"),
    ({"valid_until": "2025-01-14"}, "valid_until"),
    ({"valid_until": "tomorrow"}, "valid_until"),
    (
        {"line_items": [{"description": "x", "quantity": 0, "unit_price": 1}]},
        "line_items[0].quantity",
    ),
    ({"line_items": [{"description": "x", "quantity": 1}]}, "line_items[0].unit_price"),
    (
        {"line_items": [{"description": "x", "quantity": 1, "unit_price": -1}]},
        "line_items[0].unit_price",
    ),
    ({"line_items": "many"}, "line_items"),
    ({"line_items": [None]}, "line_items[0]"),
    ({"discount_type": "percent", "discount_value": 101}, "discount_value"),
    ({"currency": "XXX"}, "currency"),
    ({"total": 1}, "total"),
    ({"status": "accepted"}, "status"),
    ({"due_date": "2025-02-01"}, "due_date"),
    ({"template_id": "tmpl_nothing"}, "template_id"),
    ({"metadata": {"a": {"b": 1}}}, "metadata"),
    ({"line_items": [line("1e20", 10)]}, "line_items[0].unit_price"),
    ({"line_items": [line("999999999999999", "999999999999999")]}, "line_items"),
]


@pytest.mark.parametrize(("body", "param"), HOSTILE)
def test_a_bad_body_names_its_field_and_makes_nothing(
    v1: V1, customer: Body, body: dict[str, Any], param: str
) -> None:
    whole = {"customer_id": customer["id"], "line_items": [line()], **body}
    answer = v1.post("/quotes", whole)
    assert answer.status == 422
    assert answer.error["param"].startswith(param)
    assert not Quote.objects.exists()


def test_a_reason_that_is_too_long_is_refused(v1: V1, opened: Body) -> None:
    answer = v1.post(f"/quotes/{opened['id']}/decline", {"reason": "x" * 501})
    assert (answer.status, answer.error["param"]) == (422, "reason")
    answer = v1.post(f"/quotes/{opened['id']}/accept", {"accepted_by": ["x"]})
    assert (answer.status, answer.error["param"]) == (422, "accepted_by")


def test_another_tenant_sees_and_changes_nothing(
    v1: V1, rival_v1: V1, opened: Body, rival: Organization
) -> None:
    where = f"/quotes/{opened['id']}"
    before = Event.objects.count()
    answers = [rival_v1.get(where), rival_v1.get(f"{where}/pdf"), rival_v1.put(where, {})]
    answers += [rival_v1.delete(where)]
    answers += [
        rival_v1.post(f"{where}/{action}")
        for action in ("open", "send", "accept", "decline", "convert")
    ]
    unknown = rival_v1.get(f"/quotes/{opened['id'][:-2]}ba")
    for answer in answers:
        assert answer.status == 404
        assert answer.error["code"] == unknown.error["code"] == "resource_not_found"
    assert rival_v1.get("/quotes").json["total_count"] == 0
    body = {"customer_id": opened["customer"]["id"], "line_items": [line()]}
    refused = rival_v1.post("/quotes", body)
    assert (refused.status, refused.error["code"]) == (422, "unknown_reference")
    assert Event.objects.count() == before


def test_writing_is_not_sending(acme: Organization, v1: V1, quote: Body) -> None:
    writer = V1(key_for(acme, "invoices:read", "invoices:write"))
    for action in ("send", "open"):
        answer = writer.post(f"/quotes/{quote['id']}/{action}")
        assert (answer.status, "invoices:send" in answer.error["message"]) == (403, True)
    assert v1.get(f"/quotes/{quote['id']}").json["status"] == "draft"


def test_an_endpoint_hears_of_a_quote(v1: V1, customer: Body) -> None:
    names = ["quote.created", "quote.opened", "quote.accepted", "quote.converted"]
    v1.made("/webhooks", {"url": "https://hooks.example/x", "events": names})
    made = v1.made("/quotes", {"customer_id": customer["id"], "line_items": [line()]})
    for action in ("open", "accept", "convert"):
        v1.post(f"/quotes/{made['id']}/{action}")
    relay(at=AT)
    rows = WebhookDelivery.objects.order_by("event_id")
    assert [row.event_type for row in rows] == names
    bodies = [exactjson.loads(row.body)["data"] for row in rows]
    assert [body["object"]["status"] for body in bodies] == [
        "draft",
        "open",
        "accepted",
        "converted",
    ]
    assert bodies[2]["previous_attributes"]["status"] == "open"
    invoice = v1.get("/invoices").json["data"][0]["id"]
    assert bodies[3]["object"]["invoice_id"] == invoice
