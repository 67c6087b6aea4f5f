"""Another tenant's id answers exactly like one that does not exist (Z1).

Ids in paths: tests/contract/enterprise/test_foreign_ids.py, for every address there is.
"""

import itertools
import re
from typing import Any

import pytest

from core.ids import encode_id, uuid7
from core.models import Event
from integrations.dialects.enterprise.ids import PREFIXES
from tests.integrations.dialects.enterprise.conftest import line
from tests.v1 import V1, Answer

pytestmark = pytest.mark.django_db
NOUNS = {
    "invoices": "invoice",
    "customers": "customer",
    "payments": "payment",
    "products": "product",
    "tax-profiles": "tax profile",
    "webhooks": "webhook",
    "api-keys": "API key",
}


@pytest.fixture
def theirs(rival_v1: V1) -> dict[str, str]:
    """One row of each noun that belongs to the rival."""
    v1 = rival_v1
    customer = v1.made("/customers", {"name": "Initech", "email": "x@initech.test"})
    profile = v1.made("/tax-profiles", {"name": "VAT", "rate": 20})
    product = v1.made("/products", {"name": "Stapler", "unit_price": 5})
    invoice = v1.made("/invoices", {"customer_id": customer["id"], "line_items": [line()]})
    payment = v1.made("/payments", {"invoice_id": invoice["id"], "amount": 10})
    webhook = v1.made("/webhooks", {"url": "https://rival.test/", "events": ["invoice.paid"]})
    key = v1.made("/api-keys", {"name": "k", "scopes": ["invoices:read"]})
    return {
        "invoices": invoice["id"],
        "customers": customer["id"],
        "payments": payment["id"],
        "products": product["id"],
        "tax-profiles": profile["id"],
        "webhooks": webhook["id"],
        "api-keys": key["id"],
    }


def unknown(noun: str) -> str:
    return encode_id(PREFIXES[NOUNS[noun]], uuid7())


def same(foreign: Answer, missing: Answer) -> None:
    """Status, body and headers agree, once ids, counters and request ids are blanked."""

    def blank(answer: Answer) -> tuple[int, str, set[str]]:
        text = re.sub(r"req_\w+|[a-z]+_[a-z2-7]{26}", "*", answer.content.decode())
        return answer.status, text, set(answer.headers)

    assert blank(foreign) == blank(missing)


REFERENCES = [
    ("/invoices", "customer_id", "customers", {"line_items": [line()]}),
    ("/invoices", "line_items[0].product_id", "products", {}),
    ("/invoices", "line_items[0].tax_profile_id", "tax-profiles", {}),
    ("/invoices", "line_items[0].tax_profile_ids[0]", "tax-profiles", {}),
    ("/payments", "invoice_id", "invoices", {"amount": 1, "currency": "EUR"}),
    ("/payments", "invoice_id", "invoices", {"amount": 1}),
    ("/payments", "customer_id", "customers", {"amount": 1, "currency": "EUR"}),
    ("/payments", "allocations[0].invoice_id", "invoices", {"amount": 1, "currency": "EUR"}),
    ("/products", "tax_profile_id", "tax-profiles", {"name": "x", "unit_price": 1}),
]


@pytest.mark.parametrize(("path", "param", "noun", "rest"), REFERENCES)
def test_in_the_body(
    v1: V1,
    rival_v1: V1,
    theirs: dict[str, str],
    customer: dict[str, Any],
    path: str,
    param: str,
    noun: str,
    rest: dict[str, Any],
) -> None:
    def body(id: str) -> dict[str, Any]:
        if param.startswith("line_items"):
            name = param.split(".")[1]
            value: Any = [id] if name.endswith("[0]") else id
            item = {**line(), name.removesuffix("[0]"): value}
            return {"customer_id": customer["id"], "line_items": [item]}
        if param.startswith("allocations"):
            return {**rest, "allocations": [{"invoice_id": id, "amount": 1}]}
        return {**rest, param: id}

    before = Event.objects.count()
    answers = [v1.post(path, body(id)) for id in (theirs[noun], unknown(noun))]
    same(*answers)
    assert answers[0].status == 422
    assert answers[0].error["code"] == "unknown_reference"
    assert answers[0].error["param"].startswith(param.removesuffix("s[0]"))
    # An id that cannot exist is refused in the same words.
    malformed = v1.post(path, body("x" * 30))
    assert malformed.error["code"] == "unknown_reference"
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("path", "name", "noun"),
    [
        ("/invoices", "customer_id", "customers"),
        ("/payments", "invoice_id", "invoices"),
        ("/payments", "customer_id", "customers"),
    ],
)
def test_in_a_filter(
    v1: V1, rival_v1: V1, theirs: dict[str, str], path: str, name: str, noun: str
) -> None:
    answers = [v1.get(f"{path}?{name}={id}") for id in (theirs[noun], unknown(noun))]
    same(*answers)
    assert answers[0].json["data"] == []


@pytest.mark.parametrize(
    ("noun", "anchor"), list(itertools.product(NOUNS, ["starting_after", "ending_before"]))
)
def test_as_an_anchor(v1: V1, rival_v1: V1, theirs: dict[str, str], noun: str, anchor: str) -> None:
    answers = [v1.get(f"/{noun}?{anchor}={id}") for id in (theirs[noun], unknown(noun))]
    same(*answers)
    assert answers[0].status == 400


@pytest.mark.parametrize("noun", NOUNS)
def test_in_lists(v1: V1, rival_v1: V1, theirs: dict[str, str], noun: str) -> None:
    shown = v1.get(f"/{noun}").json
    assert theirs[noun] not in [row["id"] for row in shown["data"]]
    assert theirs[noun] in [row["id"] for row in rival_v1.get(f"/{noun}").json["data"]]


def test_a_foreign_cursor_shows_only_ones_own(
    v1: V1, rival_v1: V1, theirs: dict[str, str], customer: dict[str, Any]
) -> None:
    rival_v1.made("/customers", {"name": "Umbrella"})
    cursor = rival_v1.get("/customers?limit=1").json["next_cursor"]
    rows = v1.get(f"/customers?cursor={cursor}").json["data"]
    assert {row["id"] for row in rows} <= {customer["id"]}
