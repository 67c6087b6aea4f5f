"""Send dates, and webhooks of the three events."""

import datetime
import hashlib
import hmac
import json
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from billing.models import Invoice, PaymentRequest
from billing.operations.overdue import note_overdue
from billing.operations.payments import mark_paid
from billing.operations.releasing import release_due
from integrations.models import Message, WebhookDelivery, WebhookEndpoint
from integrations.relay import relay
from integrations.webhooks.signing import signature_headers
from tests.browsers import signed_in
from tests.contract.wallet.conftest import NOW, V0, day

pytestmark = pytest.mark.django_db
Body = dict[str, Any]
BERLIN = ZoneInfo("Europe/Berlin")


def midnight(offset: int) -> datetime.datetime:
    """When that day begins where acme is."""
    date = NOW.date() + datetime.timedelta(days=offset)
    return datetime.datetime.combine(date, datetime.time(), BERLIN).astimezone(datetime.UTC)


def test_an_open_invoice_is_mailed_on_its_day(v0: V0, basic: Body) -> None:
    made = v0.made("/invoices", {**basic, "send_date": day(5)})
    assert made["status"] == "OPEN"
    just_before = midnight(5) - datetime.timedelta(seconds=1)
    assert release_due(at=just_before) == 0
    assert not Message.objects.exists()
    assert release_due(at=midnight(5)) == 1
    assert Message.objects.count() == 1
    assert release_due(at=midnight(6)) == 0
    assert Message.objects.count() == 1


def test_a_draft_is_opened_on_its_day_and_dated_so(v0: V0, basic: Body) -> None:
    made = v0.made("/invoices", {**basic, "status": "DRAFT", "send_date": day(5)})
    assert (made["status"], made["payment_url"]) == ("DRAFT", None)
    assert release_due(at=midnight(7)) == 1
    invoice = Invoice.objects.get()
    assert invoice.issue_date == NOW.date() + datetime.timedelta(days=7)
    shown = v0.get(f"/invoices/{made['id']}").json
    assert shown["status"] == "OPEN" and shown["payment_url"]
    assert Message.objects.count() == 1


def test_manual_delivery_opens_and_mails_nothing(v0: V0, basic: Body) -> None:
    v0.made("/invoices", {**basic, "status": "DRAFT", "send_date": day(5), "delivery": "MANUALLY"})
    assert release_due(at=midnight(5)) == 1
    assert Invoice.objects.get().issued_at is not None
    assert not Message.objects.exists()


def test_the_day_may_be_moved_until_it_comes(v0: V0, basic: Body) -> None:
    made = v0.made("/invoices", {**basic, "send_date": day(5)})
    v0.patch(f"/invoices/{made['id']}", {"send_date": day(9)})
    assert release_due(at=midnight(8)) == 0
    assert release_due(at=midnight(9)) == 1


def test_staff_see_when_it_goes_out_and_who_asked(
    v0: V0, basic: Body, actor: Any, alice: User
) -> None:
    v0.made("/invoices", {**basic, "status": "DRAFT", "send_date": day(5)})
    page = _page(alice, Invoice.objects.get())
    assert f"My Business App lets it go out on {midnight(5).astimezone(BERLIN):%b} " in page


def _page(user: User, invoice: Invoice) -> str:
    text = signed_in(user).get(f"/invoices/{invoice.uuid}").content.decode()
    return " ".join(re.sub("<[^>]+>", "", text).split())


def test_one_that_cannot_go_out_is_written_down_and_holds_up_no_other(
    v0: V0, basic: Body, tax: Body, actor: Any, alice: User
) -> None:
    charged = {**basic, "status": "DRAFT", "send_date": day(5), "taxId": tax["id"]}
    v0.made("/invoices", charged)
    v0.made("/invoices", {**basic, "status": "DRAFT", "send_date": day(5)})
    stuck = PaymentRequest.objects.earliest("pk")
    # As if the law now asked for the buyer's VAT id.
    stuck.invoice.taxes.update(category="AE")
    assert release_due(at=midnight(5)) == 2
    stuck.refresh_from_db()
    assert stuck.release_on is None and "VAT id" in stuck.release_error
    page = _page(alice, stuck.invoice)
    assert "could not: " in page and "VAT id" in page
    assert [each.status for each in Invoice.objects.order_by("pk")] == ["draft", "issued"]


@pytest.fixture
def webhook(v0: V0) -> Body:
    return v0.made("/webhooks", {"name": "Orders", "url": "http://127.0.0.1:1/hook"})


def bodies() -> list[Body]:
    while relay():
        pass
    return [json.loads(each.body) for each in WebhookDelivery.objects.order_by("pk")]


def test_the_three_events(v0: V0, basic: Body, webhook: Body, actor: Any) -> None:
    made = v0.made("/invoices", basic)
    (created,) = bodies()
    assert set(created) == {"id", "event", "created_at", "invoice"}
    assert created["event"] == "invoice.created"
    assert created["invoice"] == json.loads(v0.get(f"/invoices/{made['id']}").content)
    past = NOW.date() - datetime.timedelta(days=3)
    Invoice.objects.update(due_date=past, issue_date=past)
    note_overdue(at=NOW)
    mark_paid(actor=actor, at=NOW, invoice_id=Invoice.objects.get().pk, payment_date=NOW.date())
    told = bodies()[1:]
    assert [(each["event"], each["invoice"]["status"]) for each in told] == [
        ("invoice.overdue", "PASTDUE"),
        ("invoice.paid", "PAID"),
    ]
    assert all(each["invoice"]["invoice_number"] == "INV-000001" for each in told)


def test_webhooks_are_kept_and_counted(v0: V0, basic: Body, webhook: Body) -> None:
    assert len(webhook["signing_secret"]) >= 32
    path = f"/webhooks/{webhook['id']}"
    v0.made("/invoices", basic)
    bodies()
    WebhookDelivery.objects.update(status="failed", finished_at=NOW)
    shown = v0.get(path).json
    assert "signing_secret" not in shown
    assert shown["delivery_stats"]["total_events"] == 1
    assert shown["delivery_stats"]["failed_deliveries"] == 1
    assert v0.get("/webhooks").json == [shown]
    changed = v0.patch(path, {"name": "Ledger", "isActive": False}).json
    assert (changed["name"], changed["isActive"]) == ("Ledger", False)
    assert v0.delete(path).json == {"message": "Webhook deleted"}
    assert v0.get(path).status == 404


def test_a_secret_of_ones_own_signs(v0: V0, webhook: Body) -> None:
    mine = "my-own-signing-secret-with-more-than-32"
    body = {"name": "Mine", "url": "http://127.0.0.1:1/b", "signing_secret": mine}
    assert v0.made("/webhooks", body)["signing_secret"] == mine
    endpoint = WebhookEndpoint.objects.latest("pk")
    headers = signature_headers(b"{}", webhook_id="evt_1", timestamp=1, secret=endpoint.secret)
    expected = hmac.new(mine.encode(), b"{}", hashlib.sha256).hexdigest()
    assert headers["X-Webhook-Signature"] == expected
    short = v0.post("/webhooks", {**body, "signing_secret": "short"})
    assert short.json["message"] == ["signing_secret must be longer than or equal to 32 characters"]
    assert v0.post("/webhooks", {**body, "name": "x"}).status == 400
    assert v0.post("/webhooks", {**body, "encrypted": True}).status == 400
    assert v0.post("/webhooks", {**body, "url": "nowhere"}).status == 400


def test_strangers_webhooks_are_not_there(v0: V0, rivals: V0, webhook: Body) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        assert rivals.call(method, f"/webhooks/{webhook['id']}", {}).status == 404
