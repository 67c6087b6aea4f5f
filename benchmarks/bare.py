"""The baseline for writing: the rows of one created invoice, copied by psycopg alone.

The rows are read back from an invoice that the product made, so that the baseline always
writes what the product writes: document, lines, taxes, register, event, idempotency record.
"""

import secrets
import uuid
from collections.abc import Callable

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from benchmarks.stage import Tenant

Row = dict[str, object]

# Row-level security shows a plain role nothing until it says for whom it speaks.
WIDE = "-c app.organization=*"


class Template:
    """The rows of the newest invoice of one tenant."""

    def __init__(self, url: str, tenant: Tenant) -> None:
        with psycopg.connect(url, row_factory=dict_row, options=WIDE) as connection:
            one = connection.execute
            org = tenant.organization_id
            self.invoice = one(
                "select * from billing_invoice where organization_id=%s order by id desc limit 1",
                [org],
            ).fetchone()
            key = [self.invoice["id"]]
            self.lines = one(
                "select * from billing_invoiceline where invoice_id=%s order by position", key
            ).fetchall()
            self.taxes = one(
                "select * from billing_invoicetax where invoice_id=%s order by position", key
            ).fetchall()
            self.register = one(
                "select r.* from billing_numberregister r join billing_numberseries s"
                " on s.id=r.series_id where r.document_id=%s and s.document='invoice'",
                key,
            ).fetchone()
            self.event = one(
                "select * from core_event where subject_type='invoice' and subject_id=%s", key
            ).fetchone()
            self.record = one(
                "select * from integrations_idempotencyrecord where organization_id=%s"
                " order by id desc limit 1",
                [org],
            ).fetchone()

    @property
    def rows(self) -> int:
        return 4 + len(self.lines) + len(self.taxes)


def writer(url: str, templates: list[Template]) -> Callable[[int], Callable[[int], None]]:
    """A worker factory: each thread owns one connection and copies one tenant's template."""

    def worker(index: int) -> Callable[[int], None]:
        connection = psycopg.connect(url, options=WIDE)
        template = templates[index % len(templates)]

        def once(_: int) -> None:
            with connection.transaction(), connection.cursor() as cursor:
                _copy(cursor, template)

        return once

    return worker


def _copy(cursor: psycopg.Cursor, template: Template) -> None:
    invoice = dict(template.invoice, uuid=uuid.uuid4(), public_token=secrets.token_urlsafe(16))
    invoice["number"] = None
    invoice_id = _insert(cursor, "billing_invoice", [invoice], "id")
    _insert(
        cursor,
        "billing_invoiceline",
        [dict(row, invoice_id=invoice_id, uuid=uuid.uuid4()) for row in template.lines],
    )
    if template.taxes:
        _insert(
            cursor,
            "billing_invoicetax",
            [dict(row, invoice_id=invoice_id) for row in template.taxes],
        )
    event = dict(
        template.event, uuid=uuid.uuid4(), subject_id=invoice_id, subject_uuid=invoice["uuid"]
    )
    _insert(cursor, "core_event", [event])
    _insert(
        cursor,
        "integrations_idempotencyrecord",
        [dict(template.record, key=secrets.token_hex(16))],
    )
    register = template.register
    cursor.execute(
        "update billing_numbercounter set last=last+1 where series_id=%s and period=%s"
        " returning last",
        [register["series_id"], register["period"]],
    )
    n = cursor.fetchone()[0]
    number = f"INV-{register['period']}-{n:03}"
    row = dict(register, n=n, number=number, document_id=invoice_id)
    _insert(cursor, "billing_numberregister", [row])
    cursor.execute("update billing_invoice set number=%s where id=%s", [number, invoice_id])


def _insert(
    cursor: psycopg.Cursor, table: str, rows: list[Row], returning: str = ""
) -> object | None:
    columns = [name for name in rows[0] if name != "id"]
    values = [_plain(row[name]) for row in rows for name in columns]
    one = sql.SQL("({})").format(sql.SQL(",").join([sql.Placeholder()] * len(columns)))
    query = sql.SQL("insert into {} ({}) values {}").format(
        sql.Identifier(table),
        sql.SQL(",").join(map(sql.Identifier, columns)),
        sql.SQL(",").join([one] * len(rows)),
    )
    if returning:
        query += sql.SQL(" returning {}").format(sql.Identifier(returning))
    cursor.execute(query, values)
    return cursor.fetchone()[0] if returning else None


def _plain(value: object) -> object:
    return Jsonb(value) if isinstance(value, dict | list) else value
