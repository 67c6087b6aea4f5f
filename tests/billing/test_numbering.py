"""Series, periods, patterns, and the register that accounts for every number."""

import datetime

import pytest

from accounts.models import Organization
from billing.models import NumberCounter, NumberRegister, NumberSeries
from billing.numbering import (
    NumberAlreadyUsed,
    check_pattern,
    mark_issued,
    mark_void,
    move_number,
    number_report,
    release_number,
    set_next_number,
    spell,
    take_number,
)
from core.errors import InvalidValue
from tests.instants import AT, TODAY


def _take(organization: Organization, document_id: int = 1, **fields: object) -> str:
    return take_number(
        **{  # type: ignore[arg-type]
            "organization_id": organization.pk,
            "document": "invoice",
            "on": TODAY,
            "document_id": document_id,
            "fate": "reserved",
            "at": AT,
            **fields,
        }
    )


def _fates(organization: Organization, period: str = "2025") -> list[tuple[int, str]]:
    report = number_report(organization.pk, "invoice", period)
    assert report.missing == []
    return [(row.n, row.fate) for row in report.entries]


def test_numbers_follow_each_other(acme: Organization) -> None:
    assert [_take(acme, i) for i in (1, 2, 3)] == ["INV-2025-001", "INV-2025-002", "INV-2025-003"]
    assert _fates(acme) == [(1, "reserved"), (2, "reserved"), (3, "reserved")]


def test_b3_documents_years_and_organizations_count_apart(
    acme: Organization, rival: Organization, sandbox: Organization
) -> None:
    assert _take(acme) == "INV-2025-001"
    assert _take(acme, document="credit_note") == "CN-2025-001"
    assert _take(acme, document="payment") == "PAY-2025-001"
    assert _take(acme, on=datetime.date(2026, 1, 1)) == "INV-2026-001"
    assert _take(rival) == "INV-2025-001"
    assert _take(sandbox) == "INV-2025-001"
    assert _take(acme) == "INV-2025-002"


def test_b3_named_series_counts_apart(acme: Organization) -> None:
    NumberSeries.objects.create(
        organization=acme,
        document="invoice",
        name="app-7",
        pattern="APP-{n:06}",
        reset="never",
        is_default=False,
        created_at=AT,
        updated_at=AT,
    )
    assert _take(acme, series_name="app-7") == "APP-000001"
    assert _take(acme, series_name="app-7", on=datetime.date(2030, 1, 1)) == "APP-000002"
    assert _take(acme) == "INV-2025-001"


def test_b4_width_overflows_and_never_wraps(acme: Organization) -> None:
    set_next_number(organization_id=acme.pk, document="invoice", next_number=999, on=TODAY, at=AT)
    assert [_take(acme, i) for i in (1, 2)] == ["INV-2025-999", "INV-2025-1000"]
    assert spell("INV-{n:06}", 1_000_000, TODAY) == "INV-1000000"


def test_b5_takeover_starts_where_the_old_system_ended(acme: Organization) -> None:
    set_next_number(organization_id=acme.pk, document="invoice", next_number=10332, on=TODAY, at=AT)
    assert _take(acme) == "INV-2025-10332"
    assert _fates(acme) == [(10332, "reserved")]
    assert number_report(acme.pk, "invoice", "2025").first == 10332


def test_b5_below_a_used_number_is_refused(acme: Organization) -> None:
    for i in (1, 2, 3):
        _take(acme, i)
    with pytest.raises(NumberAlreadyUsed) as refused:
        set_next_number(organization_id=acme.pk, document="invoice", next_number=3, on=TODAY, at=AT)
    assert refused.value.code == "number_already_used"
    assert _take(acme, 4) == "INV-2025-004"


def test_b5_skipping_in_a_series_in_use_is_written_down(acme: Organization) -> None:
    _take(acme)
    set_next_number(organization_id=acme.pk, document="invoice", next_number=4, on=TODAY, at=AT)
    assert _take(acme, 2) == "INV-2025-004"
    assert _fates(acme) == [(1, "reserved"), (2, "cancelled"), (3, "cancelled"), (4, "reserved")]


def test_b2_release_frees_the_highest_and_cancels_any_other(acme: Organization) -> None:
    for i in (1, 2, 3):
        _take(acme, i)
    for i in (1, 3):
        release_number(
            organization_id=acme.pk, document="invoice", document_id=i, at=AT, reason="gone"
        )
    assert _fates(acme) == [(1, "cancelled"), (2, "reserved")]
    assert _take(acme, 4) == "INV-2025-003"


def test_release_never_goes_below_the_start_of_a_takeover(acme: Organization) -> None:
    set_next_number(organization_id=acme.pk, document="invoice", next_number=50, on=TODAY, at=AT)
    _take(acme)
    release_number(organization_id=acme.pk, document="invoice", document_id=1, at=AT, reason="gone")
    assert NumberCounter.objects.of(acme.pk).get().last == 49
    assert _take(acme, 2) == "INV-2025-050"


def test_fates_follow_the_document(acme: Organization) -> None:
    _take(acme, 1)
    _take(acme, 2)
    mark_issued(organization_id=acme.pk, document="invoice", document_id=1, at=AT)
    mark_issued(organization_id=acme.pk, document="invoice", document_id=2, at=AT)
    mark_void(organization_id=acme.pk, document="invoice", document_id=2, at=AT, reason="twice")
    assert _fates(acme) == [(1, "issued"), (2, "void")]


def test_moving_within_the_period_keeps_the_number(acme: Organization) -> None:
    _take(acme)
    kept = move_number(
        organization_id=acme.pk,
        document="invoice",
        document_id=1,
        to=datetime.date(2025, 12, 31),
        at=AT,
    )
    assert kept is None
    assert _fates(acme) == [(1, "reserved")]


def test_report_names_a_number_that_vanished(acme: Organization) -> None:
    for i in (1, 2, 3):
        _take(acme, i)
    NumberRegister.objects.of(acme.pk).filter(n=2).delete()
    assert number_report(acme.pk, "invoice", "2025").missing == [2]
    assert number_report(acme.pk, "invoice", "1999").entries == []


@pytest.mark.parametrize(
    ("pattern", "reset"),
    [
        ("INV-{YYYY}-{n:03}", "year"),
        ("{n:06}", "never"),
        ("{YY}{MM}/{n}", "month"),
        ("R{YYYY}-{MM}-{n:02}", "year"),
    ],
)
def test_patterns_that_may_be_used(pattern: str, reset: str) -> None:
    assert check_pattern(pattern, reset) == pattern


@pytest.mark.parametrize(
    ("pattern", "reset"),
    [
        ("INV", "never"),
        ("{n}{n}", "never"),
        ("{n}", "year"),
        ("{YYYY}-{n}", "month"),
        ("{n.__class__}", "never"),
        ("{0}{n}", "never"),
        ("<b>{n}", "never"),
        ("{n:99}", "never"),
    ],
)
def test_patterns_that_may_not(pattern: str, reset: str) -> None:
    with pytest.raises(InvalidValue):
        check_pattern(pattern, reset)
