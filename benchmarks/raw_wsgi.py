"""The baseline for reading: WSGI and psycopg, nothing between them but one query and json."""

import json
import os
import threading

import psycopg

from benchmarks.bare import WIDE

_local = threading.local()
_QUERY = """
select i.uuid::text, i.number, i.status, i.total, i.due_date::text, i.currency,
       c.uuid::text, c.name, c.email
from billing_invoice i join billing_customer c on c.id = i.customer_id
where i.organization_id = %s order by i.created_at desc, i.id desc limit 26
"""
_NAMES = [
    "id",
    "number",
    "status",
    "total",
    "due_date",
    "currency",
    "customer_id",
    "customer_name",
    "customer_email",
]


def application(environ, start_response):
    connection = getattr(_local, "connection", None)
    if connection is None:
        connection = _local.connection = psycopg.connect(
            os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=1, options=WIDE
        )
    organization = int(environ["PATH_INFO"].rpartition("/")[2])
    rows = connection.execute(_QUERY, [organization]).fetchall()
    data = [dict(zip(_NAMES, row, strict=True)) for row in rows[:25]]
    body = json.dumps({"object": "list", "data": data, "has_more": len(rows) > 25}).encode()
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]
