"""How long the staff pages take in an organization of many invoices, and what they weigh.

    DATABASE_URL=postgres://… python -m benchmarks.pages

BENCH_INVOICES (100000) is its size, BENCH_OTHERS (50) how many more share its tables. Each
page is asked for REPEATS times, one after the other, through the whole product but without a
network: median and 95th percentile in milliseconds, processor milliseconds of the web process,
statements, and bytes of HTML. BENCH_KEEP=1 measures the database of the last run again.
"""

import os
import statistics
import time

import django
from django.core.management import call_command
from django.db import connection
from django.test import Client

from benchmarks import plans, stage

REPEATS = 60
# What a page may take at the median, and what a list may weigh.
DUE_MS, DUE_BYTES = 150, 60_000
EMAIL = "bench@acme.example"

PAGES = {
    "dashboard": "/",
    "list": "/invoices",
    "list, overdue": "/invoices?status=overdue",
    "list, by amount due": "/invoices?sort=-total",
    "list, by customer": "/invoices?sort=customer",
    "list, searched": "/invoices?q={number}",
    "list, two letters": "/invoices?q=zq",
    "payments, searched": "/payments?q={number}",
    "customers": "/customers",
    "detail": "/invoices/{uuid}",
    "customer": "/customers/{customer}",
    "search, number": "/search?q={number}",
    "search, name": "/search?q={name}",
    "search, amount": "/search?q={amount}",
    "search, a syllable": "/search?q=alba",
    "search, one letter": "/search?q=a",
}


def main() -> None:
    stage.TENANTS = 1
    is_kept = os.environ.get("BENCH_KEEP") == "1"
    stage.make_database(is_kept=is_kept)
    django.setup()
    # Pages name their style sheets by what is in them.
    call_command("collectstatic", interactive=False, verbosity=0)
    if not is_kept:
        plans.make_books()

    from django.conf import settings
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from accounts.models import Membership, Organization, User
    from accounts.operations.users import create_user
    from billing.models import Invoice
    from core.money import from_minor

    settings.ALLOWED_HOSTS = ["testserver"]
    at = timezone.now()
    organization = Organization.objects.get(slug="bench-0")
    user = User.objects.filter(email=EMAIL).first()
    if user is None:
        user = create_user(at=at, email=EMAIL, password="a long enough password")
        Membership.objects.create(
            organization=organization, user=user, role="owner", created_at=at, updated_at=at
        )
    rows = Invoice.objects.of(organization.pk).exclude(number=None)
    sample = rows.select_related("customer").order_by("-pk")[1_000]
    known = {
        "number": sample.number,
        "uuid": sample.uuid,
        "customer": sample.customer.uuid,
        "name": sample.customer.name,
        "amount": from_minor(sample.total, sample.currency),
    }
    client = Client()
    client.force_login(user)
    print(f"{plans.INVOICES:,} invoices, {plans.OTHERS} other organizations, {REPEATS} times each")
    print(f"{'page':24}{'median ms':>10}{'p95 ms':>10}{'cpu ms':>8}{'asked':>8}{'bytes':>9}")
    for name, path in PAGES.items():
        address = path.format(**known)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address)
        if page.status_code != 200:
            raise SystemExit(f"{address} answered {page.status_code}")
        # Each later request forgets what was asked before it.
        statements = len(asked)
        busy = time.process_time()
        times = sorted(_timed(client, address) for _ in range(REPEATS))
        busy = (time.process_time() - busy) * 1_000 / REPEATS
        median, late = statistics.median(times), times[REPEATS * 95 // 100]
        is_over = median > DUE_MS or ("list" in name and len(page.content) > DUE_BYTES)
        print(
            f"{name:24}{median:10.1f}{late:10.1f}{busy:8.1f}{statements:8}{len(page.content):9,}"
            f"{'  OVER' if is_over else ''}"
        )


def _timed(client: Client, address: str) -> float:
    started = time.perf_counter()
    client.get(address)
    return (time.perf_counter() - started) * 1_000


if __name__ == "__main__":
    main()
