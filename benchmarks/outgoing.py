"""What goes out: webhooks and mails per second of one process, against a bare sender.

    DATABASE_URL=postgres://… python -m benchmarks.outgoing

BENCH_DELIVERIES (20000) and BENCH_MAILS (400) are the backlogs, BENCH_LOAD_SECONDS (20) the
length of the stretch under load. Sinks are processes of their own that answer at once.
"""

import asyncio
import os
import smtplib
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django

from benchmarks import servers, stage
from benchmarks.load import drive_http

DELIVERIES = int(os.environ.get("BENCH_DELIVERIES", "20000"))
MAILS = int(os.environ.get("BENCH_MAILS", "400"))
LOAD_SECONDS = int(os.environ.get("BENCH_LOAD_SECONDS", "20"))
LOAD_SHARE = 0.7
# Enough that four requests at a time to each fill all slots.
ENDPOINTS_PER_TENANT = 4
CONNECTIONS = 64


def main() -> None:
    stage.make_database()
    with sink("http") as http_port, sink("smtp") as smtp_port:
        os.environ.update(
            OUTBOUND_ALLOW_CIDRS="127.0.0.0/8", EMAIL_URL=f"smtp://127.0.0.1:{smtp_port}"
        )
        django.setup()
        tenants = stage.make_tenants()
        endpoints = _subscribe(tenants, f"http://127.0.0.1:{http_port}/hook")
        _deliveries(endpoints, http_port)
        _first_attempts(tenants)
        _mails(tenants, smtp_port)


@contextmanager
def sink(kind: str) -> Iterator[int]:
    """The port of a sink that runs until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = subprocess.Popen([sys.executable, "-m", "benchmarks.sink", kind, str(port)])
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        child.terminate()
        child.wait()


def _subscribe(tenants: list[stage.Tenant], url: str) -> list[Any]:
    from django.utils import timezone

    from accounts.actors import system_actor
    from integrations.webhooks.endpoints import create_endpoint

    return [
        create_endpoint(
            actor=system_actor(tenant.organization_id),
            at=timezone.now(),
            url=url,
            events=["invoice.created"],
        )
        for tenant in tenants
        for _ in range(ENDPOINTS_PER_TENANT)
    ]


def _deliveries(endpoints: list[Any], port: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from core.ids import uuid7
    from integrations.models import WebhookAttempt, WebhookDelivery
    from integrations.webhooks.delivery import deliver_due

    body = '{"id":"evt_1","object":"event","data":{"object":{"pad":"' + "x" * 1_500 + '"}}}'
    base = min(_bare_posts(port, body.encode()) for _ in range(2))
    at = timezone.now()
    WebhookDelivery.objects.bulk_create(
        [
            WebhookDelivery(
                uuid=uuid7(),
                organization_id=endpoint.organization_id,
                endpoint=endpoint,
                event_type="invoice.created",
                body=body,
                created_at=at,
                next_attempt_at=at,
            )
            for n in range(DELIVERIES)
            for endpoint in (endpoints[n % len(endpoints)],)
        ],
        batch_size=1_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze integrations_webhookdelivery")
    began, cpu = time.perf_counter(), time.process_time()
    made = deliver_due(timezone.now, budget_seconds=600)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    recorded = WebhookAttempt.objects.filter(response_code=200).count()
    # On a machine that is too busy an attempt may run into its deadline, and is made again.
    if recorded != DELIVERIES:
        raise SystemExit(f"{made} made, {recorded} recorded, {DELIVERIES} planned")
    floor = DELIVERIES / base
    print(f"{'webhooks, bare aiohttp, 64 connections':48} {floor:8.0f} /s")
    rate = DELIVERIES / seconds
    print(
        f"{'webhooks, signed and recorded, one process':48} {rate:8.0f} /s"
        f"  {1000 * cpu / DELIVERIES:.2f} ms of CPU   {100 * rate / floor:.0f} %"
    )


def _bare_posts(port: int, body: bytes) -> float:
    """Seconds for as many POSTs with nothing around them."""
    import aiohttp

    async def all_of_them() -> None:
        left = iter(range(DELIVERIES))
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def one_after_the_other() -> None:
                for _ in left:
                    async with session.post(f"http://127.0.0.1:{port}/", data=body) as answer:
                        await answer.read()

            await asyncio.gather(*(one_after_the_other() for _ in range(CONNECTIONS)))

    began = time.perf_counter()
    asyncio.run(all_of_them())
    return time.perf_counter() - began


def _first_attempts(tenants: list[stage.Tenant]) -> None:
    """From the commit to the first attempt's answer, while clients create invoices.

    Eight create as fast as they are answered, so both cores are full; then they offer a
    fixed rate, of what they had reached LOAD_SHARE.
    """
    broker = os.environ.get("REDIS_URL", "")
    if not broker:
        print(f"{'webhooks, first attempt under load':48} left out: it needs REDIS_URL")
        return
    worker = [str(stage.BIN / "celery"), "-A", "invoiceapp", "worker", "-c", "2"]
    with servers.product() as port, servers.working(worker):
        _wait_for_the_worker()
        full = _under_load("full", tenants, port, None)
        _under_load("ordinary", tenants, port, LOAD_SHARE * full)


def _under_load(name: str, tenants: list[stage.Tenant], port: int, offered: float | None) -> float:
    """Print what became of the events of one stretch; how many creates a second there were."""
    from benchmarks.__main__ import _creating
    from integrations.models import WebhookAttempt

    seen = WebhookAttempt.objects.count()
    load = drive_http(port, _creating(tenants), 8, LOAD_SECONDS, per_second=offered)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and _is_waiting():
        time.sleep(0.2)
    rows = WebhookAttempt.objects.order_by("pk")[seen:].values_list(
        "attempted_at", "delivery__created_at", "delivery__event__occurred_at"
    )
    waits = [(attempted - occurred).total_seconds() for attempted, _, occurred in rows]
    relayed = [(planned - occurred).total_seconds() for _, planned, occurred in rows]
    print(
        f"{f'webhooks, first attempt under {name} load':48} {len(waits) / LOAD_SECONDS:8.0f} /s"
        f"  p50 {statistics.median(waits):.2f} s  p95 {_p95(waits):.2f} s"
        f" ({_p95(relayed):.2f} s until planned)   at {load.per_second:.0f} creates/s"
    )
    return load.per_second


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[18]


def _wait_for_the_worker() -> None:
    """Until it has done something: its start takes seconds that no event has to wait for."""
    from core.models import WorkerHeartbeat
    from integrations.tasks import heartbeat

    for _ in range(300):
        heartbeat.delay()
        if WorkerHeartbeat.objects.exists():
            return
        time.sleep(0.1)
    raise TimeoutError("the worker did not come up in 30 s")


def _is_waiting() -> bool:
    from core.models import Event
    from integrations.models import WebhookDelivery

    return (
        Event.objects.filter(relayed_at=None).exists()
        or WebhookDelivery.objects.filter(status="pending").exists()
    )


def _mails(tenants: list[stage.Tenant], port: int) -> None:
    from django.utils import timezone

    from accounts.actors import system_actor
    from benchmarks.scene import twenty_line_invoice
    from integrations.mail.delivery import send_due
    from integrations.mail.outgoing import queue_message
    from integrations.models import Message, MessageRecipient

    Message.objects.filter(status="queued").update(status="dropped", next_attempt_at=None)
    invoice = twenty_line_invoice()
    actor = system_actor(invoice.organization_id)
    rates = {}
    for name, with_pdf in (("text and HTML", False), ("with a PDF of 20 lines", True)):
        for _ in range(MAILS):
            queue_message(
                actor=actor,
                at=timezone.now(),
                kind=Message.Kind.INVOICE,
                subject_id=invoice.pk,
                to=["ap@acme.example"],
                attach_pdf=with_pdf,
            )
        began, cpu = time.perf_counter(), time.process_time()
        sent = send_due(timezone.now, budget_seconds=600)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        if sent != MAILS or MessageRecipient.objects.exclude(status="accepted").exists():
            raise SystemExit(f"{sent} of {MAILS} mails sent")
        rates[name] = (MAILS / seconds, 1000 * cpu / MAILS)
    message = Message.objects.filter(subject_id=invoice.pk).latest("pk")
    floor = _bare_mails(port, _drawn(message))
    print(f"{'mail, bare smtplib, one connection':48} {floor:8.0f} /s")
    for name, (rate, cpu) in rates.items():
        print(
            f"{f'mail, {name}':48} {rate:8.0f} /s  {cpu:.1f} ms of CPU   {100 * rate / floor:.0f} %"
        )


def _drawn(message: Any) -> bytes:
    from integrations.mail.letters import write_letter
    from integrations.mail.rendering import render

    letter = write_letter(message)
    if letter is None:
        raise SystemExit("the mail's invoice is gone")
    everyone = list(message.recipients.all())
    drawn = render(
        letter, message_id=message.message_id, recipients=everyone, at=message.created_at
    )
    return drawn.as_bytes()


def _bare_mails(port: int, content: bytes) -> float:
    """The same bytes handed over again and again, drawn once and recorded nowhere."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        began = time.perf_counter()
        for _ in range(MAILS):
            server.sendmail("invoices@bench.example", ["ap@acme.example"], content)
        return MAILS / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
