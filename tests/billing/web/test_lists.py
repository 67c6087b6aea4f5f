"""Lists: what is found, in which order, page by page, and with how many queries."""

import datetime
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from billing.operations.issuing import mark_uncollectible, void_invoice
from billing.operations.payments import record_payment
from billing.web.listing import PAGE_SIZE
from tests.builders import customer, draft_invoice, issued_invoice, product
from tests.instants import AT, TODAY

# Queries of each list page with rows on it. May fall; a rise needs a reason.
MOST_QUERIES = {
    # Ageing as of today, as the report has it, alone asks for six; what else needs
    # attention (quotes, keys, failed mail, webhooks) one each.
    "/": 23,  # one of them until the set-up is done
    # Each list asks once for the lists that people keep.
    "/invoices": 5,
    "/customers": 6,
    "/products": 5,
    "/payments": 5,
    "/quotes": 5,
    "/taxes": 4,
}


def numbers(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/invoices{query}").content.decode()
    return re.findall(r'class="row-link"[^>]*>([^<]+)<', page)


@pytest.fixture
def three(actor: Actor) -> None:
    """A draft of Initech's, a late one and an open one of Globex's."""
    globex = customer(actor)
    initech = customer(actor, "Initech")
    issued_invoice(
        actor,
        "300.00",
        customer_id=globex.pk,
        issue_date=TODAY - datetime.timedelta(days=40),
        due_date=TODAY - datetime.timedelta(days=10),
    )
    issued_invoice(actor, "100.00", customer_id=globex.pk)
    draft_invoice(actor, "1234.50", customer_id=initech.pk)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["INV-2025-002", "INV-2025-001", "INV-2024-001"]),
        ("?status=draft", ["INV-2025-002"]),
        ("?status=open", ["INV-2025-001", "INV-2024-001"]),
        ("?status=overdue", ["INV-2024-001"]),
        ("?status=paid", []),
        ("?status=nonsense", []),
        ("?q=2025-001", ["INV-2025-001"]),
        ("?q=initech", ["INV-2025-002"]),
        ("?q=glob 2024", ["INV-2024-001"]),
        ("?q=2024 initech", []),
        ("?q=a b c d e f g h i j", []),
        ("?q=1234.5", ["INV-2025-002"]),
        ("?q=1.234,50", ["INV-2025-002"]),
        ("?q=1,234.50", ["INV-2025-002"]),
        ("?q=%00", ["INV-2025-002", "INV-2025-001", "INV-2024-001"]),
        ("?q=a%00b", []),
        ("?q=" + "9" * 40, []),
        ("?sort=total", ["INV-2025-001", "INV-2024-001", "INV-2025-002"]),
        ("?sort=-due", ["INV-2025-002", "INV-2025-001", "INV-2024-001"]),
        ("?sort=customer&status=open", ["INV-2024-001", "INV-2025-001"]),
        ("?sort=drop table", ["INV-2025-002", "INV-2025-001", "INV-2024-001"]),
        ("?after=nonsense", ["INV-2025-002", "INV-2025-001", "INV-2024-001"]),
        ("?after=WyJ4IiwgMV0", ["INV-2025-002", "INV-2025-001", "INV-2024-001"]),
    ],
)
def test_invoices_are_found(staff: Client, three: None, query: str, found: list[str]) -> None:
    assert numbers(staff, query) == found


@pytest.mark.parametrize("sort", ["-created", "created", "total", "-customer"])
def test_pages_show_every_row_once_there_and_back(staff: Client, actor: Actor, sort: str) -> None:
    buyer = customer(actor)
    for index in range(PAGE_SIZE * 2 + 3):
        # Equal amounts, so that ties are broken by id.
        draft_invoice(actor, f"{10 + index % 3}.00", customer_id=buyer.pk)
    query, seen, pages = f"?sort={sort}", [], []
    while query:
        page = staff.get(f"/invoices{query}").content.decode()
        rows = re.findall(r'class="row-link"[^>]*>([^<]+)<', page)
        pages.append(rows)
        seen += rows
        found = re.search(r'href="([^"]+)" rel="next"', page)
        query = found.group(1).replace("&amp;", "&") if found else ""
    assert [len(rows) for rows in pages] == [PAGE_SIZE, PAGE_SIZE, 3]
    assert len(set(seen)) == PAGE_SIZE * 2 + 3
    back = re.search(r'href="([^"]+)" rel="prev"', page)
    assert back is not None
    assert numbers(staff, back.group(1).replace("&amp;", "&")) == pages[1]


def test_another_organizations_rows_are_not_listed(stranger: Client, three: None) -> None:
    assert numbers(stranger) == []
    assert b"Globex" not in stranger.get("/customers").content


def test_a_void_invoice_has_its_tab(staff: Client, actor: Actor) -> None:
    invoice = issued_invoice(actor)
    void_invoice(actor=actor, at=AT, invoice_id=invoice.pk, reason="Wrong")
    assert numbers(staff, "?status=void") == [invoice.number]


def test_the_overdue_tab_holds_what_the_dashboard_counts(
    staff: Client, actor: Actor, three: None
) -> None:
    given_up = issued_invoice(
        actor,
        issue_date=TODAY - datetime.timedelta(days=400),
        due_date=TODAY - datetime.timedelta(days=370),
    )
    mark_uncollectible(actor=actor, at=AT, invoice_id=given_up.pk)
    assert "<strong>2</strong> overdue" in staff.get("/").content.decode()
    assert len(numbers(staff, "?status=overdue")) == 2


def test_an_issued_invoice_that_nobody_mailed_is_not_called_sent(
    staff: Client, actor: Actor
) -> None:
    issued_invoice(actor)
    page = staff.get("/invoices").content.decode()
    assert "Issued</span>" in page
    assert "Sent</span>" not in page


@pytest.mark.parametrize("path", MOST_QUERIES)
def test_a_list_asks_a_fixed_number_of_questions(
    staff: Client, actor: Actor, three: None, path: str
) -> None:
    for index in range(4):
        extra = issued_invoice(actor, f"{index + 1}0.00")
        record_payment(
            actor=actor,
            at=AT,
            amount=Decimal("1.00"),
            currency="USD",
            method="cash",
            payment_date=TODAY,
            invoice_id=extra.pk,
        )
        product(actor, name=f"Product {index}")
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert staff.get(path).status_code == 200
    # Savepoints and the row-level-security setting are the same on every page.
    noise = ("SAVE", "RELEASE", "SELECT set_config")
    asked = [query["sql"] for query in captured if not query["sql"].startswith(noise)]
    assert len(asked) <= MOST_QUERIES[path], "\n".join(asked)


def test_a_list_page_is_small(staff: Client, actor: Actor) -> None:
    buyer = customer(actor)
    for _ in range(PAGE_SIZE):
        draft_invoice(actor, customer_id=buyer.pk)
    assert len(staff.get("/invoices").content) < 60_000


def test_the_customer_picker_offers_names(staff: Client, actor: Actor) -> None:
    customer(actor, "Globex Corporation", email="a@globex.test")
    customer(actor, "Globex Corporation", email="b@globex.test")
    customer(actor, "Initech", email="ap@initech.test")
    page = staff.get("/customers/options?customer=glo").content.decode()
    assert page.count("<option") == 2
    assert "Globex Corporation &lt;a@globex.test&gt;" in page


def test_products_are_offered_by_name_and_sku(staff: Client, actor: Actor) -> None:
    product(actor, name="Hosting", sku="H-1")
    product(actor, name="Domain", sku="D-1")
    assert "Domain" in staff.get("/products/options?k0-name=d-1").content.decode()
