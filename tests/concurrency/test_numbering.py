"""B1, N1, N2: numbers under load. The race is shown first, then prevented.

NUMBERING_CREATES sets how many invoices the long test makes; 1,000 unless said otherwise.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.models import Max

from accounts.actors import Actor, system_actor
from accounts.models import Organization
from accounts.operations.organizations import create_organization
from billing.models import Invoice, NumberCounter, NumberRegister
from billing.numbering import get_series, number_report, take_number
from billing.operations.invoices import delete_invoice
from billing.operations.issuing import issue_invoice
from core.models import Event
from tests import builders
from tests.instants import AT, TODAY

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

THREADS = 32
CREATES = int(os.environ.get("NUMBERING_CREATES", "1000"))


class Abandoned(Exception):
    """The request failed after its number was taken."""


@pytest.fixture
def organizations() -> list[Organization]:
    return [
        create_organization(at=AT, name=f"Org {i}", slug=f"org-{i}", currency="USD")
        for i in range(3)
    ]


def _in_threads(work: Callable[[Any], Any], items: list[Any], threads: int = THREADS) -> list[Any]:
    """work(item) for each item on that many threads; connections are closed when done."""

    def run(item: Any) -> Any:
        return work(item)

    def leave() -> None:
        barrier.wait(timeout=30)
        connections.close_all()

    barrier = threading.Barrier(threads)
    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(run, items))
        # One task for each thread: nobody leaves before everybody is here.
        list(pool.map(lambda _: leave(), range(threads)))
    return results


def _all_at_once(organization: Organization, number: Callable[[], int | str]) -> list[int | str]:
    """Eight transactions that all reach the numbering at the same moment."""
    barrier = threading.Barrier(8)

    def take(_: int) -> int | str:
        with transaction.atomic():
            barrier.wait(timeout=30)
            return number()

    return _in_threads(take, list(range(8)), threads=8)


def _report(organization: Organization) -> list[str]:
    """The fates in order, after checking that each number from 1 to the last has one row."""
    report = number_report(organization.pk, "invoice", "2025")
    assert report.missing == []
    assert [entry.n for entry in report.entries] == list(range(1, report.last + 1))
    return [entry.fate for entry in report.entries]


def test_n1_maximum_plus_one_makes_duplicates(organizations: list[Organization]) -> None:
    """What the counter row prevents: everybody reads the same maximum."""
    acme = organizations[0]
    series = get_series(organization_id=acme.pk, document="invoice", at=AT)
    together = threading.Barrier(8)

    def maximum_plus_one() -> int:
        rows = NumberRegister.objects.of(acme.pk).filter(series=series)
        number = (rows.aggregate(last=Max("n"))["last"] or 0) + 1
        together.wait(timeout=30)
        return number

    assert _all_at_once(acme, maximum_plus_one) == [1] * 8


def test_n1_counter_row_gives_each_its_own(organizations: list[Organization]) -> None:
    acme = organizations[0]

    def counter() -> str:
        return take_number(
            organization_id=acme.pk,
            document="invoice",
            on=TODAY,
            document_id=None,
            fate=NumberRegister.Fate.ISSUED,
            at=AT,
        )

    assert sorted(_all_at_once(acme, counter)) == [f"INV-2025-{n:03}" for n in range(1, 9)]


def test_b1_hundred_parallel_finalisations(organizations: list[Organization]) -> None:
    acme = organizations[0]
    acme.number_assignment = Organization.NumberAssignment.ON_ISSUE
    acme.save()
    actor = system_actor(acme.pk)
    customer = builders.customer(actor)
    drafts = [builders.draft_invoice(actor, customer_id=customer.pk).pk for _ in range(100)]

    def issue(pk: int) -> str | None:
        return issue_invoice(actor=actor, at=AT, invoice_id=pk).number

    numbers = _in_threads(issue, drafts)
    assert sorted(numbers) == [f"INV-2025-{n:03}" for n in range(1, 101)]
    assert _report(acme) == ["issued"] * 100


def test_b1_rolled_back_finalisation_leaves_no_gap(organizations: list[Organization]) -> None:
    acme = organizations[0]
    acme.number_assignment = Organization.NumberAssignment.ON_ISSUE
    acme.save()
    actor = system_actor(acme.pk)
    customer = builders.customer(actor)
    drafts = [builders.draft_invoice(actor, customer_id=customer.pk).pk for _ in range(40)]

    def issue(pk: int) -> None:
        try:
            with transaction.atomic():
                issue_invoice(actor=actor, at=AT, invoice_id=pk)
                if drafts.index(pk) % 4 == 0:
                    raise Abandoned
        except Abandoned:
            pass

    _in_threads(issue, drafts, threads=16)
    assert _report(acme) == ["issued"] * 30
    assert Invoice.objects.of(acme.pk).filter(number=None, status="draft").count() == 10


def test_n1_creates_with_rollbacks(organizations: list[Organization]) -> None:
    """32 threads, three organizations, every tenth create abandoned after its number."""
    actors: list[tuple[Actor, int]] = []
    for organization in organizations:
        actor = system_actor(organization.pk)
        actors.append((actor, builders.customer(actor).pk))

    def create(i: int) -> bool:
        actor, customer_id = actors[i % len(actors)]
        try:
            with transaction.atomic():
                builders.draft_invoice(actor, customer_id=customer_id)
                if i % 10 == 0:
                    raise Abandoned
        except Abandoned:
            return False
        return True

    made = sum(_in_threads(create, list(range(CREATES))))
    assert made == CREATES - len(range(0, CREATES, 10))
    kept = 0
    for organization in organizations:
        fates = _report(organization)
        assert set(fates) == {"reserved"}
        rows = Invoice.objects.of(organization.pk)
        assert rows.values("number").distinct().count() == rows.count() == len(fates)
        kept += len(fates)
    assert kept == made
    assert Event.objects.filter(type="invoice.created").count() == made


def test_n2_creating_and_deleting_at_once_explains_every_number(
    organizations: list[Organization],
) -> None:
    acme = organizations[0]
    actor = system_actor(acme.pk)
    customer = builders.customer(actor)

    def create_or_delete(i: int) -> None:
        draft = builders.draft_invoice(actor, customer_id=customer.pk)
        if i % 2:
            delete_invoice(actor=actor, at=AT, invoice_id=draft.pk)

    _in_threads(create_or_delete, list(range(200)), threads=16)
    fates = _report(acme)
    assert fates.count("reserved") == 100
    assert set(fates) <= {"reserved", "cancelled"}
    assert NumberCounter.objects.of(acme.pk).get().last == len(fates)
