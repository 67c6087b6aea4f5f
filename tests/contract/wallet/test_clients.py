"""The document's own clients, saved as printed, against a server that runs."""

import datetime
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.models import Organization
from billing.models import Invoice
from tests.contract.wallet.conftest import V0

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = Path(__file__).with_name("clients")
NODE = pytest.mark.node
_MOST_SECONDS = 120
# Dates of the document, all in 2024 and early 2025, moved behind today.
YEARS = datetime.date.today().year + 1 - 2024
PRODUCTS = [
    f"prod_{name}_001"
    for name in ("web_dev", "hosting", "subscription", "consulting", "analysis", "license")
]


@pytest.fixture
def world(
    v0: V0, customer: dict[str, Any], wallet: dict[str, Any], product: dict[str, Any]
) -> dict[str, str]:
    tax = v0.made("/taxes", {"name": "Standard Sales Tax", "percentage": 8.5})
    ids = {
        "550e8400-e29b-41d4-a716-446655440000": customer["id"],
        "abcd1234-5678-90ef-ghij-klmnopqrstuv": wallet["id"],
        "tax_of_the_reader": tax["id"],
        **dict.fromkeys(PRODUCTS, product["id"]),
    }
    return {
        "IDS": json.dumps(ids),
        "YEARS": str(YEARS),
        "CLIENT_KEY": v0.client_key,
        "CLIENT_SECRET": v0.secret,
    }


def run(program: list[str], server: str, world: dict[str, str]) -> Any:
    """What the program saw."""
    done = subprocess.run(
        program,
        cwd=CLIENTS,
        env={**os.environ, "BASE_URL": server, **world, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=_MOST_SECONDS,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *printed, last = done.stdout.strip().splitlines()
    return {**json.loads(last.removeprefix("RESULT ")), "printed": printed}


def test_the_printed_python(world: dict[str, str], live_server: LiveServer) -> None:
    saw = run([sys.executable, "drive.py", "refused"], live_server.url, world)
    assert saw["printed"] == ["Invoice created: INV-000001", "Simple invoice created: INV-000002"]
    assert [status for status, _ in saw["seen"]] == [201, 201, 400]
    built, simple, refused = (body for _, body in saw["seen"])
    assert (built["partial_payment"], built["address"]) == (True, "123 Business Ave")
    assert built["total"] == 2500 * 21
    assert simple["due_date"] == f"{2024 + YEARS}-02-15T00:00:00.000Z"
    assert "email should not be empty" in refused["message"]
    assert saw["refused"].startswith("Failed to create invoice: 400 Client Error")


@NODE
def test_the_printed_javascript(world: dict[str, str], live_server: LiveServer) -> None:
    saw = run(["node", "drive.mjs", "usage"], live_server.url, world)
    assert saw["printed"] == [
        "Invoice created: INV-000001",
        "Quick invoice created: INV-000002",
    ]
    assert [status for status, _ in saw["seen"]] == [201] * 14
    assert saw["recurring"] == 12
    drafts = [body for _, body in saw["seen"][2:]]
    assert [each["status"] for each in drafts] == ["DRAFT"] * 12
    year = 2024 + YEARS
    # Each goes out by itself a week before it is due.
    assert drafts[0]["send_date"] == f"{year}-01-25T00:00:00.000Z"
    assert drafts[0]["due_date"] == f"{year}-02-01T00:00:00.000Z"
    assert drafts[11]["due_date"] == f"{year + 1}-01-01T00:00:00.000Z"


@NODE
def test_its_further_examples(
    world: dict[str, str], acme: Organization, live_server: LiveServer
) -> None:
    events = [
        {"event": f"invoice.{word}", "invoice": {"invoice_number": "INV-9"}}
        for word in ("created", "paid", "overdue")
    ]
    saw = run(
        ["node", "drive.mjs", "more"], live_server.url, {**world, "EVENTS": json.dumps(events)}
    )
    assert saw["template"] == "Consulting Services Invoice"
    assert saw["bulk"] == {"total": 3, "successful": 1, "failed": 2}
    assert sorted(saw["failed"]) == ["HTTP error! status: 400", "HTTP error! status: 404"]
    assert saw["refused"] == "HTTP error! status: 404"
    preview, charged = saw["preview"], saw["charged"]
    assert [preview[name] for name in ("subtotal", "taxAmount", "total")] == pytest.approx(
        [5000, 425, 5425]
    )
    assert (charged["subtotal"], charged["tax_amount"], charged["total"]) == (5000, 425, 5425)
    assert [kind for kind, _ in saw["told"]] == ["created", "paid", "overdue"]
    invoice = Invoice.objects.of(acme.pk).get(uuid=charged["id"])
    assert invoice.total == int(Decimal(5425).scaleb(6))
