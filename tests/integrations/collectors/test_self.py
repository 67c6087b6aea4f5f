"""The product against itself: a supplier's installation, from their invoice to our callback."""

import json
import urllib.request
from pathlib import Path

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from integrations.dialects.enterprise.ids import wire_id
from tests.builders import customer, draft_invoice, issued_invoice
from tests.integrations.collectors.journeys import Journey
from tests.integrations.collectors.second_installation import running
from tests.v1 import key_for

pytestmark = pytest.mark.django_db(transaction=True)


def test_invoices_of_another_installation_come_in(
    journey: Journey, rival: Organization, mallory_actor: Actor, tmp_path: Path
) -> None:
    we = customer(mallory_actor, "Acme GmbH")
    issued = [issued_invoice(mallory_actor, "120.00", customer_id=we.pk) for _ in range(2)]
    issued_invoice(mallory_actor, "55.00")
    waiting = draft_invoice(mallory_actor, "80.00", customer_id=we.pk)
    key, writing_key = key_for(rival, "invoices:read"), key_for(rival)
    with running(tmp_path) as url:
        journey.connect("self", url=url, api_key=key, customer=wire_id("customer", we.uuid))
        assert sorted(journey.collect()) == sorted(wire_id("invoice", one.uuid) for one in issued)
        told = journey.told()[0]["invoice"]
        assert told["amount"] == "120.00 EUR"
        assert told["metadata"]["number"] in {one.number for one in issued}
        assert all(one.startswith(b"%PDF-") for one in journey.documents())

        _post(f"{url}/v1/invoices/{wire_id('invoice', waiting.uuid)}/issue", writing_key)
        assert journey.collect() == [wire_id("invoice", waiting.uuid)]
        assert journey.collect() == []
        assert journey.state()[0] == 7

        journey.connect("self", url=url, api_key="sk_live_" + "x" * 38)
        assert journey.collect() == []
        assert journey.state() == (-1, "The installation refuses the API key.")
    journey.connect("self", url=url, api_key=key)
    assert journey.collect() == []
    assert journey.state() == (0, "The server could not be reached.")


def _post(url: str, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps({}).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
