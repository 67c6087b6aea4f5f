"""The audit log: who did what, found again, before and after, and whether it is whole."""

import ast
import csv
import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from accounts.actors import Actor
from billing.operations.customers import delete_customer, update_customer
from billing.operations.products import update_product
from billing.web import timeline
from billing.web.language import say
from core.models import Event
from integrations.subscriptions import CONSEQUENCES
from integrations.work import drain
from tests.builders import customer, issued_invoice, product
from tests.instants import AT, TODAY

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


def sentences(page: Any) -> list[str]:
    return [row["entry"].sentence for row in page.context["rows"]]


@pytest.fixture
def busy(actor: Actor) -> None:
    buyer = customer(actor, name="Globex")
    update_customer(actor=actor, at=AT, customer_id=buyer.pk, phone="555", name="Globex Inc")
    update_product(actor=actor, at=AT, product_id=product(actor).pk, unit_price=Decimal("9.50"))


def test_each_entry_says_what_happened_and_what_changed(staff: Client, busy: None) -> None:
    page = staff.get("/settings/audit")
    assert sentences(page)[:4] == [
        "Product Annual Web Hosting changed",
        "Product Annual Web Hosting added",
        "Customer Globex Inc changed",
        "Customer Globex added",
    ]
    lines = {line.name: (line.before, line.after) for line in page.context["rows"][2]["lines"]}
    assert lines["Name"] == ("Globex", "Globex Inc")
    assert lines["Phone"] == ("–", "555")
    assert "/customers/" in page.content.decode()


@pytest.mark.parametrize(
    "query, count",
    [
        ({"kind": "customers"}, 2),
        ({"kind": "products"}, 2),
        ({"who": "alice@"}, 4),
        ({"who": "bob"}, 0),
        ({"q": "Globex Inc"}, 1),
        ({"since": TODAY.isoformat(), "until": TODAY.isoformat(), "kind": "customers"}, 2),
        ({"until": "2024-12-31"}, 0),
        ({"since": "nonsense", "until": "9999-12-31", "kind": "customers"}, 2),
        ({"object": "nonsense", "kind": "customers"}, 2),
    ],
)
def test_the_log_is_filtered(staff: Client, busy: None, query: dict[str, str], count: int) -> None:
    page = staff.get("/settings/audit", query)
    of_business = [row for row in sentences(page) if "Globex" in row or "Annual" in row]
    assert len(of_business) == count


def test_all_about_one_object(staff: Client, busy: None) -> None:
    subject = Event.objects.get(type="customer.updated").subject_uuid
    page = staff.get("/settings/audit", {"object": str(subject)})
    assert sentences(page) == ["Customer Globex Inc changed", "Customer Globex added"]


def test_pages_follow_each_other(staff: Client, actor: Actor) -> None:
    for n in range(60):
        customer(actor, name=f"Customer {n}")
    first = staff.get("/settings/audit", {"kind": "customers"})
    second = staff.get("/settings/audit" + first.context["page"].older)
    assert len(sentences(first)) == 50
    assert sentences(second)[-1] == "Customer Customer 0 added"
    assert len(set(sentences(first) + sentences(second))) == 60


def test_as_many_statements_for_many_entries_as_for_few(
    staff: Client, actor: Actor, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        issued_invoice(actor)
    with django_assert_max_num_queries(9):
        staff.get("/settings/audit")


def test_the_filtered_list_comes_as_csv(staff: Client, actor: Actor, busy: None) -> None:
    update_customer(
        actor=actor, at=AT, customer_id=customer(actor, name="=cmd").pk, notes="secret plans"
    )
    answer = staff.get("/settings/audit.csv", {"kind": "customers", "q": "cmd"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Event"] for row in rows] == ["customer.updated", "customer.created"]
    assert rows[0]["Before and after"] == "Notes: – → secret plans"
    assert rows[0]["Who"] == "alice@acme.test"


def test_the_chain_is_checked_on_demand(staff: Client, actor: Actor, busy: None) -> None:
    drain(AT)
    assert "The chain is whole: all" in staff.post("/settings/audit").content.decode()
    Event.objects.filter(type="customer.updated").update(actor_label="nobody")
    assert "The chain is broken" in staff.post("/settings/audit").content.decode()


def test_owners_and_admins_only(viewer: Client, stranger: Client, busy: None) -> None:
    for path in ("/settings/audit", "/settings/audit.csv"):
        assert viewer.get(path).status_code == 403
    assert viewer.post("/settings/audit").status_code == 403
    assert "Globex" not in stranger.get("/settings/audit").content.decode()


def test_what_was_deleted_since_has_no_link(staff: Client, actor: Actor) -> None:
    gone, kept = customer(actor, name="Gone"), customer(actor, name="Kept")
    delete_customer(actor=actor, at=AT, customer_id=gone.pk)
    page = staff.get("/settings/audit")
    rows = {row["entry"].sentence: row["entry"] for row in page.context["rows"]}
    assert (rows["Customer Gone added"].href, rows["Customer Gone added"].is_gone) == ("", True)
    assert rows["Customer Kept added"].href == f"/customers/{kept.uuid}"


# What a call of these names writes is no event: journal entries, topics of shops.
_OTHERS = frozenset({"write", "post", "get", "Topic"})
_TENSE = re.compile(
    r"^[a-z_]+\.[a-z_]*(ed|sent|paid|overdue|run|expiring|uncollectible|signed_in|signed_out"
    r"|password_set|again|chosen)$"
)


def event_types() -> set[str]:
    """Every type that the code can write, as far as it stands in it as a text."""
    found = set(CONSEQUENCES)
    for top in ("accounts/operations", "billing/operations", "billing/exports", "integrations"):
        for path in sorted((ROOT / top).rglob("*.py")):
            if "/dialects/" in str(path) or "/shops/woocommerce" in str(path):
                continue
            tree = ast.parse(path.read_text())
            others = [call for call in ast.walk(tree) if _is_other(call)]
            other = {id(below) for call in others for below in ast.walk(call)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and id(node) not in other:
                    found |= {node.value} if _TENSE.match(str(node.value)) else set()
            # `note("received", …)` of the inbox.
            if "/collectors/" in str(path):
                found |= {f"supplier_invoice.{verb}" for verb in _noted(tree)}
    return found


def _is_other(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return getattr(node.func, "attr", getattr(node.func, "id", "")) in _OTHERS


def _noted(tree: ast.AST) -> set[str]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    noting = [call for call in calls if getattr(call.func, "id", "") in ("note", "_note")]
    words = [arg.value for call in noting for arg in call.args[:1] if isinstance(arg, ast.Constant)]
    return {word for word in words if "." not in word}


def test_every_kind_of_event_has_a_sentence_in_every_language() -> None:
    types = event_types()
    assert {"wallet.created", "supplier_invoice.approved", "quote.opened"} <= types
    assert not types - set(timeline.SENTENCES)
    for language in ("de", "fr", "es"):
        with translation.override(language):
            same = {text for _icon, text in timeline.SENTENCES.values() if say(text) == text}
        assert not same, language
