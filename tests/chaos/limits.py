"""`make limits`: 4 processes × 64 connections against each rate limit.

Each limit lets through exactly what it says, counted in Redis and, without it, in PostgreSQL.
Needs DATABASE_URL (PostgreSQL, migrated or empty) and REDIS_URL; what it makes stays behind in
an organization of its own.
"""

import http.client
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.processes import BIN, Process, free_port, wait_until_ready

PROCESSES, CONNECTIONS = 4, 64
# So many more than the limit are sent that every connection is refused at the end.
BEYOND = 1.2
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Target:
    """One limit: who asks for what, how much is let through, in how many seconds."""

    name: str
    path: str
    headers: dict[str, str]
    limit: int
    seconds: int
    # What is sent to write; reading when there is none.
    body: bytes = b""

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"


def main() -> int:
    redis = os.environ.pop("REDIS_URL", "")
    if not redis or not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        print("DATABASE_URL (PostgreSQL) and REDIS_URL are needed.")
        return 2
    home = Path(tempfile.mkdtemp(prefix="invoiceapp-limits-"))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "invoiceapp.settings.development",
        "DATA_DIR": str(home),
        "LOG_LEVEL": "ERROR",
        "EMBEDDED_WORKER": "false",
    }
    is_exact = True
    for store, url in (("Redis", redis), ("PostgreSQL", "")):
        port = free_port()
        environment = {"PORT": str(port), "WEB_CONCURRENCY": "4", "WEB_THREADS": "8"}
        server = Process(
            "web",
            [str(BIN / "gunicorn"), "-c", "invoiceapp/gunicorn_conf.py", "invoiceapp.wsgi"],
            environment | ({"REDIS_URL": url} if url else {}),
            home / "web.log",
        )
        for target in _targets():
            server.start()
            try:
                wait_until_ready(f"http://127.0.0.1:{port}")
                is_exact &= _hold(target, port, store)
            finally:
                server.stop()
    return 0 if is_exact else 1


def _hold(target: Target, port: int, store: str) -> bool:
    """Print and say whether exactly the limit was let through, within one window."""
    for _ in range(3):
        # Begin with a window: whoever crosses into the next is rightly let through again.
        time.sleep(target.seconds - time.time() % target.seconds if target.seconds <= 60 else 0)
        began = time.time()
        found = _storm(target, port)
        took = time.time() - began
        if began // target.seconds == time.time() // target.seconds:
            break
    allowed = sum(count for status, count in found.items() if status != 429)
    strange = {status: count for status, count in found.items() if status not in (200, 201, 429)}
    verdict = "exact" if allowed == target.limit and not strange else f"WRONG {dict(found)}"
    print(
        f"{store:<11}{target.name:<24}limit {target.limit:>6}  sent {sum(found.values()):>6}"
        f"  allowed {allowed:>6}  in {took:4.1f} s  {verdict}"
    )
    return verdict == "exact"


def _storm(target: Target, port: int) -> Counter[int]:
    each = int(target.limit * BEYOND) // (PROCESSES * CONNECTIONS) + 1
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    children = [
        context.Process(target=_clients, args=(target, port, each, queue)) for _ in range(PROCESSES)
    ]
    for child in children:
        child.start()
    found: Counter[int] = Counter()
    for _ in children:
        found.update(queue.get(timeout=300))
    for child in children:
        child.join()
    return found


def _clients(target: Target, port: int, each: int, queue: "multiprocessing.Queue[object]") -> None:
    found: Counter[int] = Counter()
    lock = threading.Lock()

    def ask() -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for _ in range(each):
            link.request(target.method, target.path, target.body, target.headers)
            answer = link.getresponse()
            answer.read()
            with lock:
                found[answer.status] += 1
        link.close()

    crowd = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    queue.put(found)


def _targets() -> list[Target]:
    """Fresh keys each time, so that no earlier request counts."""
    import django

    django.setup()

    from django.core.management import call_command
    from django.utils import timezone

    from accounts.models import ApiKey, Organization
    from accounts.operations.api_keys import create_api_key
    from accounts.operations.organizations import create_organization
    from accounts.scopes import SCOPES
    from core.ids import random_text

    call_command("migrate", verbosity=0)
    now, slug = timezone.now(), f"limits-{random_text(8).lower()}"
    targets = []
    for plan, limit in (("starter", 100), ("professional", 1_000), ("enterprise", 10_000)):
        made = create_organization(at=now, name="Limits", slug=f"{slug}-{plan}", currency="USD")
        Organization.objects.filter(pk=made.pk).update(plan=plan)

        def key(dialect: str, organization_id: int = made.pk) -> tuple[ApiKey, str]:
            return create_api_key(
                actor=None,
                at=now,
                organization_id=organization_id,
                name="Limits",
                dialect=dialect,
                scopes=tuple(SCOPES),
            )

        bearer = {"Authorization": f"Bearer {key('enterprise')[1]}"}
        targets.append(Target(f"/v1 {plan}", "/v1/products", bearer, limit, 60))
    hourly = {"Authorization": f"Bearer {key('backoffice')[1]}"}
    invois = {"X-Invois-Key": key("directory")[1]}
    paired, secret = key("wallet")
    pair = {"x-client-key": paired.client_key, "x-client-secret": secret}
    product = b'{"name": "Limits", "price": 1, "currency": "USD"}'
    return [
        *targets,
        Target("/api/v2", "/api/v2/products", hourly, 1_000, 3_600),
        Target("/api/integrations", "/api/integrations/users", invois, 1_000, 60),
        Target("/api/v0 reading", "/api/v0/products", pair, 1_000, 60),
        Target("/api/v0 writing", "/api/v0/products", pair | _JSON, 100, 60, product),
    ]


if __name__ == "__main__":
    sys.exit(main())
