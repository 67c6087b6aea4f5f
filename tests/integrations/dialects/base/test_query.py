"""Query parameters: typed, known, once."""

import datetime
from typing import Any

import pytest

from core.errors import DomainError, Kind
from integrations.dialects.base.fields import Id, Text, Whole
from integrations.dialects.base.query import DayRange, FlagText, InstantRange, Query, Range

SPEC = Query(
    {
        "limit": Whole(least=1, most=100),
        "search": Text(),
        "active": FlagText(name="is_active"),
        "customer": Id(prefix="cus", noun="customer"),
        "due_date": DayRange(),
        "created_at": InstantRange(),
    }
)
BERLIN = "Europe/Berlin"


def moment(day: int, hour: int) -> datetime.datetime:
    return datetime.datetime(2025, 1, day, hour, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("", {}),
        (
            "limit=5&search=a+b%20c&active=false",
            {"limit": 5, "search": "a b c", "is_active": False},
        ),
        ("due_date=2025-01-05", {"due_date": Range({"exact": datetime.date(2025, 1, 5)})}),
        (
            "due_date[gte]=2025-01-05&due_date%5Blt%5D=2025-01-09",
            {
                "due_date": Range(
                    {"gte": datetime.date(2025, 1, 5), "lt": datetime.date(2025, 1, 9)}
                )
            },
        ),
        # A day in Berlin starts at 23:00 UTC of the day before.
        ("created_at[gte]=2025-01-05", {"created_at": Range({"gte": moment(4, 23)})}),
        ("created_at[lte]=2025-01-05", {"created_at": Range({"lt": moment(5, 23)})}),
        ("created_at[gt]=2025-01-05", {"created_at": Range({"gte": moment(5, 23)})}),
        ("created_at[lt]=2025-01-05", {"created_at": Range({"lt": moment(4, 23)})}),
        ("created_at[lte]=2025-01-05T08:00:00Z", {"created_at": Range({"lte": moment(5, 8)})}),
        (
            "created_at=2025-01-05",
            {"created_at": Range({"gte": moment(4, 23), "lt": moment(5, 23)})},
        ),
    ],
)
def test_understood(query: str, meant: dict[str, Any]) -> None:
    assert SPEC.decode(query, BERLIN) == meant


@pytest.mark.parametrize(
    ("query", "code", "param"),
    [
        ("colour=red", "unknown_parameter", "colour"),
        ("limit[gte]=1", "unknown_parameter", "limit[gte]"),
        ("due_date[ge]=2025-01-01", "unknown_parameter", "due_date[ge]"),
        ("due_date[gte=2025-01-01", "unknown_parameter", "due_date[gte"),
        ("limit=abc", "invalid_parameter", "limit"),
        ("limit=0", "invalid_parameter", "limit"),
        ("limit=-1", "invalid_parameter", "limit"),
        ("limit=101", "invalid_parameter", "limit"),
        ("limit=1000000000", "invalid_parameter", "limit"),
        ("limit=", "invalid_parameter", "limit"),
        ("limit=1&limit=2", "invalid_parameter", "limit"),
        ("active=yes", "invalid_parameter", "active"),
        ("customer=cus_x", "invalid_parameter", "customer"),
        ("due_date[gte]=x", "invalid_parameter", "due_date[gte]"),
        ("created_at[gte]=2025-13-01", "invalid_parameter", "created_at[gte]"),
        ("created_at[lte]=9999-12-31", "invalid_parameter", "created_at[lte]"),
        ("created_at[gte]=0001-01-01", "invalid_parameter", "created_at[gte]"),
        ("search=%00", "invalid_parameter", None),
        ("search=%ff", "invalid_parameter", None),
        ("search=" + "x" * 201, "invalid_parameter", "search"),
    ],
)
def test_refused_by_name(query: str, code: str, param: str | None) -> None:
    with pytest.raises(DomainError) as caught:
        SPEC.decode(query, BERLIN)
    error = caught.value
    assert (error.kind, error.code, error.param) == (Kind.MALFORMED, code, param)
