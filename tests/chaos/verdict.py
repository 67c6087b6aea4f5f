"""What must hold when the dust has settled. Each check returns the rows that break it."""

import re
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from core.ids import encode_id
from tests.chaos.clients import Created
from tests.chaos.site import Site

Broken = dict[str, list[str]]
# A web process must not grow by what it went through (F8 measures the slope over hours).
MOST_MEGABYTES = 400
# What a process logs with its stack when the very thing that a trial breaks is gone.
INJECTED = (
    "psycopg.",
    "django.db.utils.",
    "redis.exceptions.",
    "kombu.exceptions.",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "BrokenPipeError",
    "TimeoutError",
    "celery.beat.SchedulingError",
    "billiard.exceptions.WorkerLostError",
    "billiard.einfo.ExceptionWithTraceback",
)
_KINDS = {
    "order": ("inv", "select uuid, number from billing_invoice where organization_id = %s"),
    "pay": ("pay", "select uuid, number from billing_payment where organization_id = %s"),
    "refund": ("ref", "select uuid, number from billing_refund where organization_id = %s"),
}
# Each answers with the rows that break it; the organization is the one parameter.
_INVARIANTS = {
    "gaps or twins in the number register": """
        select series_id, period, count(*), max(n) from billing_numberregister
        where organization_id = %s group by 1, 2
        having max(n) <> count(*) or count(*) <> count(distinct n)""",
    "invoices whose paid amount is not the sum of its allocations": """
        select id from billing_invoice i where organization_id = %s and (amount_paid < 0
        or amount_paid > total or amount_paid <> (select coalesce(sum(amount), 0)
        from billing_allocation where invoice_id = i.id and kind = 'payment'))""",
    "entries that do not balance": """
        select entry_uuid, currency from billing_posting where organization_id = %s
        group by 1, 2 having sum(amount) <> 0""",
    "payments refunded beyond their amount": """
        select p.id from billing_payment p join billing_refund r on r.payment_id = p.id
        where p.organization_id = %s group by p.id having sum(r.amount) > p.amount""",
    "keys kept twice": """
        select key from integrations_idempotencyrecord where organization_id = %s
        group by 1 having count(*) > 1""",
    "events not relayed": """
        select id, type, attempts, last_error from core_event
        where organization_id = %s and relayed_at is null""",
    "invoices without invoice.created": """
        select id from billing_invoice i where organization_id = %s and not exists (
        select 1 from core_event e where e.subject_type = 'invoice' and e.subject_id = i.id
        and e.type = 'invoice.created')""",
    "work still leased or unfinished": """
        select id, status, locked_until, attempts_made from integrations_webhookdelivery
        where organization_id = %s and (locked_until is not null or status = 'pending')""",
}
# What is no mistake while there is work left: these begin so.
AT_THE_END = (
    "duplicates",  # a row whose answer nobody waited for
    "events not relayed",
    "work still leased",
    "events never delivered",
)
_SESSIONS = """
    select pid, state, query from pg_stat_activity where datname = current_database()
    and state like 'idle in transaction%' and state_change < now() - interval '5 s'"""
_LOCKS = "select pid, objid from pg_locks where locktype = 'advisory'"


def judge(site: Site) -> Broken:
    """Every broken promise by name; empty lists are the pass."""
    organization_id, journal = site.stage.organization_id, site.journal
    checks: dict[str, Callable[[], list[str]]] = {
        "lost (answered, but not in the database)": lambda: _lost(site),
        "duplicates (more rows than keys)": lambda: _duplicates(site),
        "answers that changed between retries": lambda: journal.disagreements,
        "requests refused, or 5xx other than 503": lambda: journal.refused,
        "503 without Retry-After": lambda: [
            str(one) for one in journal.log if one.status == 503 and not one.retry_after
        ],
        **{
            name: (lambda sql=sql: _texts(sql, organization_id))
            for name, sql in _INVARIANTS.items()
        },
        "events never delivered": lambda: _undelivered(site),
        "deliveries for rows that do not exist": lambda: _phantoms(site),
        "bad signatures": lambda: ["signature"] * site.receiver.bad_signatures,
        "sessions idle in a transaction": lambda: _texts(_SESSIONS),
        "advisory locks still held": lambda: _texts(_LOCKS),
        "tracebacks": lambda: tracebacks(site.folder),
        "files without their row": lambda: _orphans(site),
        f"processes over {MOST_MEGABYTES} MB": lambda: _fat(site),
    }
    return {name: check() for name, check in checks.items()}


def rows(sql: str, *parameters: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetchall()


def tracebacks(folder: Path) -> list[str]:
    """The last line of every stack in the logs, but for errors that say a service is away."""
    found = []
    for log in sorted(folder.glob("*.log")):
        for stack in re.split(r"^Traceback ", log.read_text(errors="replace"), flags=re.M)[1:]:
            last = next((line for line in stack.splitlines()[1:] if line[:1].strip()), "")
            if not last.startswith(INJECTED):
                found.append(f"{log.name}: {last[:200]}")
    return found


def _texts(sql: str, *parameters: object) -> list[str]:
    return [str(row) for row in rows(sql, *parameters)]


def _stored(site: Site, kind: str) -> dict[str, str]:
    prefix, sql = _KINDS[kind]
    return {
        encode_id(prefix, uuid): number for uuid, number in rows(sql, site.stage.organization_id)
    }


def _lost(site: Site) -> list[str]:
    lost = []
    for kind in _KINDS:
        stored = _stored(site, kind)
        answers: dict[str, Created] = site.journal.of(kind)
        lost += [
            f"{key}: {one.id} {one.number}"
            for key, one in answers.items()
            if one.id not in stored or (one.number and stored[one.id] != one.number)
        ]
    return lost


def _duplicates(site: Site) -> list[str]:
    by_schedule = rows(
        "select i.uuid from billing_invoice i join billing_recurringrun r on r.invoice_id = i.id"
        " where i.organization_id = %s",
        site.stage.organization_id,
    )
    asked_for = {one.id for one in site.journal.answers.values()}
    asked_for |= {encode_id("inv", uuid) for (uuid,) in by_schedule}
    return [one for kind in _KINDS for one in sorted(set(_stored(site, kind)) - asked_for)]


def _undelivered(site: Site) -> list[str]:
    told = rows(
        "select uuid, type from core_event where organization_id = %s and type = 'invoice.created'",
        site.stage.organization_id,
    )
    seen = site.receiver.seen
    return [f"{type_} {uuid}" for uuid, type_ in told if encode_id("evt", uuid) not in seen]


def _phantoms(site: Site) -> list[str]:
    stored = set(_stored(site, "order"))
    return sorted(s for s in site.receiver.subjects if s.startswith("inv_") and s not in stored)


def _orphans(site: Site) -> list[str]:
    media = Path(site.environment["DATA_DIR"]) / "media"
    known = {name for (name,) in rows("select storage_name from billing_attachment")}
    files = (
        str(one.relative_to(media)) for one in media.rglob("attachments/**/*") if one.is_file()
    )
    return sorted(set(files) - known)


def _fat(site: Site) -> list[str]:
    sizes = {name: process.rss_megabytes() for name, process in site.processes.items()}
    return [f"{name}: {size:.0f} MB" for name, size in sizes.items() if size > MOST_MEGABYTES]
