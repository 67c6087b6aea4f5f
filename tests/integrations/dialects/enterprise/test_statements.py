"""How many statements each address asks the database: the same for one row and for 25.

The committed table is a ratchet. Write it anew with

    UPDATE_STATEMENTS=1 pytest tests/integrations/dialects/enterprise/test_statements.py
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from integrations.dialects.base.selection import row_of
from integrations.dialects.enterprise import urls
from integrations.dialects.enterprise.views.base import UnknownEnterpriseRoute
from tests.integrations.dialects.enterprise.world import QUERIES, World
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("statements.json")
ROWS = 25
# Lists that are short by nature, or filled by what time brings.
FEW = {
    "account/number-series",
    "account/numbers",
    "email-templates",
    "invoice-templates",
    "invoices/<str:id>/credit-notes",
    "invoices/<str:id>/late-fees",
    "invoices/<str:id>/reminders",
    "invoices/<str:id>/scheduled-sends",
    "recurring-invoices/<str:id>/runs",
    "recurring-invoices/<str:id>/invoices",
}
# Lists without pages.
UNPAGED = {"account/number-series", "email-templates", "invoice-templates"}
# One more statement for each kind of document in which several tax profiles met.
MAY_GROW = {"reports/tax"}


@pytest.fixture(autouse=True)
def _empty_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def patterns() -> dict[str, Any]:
    """Every address that can be read, with what it answers."""
    found = {}
    for entry in urls.urlpatterns:
        view = entry.callback.view_class  # type: ignore[union-attr]
        if view is not UnknownEnterpriseRoute and "GET" in view.endpoints:
            found[str(entry.pattern)] = view.endpoints["GET"].answer
    return found


def test_an_address_asks_as_often_for_many_rows_as_for_one(v1: V1, sandbox: Organization) -> None:
    world = World(v1)
    world.grow()
    # Live organizations have no clock to turn.
    test = {"test-clock": V1(key_for(sandbox))}
    few = measured(v1, world, test)
    for _ in range(ROWS - 1):
        world.grow()
    many = measured(v1, world, test)

    short = {pattern: rows for pattern, (_, rows) in many.items() if rows is not None}
    assert {p for p, rows in short.items() if rows < ROWS} - FEW == set()
    counts = {pattern: number for pattern, (number, _) in many.items()}
    grown = {p: (few[p][0], counts[p]) for p in counts if few[p][0] < counts[p]}
    grown = {pattern: numbers for pattern, numbers in grown.items() if pattern not in MAY_GROW}
    assert grown == {}, "statements that grow with the rows: (for one, for many)"
    if os.environ.get("UPDATE_STATEMENTS"):
        TABLE.write_text(json.dumps(counts, indent=2, sort_keys=True) + "\n")
    expected = json.loads(TABLE.read_text())
    # PostgreSQL takes more ids at once, and so fewer batches.
    for pattern in MAY_GROW:
        counts[pattern] = max(counts[pattern], expected[pattern])
    assert counts == expected, "say UPDATE_STATEMENTS=1 if it is meant"


def measured(v1: V1, world: World, others: dict[str, V1]) -> dict[str, tuple[int, int | None]]:
    """Address -> statements, and rows if it is a list."""
    found = {}
    for pattern, answer in patterns().items():
        is_list = row_of(answer) is not answer
        query = QUERIES.get(pattern, "limit=100" if is_list and pattern not in UNPAGED else "")
        path = f"{world.path(pattern)}?{query}".rstrip("?")
        caller = others.get(pattern, v1)
        caller.get(path)
        with CaptureQueriesContext(connection) as captured:
            shown = caller.get(path)
        assert shown.status == 200, (path, shown.content)
        found[pattern] = asked(captured), len(shown.json["data"]) if is_list else None
    return found


def asked(captured: CaptureQueriesContext) -> int:
    """Questions alone: how requests are counted differs from one database to the other."""
    return sum(
        each["sql"].startswith("SELECT") and "ratecounter" not in each["sql"]
        for each in captured.captured_queries
    )
