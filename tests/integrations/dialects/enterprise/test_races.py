"""Many at once over HTTP, on PostgreSQL: the money counts once (M1, M3)."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization
from tests import crowds
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1, Answer, key_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def busy(acme: Organization) -> V1:
    """acme's key with room for many requests."""
    acme.rate_limit_per_minute = 100_000
    acme.save()
    return V1(key_for(acme))


def at_once(number: int, v1: V1, work: Callable[[V1, int], Answer]) -> list[Answer]:
    """The answers to `number` calls released together, each over a connection of its own."""
    clients = [V1(v1.secret, Client(raise_request_exception=False)) for _ in range(number)]
    return crowds.at_once(*(partial(work, own, index) for index, own in enumerate(clients)))


def invoice(v1: V1, total: Any = 100) -> str:
    customer = v1.made("/customers", {"name": "Globex"})
    made = v1.made("/invoices", {"customer_id": customer["id"], "line_items": [line(total)]})
    v1.post(f"/invoices/{made['id']}/issue")
    return str(made["id"])


def test_64_full_payments_of_one_invoice_M1(busy: V1) -> None:
    for _ in range(3):
        target = invoice(busy)
        body = {"invoice_id": target, "amount": 100}

        def pay(v1: V1, index: int, body: Body = body) -> Answer:
            return v1.post("/payments", body)

        answers = at_once(64, busy, pay)
        statuses = Counter(answer.status for answer in answers)
        assert statuses[201] == 1
        assert set(statuses) <= {201, 409, 422, 503}
        shown = busy.get(f"/invoices/{target}").json
        assert (shown["amount_paid"], shown["amount_due"], shown["status"]) == (100, 0, "paid")


def test_64_full_refunds_of_one_payment_M3(busy: V1) -> None:
    payment = busy.made("/payments", {"invoice_id": invoice(busy), "amount": 100})
    path = f"/payments/{payment['id']}/refund"
    answers = at_once(64, busy, lambda v1, index: v1.post(path, {"amount": 100}))
    assert Counter(answer.status for answer in answers)[200] == 1
    assert busy.get(f"/payments/{payment['id']}").json["amount_refunded"] == 100


def test_paying_and_voiding_at_once_M4(busy: V1) -> None:
    for _ in range(5):
        target = invoice(busy)

        def either(v1: V1, index: int, target: str = target) -> Answer:
            if index % 2:
                return v1.post(f"/invoices/{target}/void")
            return v1.post("/payments", {"invoice_id": target, "amount": 100})

        answers = at_once(8, busy, either)
        assert sum(answer.status in (200, 201) for answer in answers) == 1
        shown = busy.get(f"/invoices/{target}").json
        assert (shown["status"], shown["amount_paid"]) in (("paid", 100), ("void", 0))


def test_creating_with_one_key_64_times_I1(busy: V1) -> None:
    customer = busy.made("/customers", {"name": "Globex"})
    body = {"customer_id": customer["id"], "line_items": [line()]}
    answers = at_once(
        64, busy, lambda v1, index: v1.post("/invoices", body, X_Idempotency_Key="one")
    )
    fresh = [a for a in answers if a.status == 201]
    assert len(fresh) == 1
    assert {a.status for a in answers} <= {200, 201, 409}
    assert {a.content for a in answers if a.status == 200} <= {fresh[0].content}
    shown = busy.get("/invoices").json
    assert (shown["total_count"], shown["data"][0]["number"][-3:]) == (1, "001")
