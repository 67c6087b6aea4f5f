"""What every list, filter, order, search and report costs the database, and by which index.

    DATABASE_URL=postgres://… python -m benchmarks.plans

BENCH_INVOICES (100000) is the size of the organization that is asked, BENCH_OTHERS (50) how
many more share its tables. Each request goes through the product; the statements it sent are
then explained and timed by the database itself. A sequential scan of a big table is a failure,
but for words of one or two letters: a trigram has three, and so their rows are read.
"""

import datetime
import json
import os
import statistics
import sys
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import django
from django.db import connection
from django.test import Client

from benchmarks import stage

INVOICES = int(os.environ.get("BENCH_INVOICES", "100000"))
OTHERS = int(os.environ.get("BENCH_OTHERS", "50"))
STORIES, REPEATS = 40, 7
# Milliseconds of the database: what is due for a list and for a report.
LIST_DUE, REPORT_DUE = 10, 50
BIG = {
    f"billing_{name}"
    for name in (
        "customer",
        "invoice",
        "invoiceline",
        "invoicetax",
        "payment",
        "allocation",
        "journalentry",
        "posting",
        "customer_search",
        "invoice_search",
        "payment_search",
    )
}

LISTS = """
/invoices
/invoices?sort=created_at
/invoices?sort=updated_at
/invoices?sort=-issue_date
/invoices?sort=due_date
/invoices?sort=-total
/invoices?sort=-amount_due
/invoices?sort=number
/invoices?sort=-due_date,number
/invoices?sort=-total&cursor={cursor_total}
/invoices?sort=-amount_due&cursor={cursor_amount_due}
/invoices?sort=number&cursor={cursor_number}
/invoices?starting_after={invoice}
/invoices?ending_before={invoice}
/invoices?status=draft
/invoices?status=sent
/invoices?status=partially_paid
/invoices?status=paid
/invoices?status=overdue
/invoices?status=overdue&sort=-due_date
/invoices?status=void
/invoices?status=uncollectible
/invoices?status=viewed
/invoices?customer_id={customer}
/invoices?customer_id={customer}&status=overdue
/customers/{customer}/invoices
/invoices?number={number}
/invoices?currency=EUR
/invoices?issue_date[gte]={month}&issue_date[lt]={next_month}
/invoices?due_date={month}
/invoices?created_at[gte]={month}
/invoices?updated_at[gte]={month}&sort=updated_at
/invoices?paid_at[gte]={month}&sort=-created_at
/invoices?total[gte]=5600
/invoices?amount_due[gt]=5600
/invoices?search={number}
/invoices?search={suffix}
/invoices?search={name}
/invoices?search={name}&search_fields=customer.name
/invoices?search={number}&search_fields=number
/invoices?search=inv
/invoices?search=order%20ref
/invoices?search=nothing-like-it
/invoices?search=zq
/invoices?search=%25
/invoices?search={name}&status=overdue
/invoices?expand=customer,line_items,payments.customer
/customers
/customers?sort=name
/customers?sort=-email
/customers?sort=-updated_at
/customers?status=archived
/customers?email=ap77@customer.example
/customers?search={name}
/customers?search=ap77@
/payments
/payments?sort=-payment_date
/payments?sort=-amount
/payments?sort=updated_at
/payments?invoice_id={paid_invoice}
/payments?customer_id={customer}
/payments?status=failed
/payments?status=refunded
/payments?payment_method=cash
/payments?payment_method=paypal
/payments?payment_date={month}
/payments?amount[gte]=5600
/payments?search={number}
/payments?search={name}
/payments?search=transfer
/products
/products?sort=name
/products?search=hosting
/tax-profiles
/invoices/{invoice}
/customers/{customer}
""".strip().splitlines()
SHORT_WORDS = {"/invoices?search=zq", "/invoices?search=%25"}
REPORTS = """
/reports/aging
/reports/aging?as_of_date={month}
/reports/sales?start_date={year_ago}&end_date={today}
/reports/sales?start_date={year_ago}&end_date={today}&group_by=customer
/reports/tax?start_date={quarter_ago}&end_date={today}
/reports/tax?start_date={quarter_ago}&end_date={today}&basis=cash
/reports/tax?start_date={year_ago}&end_date={today}
/reports/payments?start_date={quarter_ago}&end_date={today}
/reports/cash-flow
""".strip().splitlines()


@dataclass
class Cost:
    """What one request cost: milliseconds of its page and of its count, and how it was found."""

    page_ms: float = 0.0
    count_ms: float = 0.0
    statements: int = 0
    indexes: list[str] = field(default_factory=list)
    scans: set[str] = field(default_factory=set)


def main() -> None:
    stage.TENANTS = 1
    stage.make_database()
    django.setup()
    ask = Asking(make_books())
    base = ask.cost("/invoices").page_ms
    failures = 0
    print(f"{INVOICES:,} invoices of one organization, {OTHERS} others; database ms, median")
    print(f"{'request':78}{'page':>8}{'count':>8}{'× first':>9}  by")
    for due, paths in ((LIST_DUE, LISTS), (REPORT_DUE, REPORTS)):
        for path in paths:
            found = ask.cost(path)
            late = "" if found.page_ms <= due else f"  OVER {due}"
            scans = f"  SEQ SCAN {', '.join(sorted(found.scans))}" if found.scans else ""
            failures += bool(found.scans) and path not in SHORT_WORDS
            by = ", ".join(dict.fromkeys(found.indexes)) or "-"
            print(
                f"{path:78}{found.page_ms:8.2f}{found.count_ms:8.2f}"
                f"{found.page_ms / base:8.1f}×  {by[:90]}{late}{scans}"
            )
    sys.exit(1 if failures else 0)


def make_books() -> stage.Tenant:
    """One organization of INVOICES, and OTHERS of 2,000 each."""
    from django.utils import timezone

    from accounts.models import Organization
    from accounts.operations.organizations import create_organization
    from benchmarks import books

    (tenant,) = stage.make_tenants()
    books.tell_stories(Organization.objects.get(pk=tenant.organization_id), STORIES)
    others = []
    for number in range(OTHERS):
        other = create_organization(
            at=timezone.now(), name=f"Other {number}", slug=f"other-{number}", currency="USD"
        )
        books.tell_stories(other, 10)
        others.append(other.pk)
    books.copy_stories([tenant.organization_id], INVOICES // STORIES)
    books.copy_stories(others, 200)
    with connection.cursor() as cursor:
        # As the server itself does after so much writing, sooner or later.
        cursor.execute("VACUUM")
    return tenant


class Asking:
    """Requests of one organization, and what the database says about each."""

    def __init__(self, tenant: stage.Tenant) -> None:
        self._client = Client(headers={"Authorization": f"Bearer {tenant.api_key}"})
        self._known = self._samples(tenant)

    def cost(self, path: str) -> Cost:
        """Send it, then explain and time the statements that it took."""
        statements: list[tuple[str, Any]] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if sql.startswith("SELECT"):
                statements.append((sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            self._get(path.format(**self._known))
        found = Cost(statements=len(statements))
        for sql, params in statements:
            plan, milliseconds = _explained(sql, params)
            if sql.startswith("SELECT COUNT"):
                found.count_ms += milliseconds
            else:
                found.page_ms += milliseconds
            _look(plan, found)
        return found

    def _get(self, path: str) -> Any:
        from django.core.cache import cache

        cache.clear()
        response = self._client.get(f"/v1{path}", headers={"Host": "127.0.0.1"})
        if response.status_code != 200:
            raise SystemExit(f"{path}: {response.status_code} {response.content[:300]!r}")
        return json.loads(response.content)

    def _samples(self, tenant: stage.Tenant) -> dict[str, str]:
        today = datetime.datetime.now(datetime.UTC).date()
        rows = self._get("/invoices?status=sent&limit=100")["data"]
        shown = rows[77]
        paid = self._get("/invoices?status=paid&limit=100")["data"][77]
        samples = {
            "invoice": shown["id"],
            "paid_invoice": paid["id"],
            "customer": paid["customer"]["id"],
            "number": quote(paid["number"]),
            "suffix": quote(paid["number"][-7:]),
            "name": quote(paid["customer"]["name"]),
            "today": today.isoformat(),
            "month": (today - datetime.timedelta(days=400)).isoformat(),
            "next_month": (today - datetime.timedelta(days=370)).isoformat(),
            "year_ago": (today - datetime.timedelta(days=364)).isoformat(),
            "quarter_ago": (today - datetime.timedelta(days=90)).isoformat(),
        }
        for name, sort in (
            ("total", "-total"),
            ("amount_due", "-amount_due"),
            ("number", "number"),
        ):
            page = self._get(f"/invoices?sort={sort}&limit=100")
            samples[f"cursor_{name}"] = quote(page["next_cursor"])
        return samples


def _explained(sql: str, params: Any) -> tuple[dict[str, Any], float]:
    times, plan = [], {}
    with connection.cursor() as cursor:
        for _ in range(REPEATS):
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {sql}", params)
            ((shown,),) = cursor.fetchall()
            if isinstance(shown, str):
                shown = json.loads(shown)
            plan = shown[0]["Plan"]
            times.append(shown[0]["Execution Time"] + shown[0]["Planning Time"])
    return plan, statistics.median(times)


def _look(node: dict[str, Any], found: Cost) -> None:
    if "Index Name" in node:
        found.indexes.append(node["Index Name"].removeprefix("billing_"))
    if node["Node Type"] == "Seq Scan" and node.get("Relation Name") in BIG:
        found.scans.add(node["Relation Name"])
    for below in node.get("Plans", ()):
        _look(below, found)


if __name__ == "__main__":
    main()
