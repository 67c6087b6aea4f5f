"""Run every measurement and print one table.

    DATABASE_URL=postgres://… [REDIS_URL=redis://…] python -m benchmarks

BENCH_SECONDS (8) is the length of each measured stretch, BENCH_INVOICES (20000) the size of
the list's table, BENCH_CONNECTIONS (8) the load.
"""

import json
import os
import secrets

import django
import psycopg

from benchmarks import bare, servers, stage
from benchmarks.load import Result, drive, drive_http

SECONDS = int(os.environ.get("BENCH_SECONDS", "8"))
INVOICES = int(os.environ.get("BENCH_INVOICES", "20000"))
CONNECTIONS = int(os.environ.get("BENCH_CONNECTIONS", "8"))
ROWS = 1_000
_LINES = [{"description": f"Line {n}", "quantity": n + 1, "unit_price": 19.99} for n in range(5)]


def main() -> None:
    url = stage.make_database()
    django.setup()
    tenants = stage.make_tenants()
    with servers.product() as port:
        _once_each(port, tenants)
        templates = [bare.Template(url, tenant) for tenant in tenants]
        print(f"one create writes {templates[0].rows} rows")
        spread = drive_http(port, _creating(tenants), CONNECTIONS, SECONDS)
        single = drive_http(port, _creating(tenants[:1]), CONNECTIONS, SECONDS)
        alone = drive_http(port, _creating(tenants[:1]), 1, SECONDS)
        bulk = drive_http(port, _creating_many(tenants[0]), 1, SECONDS)
    floor = drive(bare.writer(url, templates), 16, SECONDS)
    _show("create, bare psycopg, 16 connections", floor, floor)
    _show(f"create over HTTP, {len(tenants)} tenants", spread, floor)
    _show("create over HTTP, one tenant", single, spread)
    _show("create over HTTP, one after the other", alone, alone)
    many = ROWS * bulk.per_second
    times = many / alone.per_second
    print(f"{f'bulk create, {ROWS:,} in one request':48} {many:8.0f} /s  {times:.1f} × one by one")

    _fill(url, tenants[0])
    with servers.raw(tenants[0].organization_id) as port:
        path = f"/{tenants[0].organization_id}"
        base = drive_http(port, lambda *_: ("GET", path, None, {}), CONNECTIONS, SECONDS)
    with servers.product() as port:
        listing = drive_http(port, _listing(tenants[0]), CONNECTIONS, SECONDS)
    _show(f"list of 25 of {INVOICES}, raw WSGI and psycopg", base, base)
    _show(f"list of 25 of {INVOICES}, GET /v1/invoices", listing, base)
    _pdf()


def _creating_many(tenant: stage.Tenant):
    one = {"customer_id": tenant.customer, "line_items": _LINES}
    body = json.dumps({"invoices": [one] * ROWS}).encode()
    headers = {"Authorization": f"Bearer {tenant.api_key}", "Content-Type": "application/json"}

    def make(*_: int):
        return "POST", "/v1/invoices/bulk", body, {**headers, "X-Idempotency-Key": _key()}

    return make


def _key() -> str:
    return secrets.token_hex(16)


def _creating(tenants: list[stage.Tenant]):
    def make(connection: int, _: int):
        tenant = tenants[connection % len(tenants)]
        body = json.dumps({"customer_id": tenant.customer, "line_items": _LINES}).encode()
        headers = {
            "Authorization": f"Bearer {tenant.api_key}",
            "Content-Type": "application/json",
            "X-Idempotency-Key": _key(),
        }
        return "POST", "/v1/invoices", body, headers

    return make


def _listing(tenant: stage.Tenant):
    headers = {"Authorization": f"Bearer {tenant.api_key}"}
    return lambda *_: ("GET", "/v1/invoices?limit=25", None, headers)


def _once_each(port: int, tenants: list[stage.Tenant]) -> None:
    for index in range(len(tenants)):
        result = drive_http(port, _creating(tenants[index : index + 1]), 1, 0.3)
        if result.errors:
            raise SystemExit(f"creating does not work: {result.errors[0]}")


def _fill(url: str, tenant: stage.Tenant) -> None:
    template = bare.Template(url, tenant)
    columns = [name for name in template.invoice if name not in ("id", "uuid", "public_token")]
    columns.remove("number")
    listed = ", ".join(columns)
    with psycopg.connect(url, autocommit=True, options=bare.WIDE) as connection:
        connection.execute(
            f"insert into billing_invoice ({listed}, uuid, public_token, number)"
            f" select {listed}, gen_random_uuid(), md5(n::text || random()), 'OLD-' || n"
            " from billing_invoice, generate_series(1, %s) n where id = %s",
            [INVOICES, template.invoice["id"]],
        )
        connection.execute("vacuum analyze")


def _pdf() -> None:
    from benchmarks import pdf
    from benchmarks.scene import twenty_line_invoice
    from billing.documents import invoice_pdf

    invoice = twenty_line_invoice()
    ours = pdf.median_ms(lambda: invoice_pdf(invoice, public_url="https://billing.example/i/x"))
    floor = pdf.median_ms(pdf.bare_canvas)
    print(f"{'PDF, 20 lines, bare canvas':48} {floor:8.1f} ms")
    print(f"{'PDF, 20 lines, the invoice':48} {ours:8.1f} ms   {ours / floor:.2f} × the canvas")


def _show(name: str, result: Result, base: Result) -> None:
    if result.errors:
        print(f"{name}: {len(result.errors)} errors, such as {result.errors[0]}")
    share = "" if result is base else f"   {100 * result.per_second / base.per_second:.0f} %"
    print(
        f"{name:48} {result.per_second:8.0f} /s  p50 {result.p50_ms:.1f} ms"
        f"  p99 {result.p99_ms:.1f} ms{share}"
    )


if __name__ == "__main__":
    main()
