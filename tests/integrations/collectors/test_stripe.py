"""Lists by cursor, as Stripe writes them."""

import datetime
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.collectors.base import AuthenticationFailed, Maintenance
from integrations.collectors.sources.stripe import Stripe
from tests.integrations.collectors.test_sources import Api, ids, visit

PDF = b"%PDF-1.7 one page"
FIRST = 1_736_937_000


class Account(Api):
    """Invoices newest first, two to a page."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[dict[str, Any]] = []
        self.answers = Listing(self)  # type: ignore[assignment]

    def add(self, number: str, day: int, **values: Any) -> None:
        row = {
            "id": f"in_{number}",
            "object": "invoice",
            "number": f"ACME-{number}",
            "created": FIRST + day * 86_400,
            "total": 4578,
            "currency": "eur",
            "invoice_pdf": f"{self.url}/pdf/{number}",
            **values,
        }
        self.rows.insert(0, row)


class Listing(dict[str, tuple[int, bytes]]):
    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account

    def get(self, path: str, default: Any = None) -> Any:
        parts, rows = urlsplit(path), self.account.rows
        if parts.path.startswith("/pdf/"):
            return 200, PDF + parts.path.encode()
        if self:
            return super().get(parts.path, default)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        rows = [row for row in rows if row["created"] >= int(query.get("created[gte]", 0))]
        if after := query.get("starting_after"):
            rows = rows[[row["id"] for row in rows].index(after) + 1 :]
        return 200, json.dumps({"data": rows[:2], "has_more": len(rows) > 2}).encode()


@pytest.fixture
def account() -> Iterator[Account]:
    made = Account()
    yield made
    made.server.shutdown()
    made.server.server_close()


def collect(account: Account, session: dict[str, Any] | None = None) -> list[Any]:
    shown: list[Any] = visit(Stripe(), session, api_base=account.url, api_key="rk_live_canary")
    return shown


def test_an_account_is_read_page_by_page_without_drafts(account: Account) -> None:
    for day in range(3):
        account.add(str(day), day)
    account.add("draft", 3, invoice_pdf=None)
    shown = collect(account)
    assert ids(shown) == ["in_2", "in_1", "in_0"]
    found, content = shown[2]
    assert (found.amount, found.details) == ("45.78 EUR", {"number": "ACME-0"})
    assert found.issued_at == datetime.datetime.fromtimestamp(FIRST, datetime.UTC)
    assert content == PDF + b"/pdf/0"
    assert {secret for _, secret in account.asked} == {"Bearer rk_live_canary"}


def test_a_later_visit_looks_back_for_drafts_that_were_finished(account: Account) -> None:
    session: dict[str, Any] = {}
    for number, day in (("old", 0), ("young", 70), ("newest", 100)):
        account.add(number, day)
    collect(account, session)
    account.asked.clear()
    assert ids(collect(account, session)) == ["in_newest", "in_young"]
    assert len(account.asked) == 3


def test_the_key_stays_with_the_api(account: Account) -> None:
    other = Account()
    account.add("1", 1, invoice_pdf=f"{other.url}/pdf/1")
    collect(account)
    assert other.asked == [("/pdf/1", None)]
    other.server.shutdown()
    other.server.server_close()


@pytest.mark.parametrize(
    ("status", "content", "trouble"),
    [
        (401, b"", AuthenticationFailed),
        (429, b"", Maintenance),
        (200, b"<html>", Maintenance),
        (200, b'{"data": [7]}', Maintenance),
        (200, b'{"data": [{"invoice_pdf": "https://x.test/"}]}', Maintenance),
    ],
)
def test_an_answer_that_is_no_list(
    account: Account, status: int, content: bytes, trouble: type[Exception]
) -> None:
    account.answers["/v1/invoices"] = (status, content)
    with pytest.raises(trouble):
        collect(account)


def test_an_unknown_currency_is_no_amount(account: Account) -> None:
    account.add("1", 1, currency="xxq")
    assert collect(account)[0][0].amount == ""
