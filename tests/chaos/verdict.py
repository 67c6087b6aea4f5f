"""What must hold when the dust has settled. Each check returns the rows that break it."""

from collections.abc import Callable

from django.db import connection

from core.ids import encode_id
from tests.chaos.clients import Journal
from tests.chaos.receiver import Receiver


def judge(organization_id: int, journal: Journal, receiver: Receiver) -> dict[str, list[str]]:
    """Every broken promise by name; empty lists are the pass."""
    checks: dict[str, Callable[[], list[str]]] = {
        "lost (answered, but not in the database)": lambda: _lost(organization_id, journal),
        "duplicates (more rows than keys)": lambda: _duplicates(organization_id, journal),
        "gaps or twins in the number register": lambda: _gaps(organization_id),
        "answers that changed between retries": lambda: journal.disagreements,
        "requests refused": lambda: journal.refused,
        "events not relayed": lambda: _unrelayed(organization_id),
        "invoices without invoice.created": lambda: _without_event(organization_id),
        "events never delivered": lambda: _undelivered(organization_id, receiver),
        "deliveries for rows that do not exist": lambda: _phantoms(organization_id, receiver),
        "bad signatures": lambda: ["signature"] * receiver.bad_signatures,
    }
    return {name: check() for name, check in checks.items()}


def _rows(sql: str, *parameters: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _invoices(organization_id: int) -> dict[str, str]:
    rows = _rows(
        "select uuid, number from billing_invoice where organization_id = %s", organization_id
    )
    return {encode_id("inv", uuid): number for uuid, number in rows}


def _lost(organization_id: int, journal: Journal) -> list[str]:
    stored = _invoices(organization_id)
    return [
        f"{key}: {answer.id} {answer.number}"
        for key, answer in journal.answers.items()
        if stored.get(answer.id) != answer.number
    ]


def _duplicates(organization_id: int, journal: Journal) -> list[str]:
    answered = {answer.id for answer in journal.answers.values()}
    return sorted(set(_invoices(organization_id)) - answered)


def _gaps(organization_id: int) -> list[str]:
    rows = _rows(
        "select series_id, period, count(*), count(distinct n), max(n) from billing_numberregister"
        " where organization_id = %s group by 1, 2"
        " having max(n) <> count(*) or count(*) <> count(distinct n)",
        organization_id,
    )
    return [str(row) for row in rows]


def _unrelayed(organization_id: int) -> list[str]:
    rows = _rows(
        "select id, type, attempts, last_error from core_event"
        " where organization_id = %s and relayed_at is null",
        organization_id,
    )
    return [str(row) for row in rows]


def _without_event(organization_id: int) -> list[str]:
    rows = _rows(
        "select i.id from billing_invoice i where i.organization_id = %s and not exists ("
        " select 1 from core_event e where e.subject_type = 'invoice' and e.subject_id = i.id"
        " and e.type = 'invoice.created')",
        organization_id,
    )
    return [str(row) for row in rows]


def _undelivered(organization_id: int, receiver: Receiver) -> list[str]:
    rows = _rows(
        "select uuid, type from core_event where organization_id = %s and type = 'invoice.created'",
        organization_id,
    )
    return [
        f"{type_} {uuid}" for uuid, type_ in rows if encode_id("evt", uuid) not in receiver.seen
    ]


def _phantoms(organization_id: int, receiver: Receiver) -> list[str]:
    stored = set(_invoices(organization_id))
    return sorted(s for s in receiver.subjects if s.startswith("inv_") and s not in stored)
