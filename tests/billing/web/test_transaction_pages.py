"""Income and expenses in the browser: written down, described, taken back."""

from decimal import Decimal

import pytest
from django.test import Client

from accounts.actors import Actor
from billing.models import LedgerAccount, Transaction
from billing.operations.ledger_accounts import create_ledger_account
from billing.queries.bookkeeping import financial_summary
from billing.queries.ledger_checks import find_problems
from tests.builders import expense
from tests.instants import AT, TODAY

FILLED = {"currency": "USD", "date": TODAY.isoformat(), "category_id": "", "account_id": ""}


def _the_one() -> Transaction:
    return Transaction.objects.get()


@pytest.mark.parametrize(
    ("kind", "earned", "spent"), [("expense", 0, 123_456), ("income", 123_456, 0)]
)
def test_it_is_in_the_books(
    staff: Client, actor: Actor, kind: str, earned: int, spent: int
) -> None:
    answer = staff.post(
        f"/transactions/new?kind={kind}",
        {**FILLED, "amount": "1,234.56", "description": "Rent", "reference": "R-7"},
    )
    assert (answer.status_code, answer["Location"]) == (302, "/transactions")
    made = _the_one()
    assert (made.kind, made.amount, made.description) == (kind, 123_456, "Rent")
    summary = financial_summary(actor.organization_id, TODAY, TODAY)
    assert (summary.income, summary.expenses) == (earned, spent)
    assert list(find_problems(actor.organization_id)) == []
    page = staff.get("/transactions").content.decode()
    assert "Rent" in page and "1,234.56" in page


@pytest.mark.parametrize(("amount", "said"), [("0", "greater than 0"), ("x", "not a number")])
def test_what_is_no_amount_is_refused_beside_the_field(
    staff: Client, actor: Actor, amount: str, said: str
) -> None:
    answer = staff.post("/transactions/new?kind=expense", {**FILLED, "amount": amount})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Transaction.objects.exists()


def test_a_new_category_moves_it_in_the_books(staff: Client, actor: Actor) -> None:
    row = expense(actor, "49.90")
    category = create_ledger_account(actor=actor, at=AT, name="Software", type="expense")
    assert isinstance(category, LedgerAccount)
    answer = staff.post(
        f"/transactions/{row.uuid}",
        {"category_id": category.pk, "description": "Mail server", "reference": ""},
    )
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.category, row.description) == (category, "Mail server")
    assert list(find_problems(actor.organization_id)) == []


def test_what_is_taken_back_is_out_of_the_list_and_the_result(staff: Client, actor: Actor) -> None:
    row = expense(actor, "49.90")
    assert staff.post(f"/transactions/{row.uuid}/delete").status_code == 302
    assert financial_summary(actor.organization_id, TODAY, TODAY).expenses == 0
    assert staff.get(f"/transactions/{row.uuid}").status_code == 404
    assert "Hosting" not in staff.get("/transactions").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 2), ("?status=income", 0), ("?q=mail", 1), ("?q=49.90", 1), ("?q=R-9", 1)],
)
def test_the_list_is_filtered(staff: Client, actor: Actor, query: str, found: int) -> None:
    expense(actor, "49.90")
    expense(actor, "7.00", description="Mail server", reference="R-9")
    page = staff.get(f"/transactions{query}").content.decode()
    assert page.count('class="row-link"') == found


def test_a_viewer_changes_nothing_on_the_page_that_it_may_read(
    viewer: Client, actor: Actor
) -> None:
    row = expense(actor, "49.90")
    page = viewer.get(f"/transactions/{row.uuid}").content.decode()
    assert "Take back" not in page and "data-guard" not in page
    filled = {"category_id": row.category_id, "description": "Mine", "reference": ""}
    assert viewer.post(f"/transactions/{row.uuid}", filled).status_code == 403
    row.refresh_from_db()
    assert (row.description, Decimal(row.amount)) == ("Hosting", 4990)
