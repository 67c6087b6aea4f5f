"""/v1/account/late-fees, a customer's own, and the fees on an invoice."""

import datetime
from decimal import Decimal

import pytest

from billing.models import LateFee
from billing.operations.late_fees import charge_late_fees
from core import exactjson
from core.models import Event
from integrations.dialects.enterprise.events import render_event
from tests.instants import AT
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1

pytestmark = pytest.mark.django_db
TEN_PERCENT = {"enabled": True, "fee_type": "percent", "fee_value": 10}


def late_invoice(v1: V1, customer: Body) -> str:
    body = {
        "customer_id": customer["id"],
        "line_items": [line(1000)],
        "issue_date": "2025-01-15",
        "due_date": "2025-01-20",
    }
    made = v1.made("/invoices", body)["id"]
    assert v1.post(f"/invoices/{made}/issue").status == 200
    return str(made)


def charge() -> None:
    assert charge_late_fees(at=AT + datetime.timedelta(days=6)) == 1


def test_the_policy_is_off_at_first(v1: V1) -> None:
    policy = v1.get("/account/late-fees").json
    assert (policy["enabled"], policy["fee_type"], policy["currency"]) == (False, None, "USD")


def test_the_policy_is_kept(v1: V1) -> None:
    body = {
        **TEN_PERCENT,
        "every_days": 30,
        "interest_rate": 9.12,
        "grace_days": 5,
        "max_fees": 3,
        "max_amount": 100,
        "compounding": True,
        "send": False,
    }
    after = v1.put("/account/late-fees", body).json
    assert after == v1.get("/account/late-fees").json
    assert {name: after[name] for name in body} == {**body, "interest_rate": Decimal("9.12")}


def test_nothing_to_charge_cannot_be_switched_on(v1: V1) -> None:
    answer = v1.put("/account/late-fees", {"enabled": True})
    assert (answer.status, answer.error["code"]) == (422, "late_fee_policy_empty")
    assert v1.get("/account/late-fees").json["enabled"] is False


def test_a_customer_has_its_own_until_it_is_removed(v1: V1, customer: Body) -> None:
    path = f"/customers/{customer['id']}/late-fees"
    v1.put("/account/late-fees", TEN_PERCENT)
    assert v1.get(path).json["customer_id"] is None
    own = v1.put(path, {"enabled": False}).json
    assert (own["customer_id"], own["enabled"], own["fee_value"]) == (customer["id"], False, 10)
    assert v1.delete(path).status == 204
    assert v1.get(path).json["customer_id"] is None
    assert v1.delete(path).status == 404


def test_fees_are_listed_with_the_invoice_that_demands_them(v1: V1, customer: Body) -> None:
    v1.put("/account/late-fees", TEN_PERCENT)
    invoice = late_invoice(v1, customer)
    charge()
    [fee] = v1.get(f"/invoices/{invoice}/late-fees").json["data"]
    assert (fee["invoice_id"], fee["kind"], fee["intended_date"]) == (invoice, "fee", "2025-01-21")
    assert (fee["base_amount"], fee["amount"], fee["total"]) == (1000, 100, 100)
    demand = v1.get(f"/invoices/{fee['fee_invoice_id']}").json
    assert (demand["total"], demand["amount_due"], demand["status"]) == (100, 100, "sent")


def test_waiving_voids_the_invoice_over_the_fee(v1: V1, customer: Body) -> None:
    v1.put("/account/late-fees", TEN_PERCENT)
    invoice = late_invoice(v1, customer)
    charge()
    [fee] = v1.get(f"/invoices/{invoice}/late-fees").json["data"]
    path = f"/invoices/{fee['fee_invoice_id']}"
    waived = v1.post(f"{path}/waive-late-fee", {"reason": "A good customer"})
    assert (waived.status, waived.json["waived_reason"]) == (200, "A good customer")
    assert v1.get(path).json["status"] == "void"
    again = v1.post(f"{path}/waive-late-fee", {})
    assert (again.status, again.error["code"]) == (409, "late_fee_already_waived")
    other = v1.post(f"/invoices/{invoice}/waive-late-fee", {})
    assert (other.status, other.error["code"]) == (409, "not_a_late_fee")


def test_the_event_shows_the_fee(v1: V1, customer: Body) -> None:
    v1.put("/account/late-fees", TEN_PERCENT)
    invoice = late_invoice(v1, customer)
    charge()
    event = Event.objects.get(type="late_fee.charged")
    shown = exactjson.loads(exactjson.dumps(render_event(event, event.type)))["data"]["object"]
    assert (shown["object"], shown["invoice_id"], shown["amount"]) == ("late_fee", invoice, 100)
    assert shown["fee_invoice_number"] == LateFee.objects.get().fee_invoice.number
