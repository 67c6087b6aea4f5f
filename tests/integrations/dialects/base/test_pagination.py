"""Keyset pages: stable while rows come and go, in any order, in both directions."""

import datetime
from typing import Any

import pytest

from accounts.actors import Actor
from billing.models import Customer
from billing.operations.customers import delete_customer
from integrations.dialects.base import pagination
from integrations.dialects.base.pagination import (
    InvalidPage,
    Page,
    PageRequest,
    SortKey,
    read_instant,
    read_page,
    read_text,
)
from tests import builders
from tests.instants import AT

pytestmark = pytest.mark.django_db
SORTS = {
    "created_at": (SortKey("created_at", read_instant),),
    "name": (SortKey("name", read_text),),
    "city": (SortKey("city", read_text),),
}


@pytest.fixture
def people(actor: Actor) -> list[Customer]:
    """A to G, two of them made in the same second, in three towns."""
    seconds = [0, 1, 1, 2, 3, 4, 5]
    return [
        builders.customer(actor, name=name, city=town, at=AT + datetime.timedelta(seconds=second))
        for name, town, second in zip("ABCDEFG", "xyzxyzx", seconds, strict=True)
    ]


def page(actor: Actor, columns: tuple[str, ...] = (), **request: Any) -> Page:
    return read_page(
        Customer.objects.of(actor.organization_id),
        PageRequest(**request),
        sorts=SORTS,
        default_sort="-created_at",
        columns=columns,
    )


def names(found: Page) -> str:
    return "".join(row.name for row in found.rows)


def walk(actor: Actor, **request: Any) -> list[str]:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        found = page(actor, cursor=cursor, **request)
        seen.append(names(found))
        cursor = found.next_cursor
    return seen


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", ["GFE", "DCB", "A"]),
        ("created_at", ["ABC", "DEF", "G"]),
        ("name", ["ABC", "DEF", "G"]),
        ("-name", ["GFE", "DCB", "A"]),
        ("city,-name", ["GDA", "EBF", "C"]),
        ("-city,created_at", ["CFB", "EAD", "G"]),
    ],
)
def test_every_row_once_in_order(
    actor: Actor, people: list[Customer], sort: str, expected: list[str]
) -> None:
    assert walk(actor, limit=3, sort=sort) == expected


def test_rows_that_come_and_go_between_pages_disturb_nothing_G8(
    actor: Actor, people: list[Customer]
) -> None:
    first = page(actor, limit=3)
    builders.customer(actor, name="N", at=AT + datetime.timedelta(hours=1))
    delete_customer(actor=actor, at=AT, customer_id=people[4].pk)  # E, the cursor's own row
    delete_customer(actor=actor, at=AT, customer_id=people[2].pk)  # C, not seen yet
    second = page(actor, limit=3, cursor=first.next_cursor or "")
    assert (names(first), names(second)) == ("GFE", "DBA")


def test_a_full_last_page_says_there_is_no_more(actor: Actor, people: list[Customer]) -> None:
    found = page(actor, limit=7)
    assert (found.has_more, found.next_cursor, found.total_count) == (False, None, 7)


def test_starting_after_and_ending_before_a_row(actor: Actor, people: list[Customer]) -> None:
    d = people[3].uuid
    assert names(page(actor, limit=2, starting_after=d)) == "CB"
    assert names(page(actor, limit=2, ending_before=d)) == "FE"
    before = page(actor, limit=2, ending_before=d)
    assert (before.has_more, before.next_cursor) == (True, None)


def test_columns_give_dictionaries(actor: Actor, people: list[Customer]) -> None:
    found = page(actor, columns=("pk", "name", "created_at"), limit=1)
    assert [row["name"] for row in found.rows] == ["G"]
    assert set(found.rows[0]) == {"pk", "name", "created_at"}
    rest = page(actor, columns=("pk", "name", "created_at"), cursor=found.next_cursor or "")
    assert [row["name"] for row in rest.rows] == list("FEDCBA")


def test_an_anchor_must_be_in_the_list(
    actor: Actor, mallory_actor: Actor, people: list[Customer]
) -> None:
    foreign = builders.customer(mallory_actor)
    for anchor in ("starting_after", "ending_before"):
        with pytest.raises(InvalidPage) as caught:
            page(actor, (), **{anchor: foreign.uuid})
        assert caught.value.param == anchor


@pytest.mark.parametrize(
    "cursor", ["x", "AAAA", "bnVsbA==", "W10=", "WyItY3JlYXRlZF9hdCIsMV0=", "é", "=" * 1000]
)
def test_a_cursor_that_is_none(actor: Actor, cursor: str) -> None:
    with pytest.raises(InvalidPage):
        page(actor, cursor=cursor)


def test_a_cursor_of_another_order(actor: Actor, people: list[Customer]) -> None:
    cursor = page(actor, limit=1).next_cursor or ""
    with pytest.raises(InvalidPage):
        page(actor, cursor=cursor, sort="name")


@pytest.mark.parametrize("sort", ["password", "organization__name", "name,-name", "name,", "-"])
def test_only_listed_orders(actor: Actor, sort: str) -> None:
    with pytest.raises(InvalidPage) as caught:
        page(actor, sort=sort)
    assert caught.value.param == "sort"


def test_two_anchors_contradict(actor: Actor, people: list[Customer]) -> None:
    uuid = people[0].uuid
    with pytest.raises(InvalidPage):
        page(actor, starting_after=uuid, ending_before=uuid)


def test_a_long_list_is_counted_once_a_minute(
    actor: Actor, people: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagination, "COUNTED_EXACTLY", 3)
    pagination.cache.clear()
    assert page(actor, limit=1).total_count == 7
    builders.customer(actor, name="H")
    assert page(actor, limit=1).total_count == 7
    pagination.cache.clear()
    assert page(actor, limit=1).total_count == 8
