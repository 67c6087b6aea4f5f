"""Kill web and worker processes while thousands of invoices are created, then count.

    DATABASE_URL=postgres://… REDIS_URL=redis://… python -m tests.chaos.campaign

Sizes come from CHAOS_CREATES (10000), CHAOS_KILLS (24), CHAOS_CLIENTS (12) and CHAOS_SEED (1).
Uses a database of its own on the given server and the given Redis database, which it flushes.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from queue import Queue
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
import redis

from tests.chaos.clients import Client, Journal
from tests.chaos.processes import BIN, ROOT, Process, free_port, wait_until_ready
from tests.chaos.receiver import Receiver

CREATES = int(os.environ.get("CHAOS_CREATES", "10000"))
KILLS = int(os.environ.get("CHAOS_KILLS", "24"))
CLIENTS = int(os.environ.get("CHAOS_CLIENTS", "12"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
DATABASE = "invoiceapp_chaos"


def main() -> int:
    server, broker = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    if not server.startswith("postgres") or not broker:
        print("make chaos needs DATABASE_URL=postgres://… and REDIS_URL=redis://…")
        return 2
    folder = Path(tempfile.mkdtemp(prefix="invoiceapp-chaos-"))
    environment = _environment(server, broker, folder)
    os.environ.update(environment)
    subprocess.run(
        [BIN / "python", "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True
    )
    django.setup()
    from tests.chaos import scene  # models exist only now

    receiver = Receiver()
    stage = scene.build(receiver)
    port = int(environment["PORT"])
    processes = _processes(environment, folder)
    for process in processes:
        process.start()
    try:
        wait_until_ready(f"http://127.0.0.1:{port}")
        journal = Journal()
        seconds = _load(port, stage, journal, processes, broker)
        settled = scene.wait_until_quiet(stage.organization_id)
    finally:
        for process in processes:
            process.stop()
    return _report(stage, journal, receiver, processes, seconds, settled, folder)


def _environment(server: str, broker: str, folder: Path) -> dict[str, str]:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"drop database if exists {DATABASE} with (force)")
        connection.execute(f"create database {DATABASE}")
    redis.Redis.from_url(broker).flushdb()
    own = urlunsplit(urlsplit(server)._replace(path=f"/{DATABASE}"))
    return {
        "DATABASE_URL": own,
        "REDIS_URL": broker,
        "DATA_DIR": str(folder),
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "OUTBOUND_ALLOW_CIDRS": "127.0.0.0/8",
        "DJANGO_SETTINGS_MODULE": "invoiceapp.settings.development",
        "WEB_CONCURRENCY": "2",
        "LOG_LEVEL": "WARNING",
    }


def _processes(environment: dict[str, str], folder: Path) -> list[Process]:
    python, celery = str(BIN / "python"), str(BIN / "celery")
    commands = {
        "web": [python, "-m", "gunicorn", "-c", "invoiceapp/gunicorn_conf.py", "invoiceapp.wsgi"],
        "worker": [celery, "-A", "invoiceapp", "worker", "-c", "2", "--loglevel", "WARNING"],
        "beat": [celery, "-A", "invoiceapp", "beat", "-s", str(folder / "beat")],
    }
    return [
        Process(name, command, environment, folder / f"{name}.log")
        for name, command in commands.items()
    ]


def _load(port: int, stage, journal: Journal, processes: list[Process], broker: str) -> float:
    keys: Queue[str] = Queue()
    for number in range(CREATES):
        keys.put(f"chaos-{number}")
    chance = random.Random(SEED)
    clients = [Client(port, stage.api_key, stage.customers, keys, journal) for _ in range(CLIENTS)]
    started = time.monotonic()
    for client in clients:
        client.start()
    flushed = False
    for kill in range(1, KILLS + 1):
        # Spread over the work, not over the clock: slow machines get their kills too.
        while len(journal.answers) < CREATES * kill / (KILLS + 1) and any(
            c.is_alive() for c in clients
        ):
            time.sleep(0.05)
        victim = processes[0 if kill % 2 else 1]
        if kill % 3 == 0 or not victim.kill_one_child():
            victim.kill_all()
        if not flushed and kill >= KILLS // 2:
            redis.Redis.from_url(broker).flushall()
            flushed = True
        time.sleep(chance.uniform(0, 0.3))
    for client in clients:
        client.join()
    return time.monotonic() - started


def _report(stage, journal, receiver, processes, seconds, settled, folder) -> int:
    from django.core.management import call_command

    from tests.chaos.verdict import judge

    kills = ", ".join(f"{p.name} {p.kills}" for p in processes)
    print(f"{len(journal.answers)} creates in {seconds:.0f} s, {journal.retries} retries")
    print(f"kills: {kills}; one FLUSHALL; quiet {settled:.0f} s after the last answer")
    repeats = sum(receiver.seen.values()) - len(receiver.seen)
    print(f"{len(receiver.seen)} events delivered, {repeats} delivered more than once (allowed)")
    broken = judge(stage.organization_id, journal, receiver)
    for name, rows in broken.items():
        print(f"  {len(rows):6d}  {name}" + (f", such as {rows[0]}" if rows else ""))
    call_command("verify_ledger")
    failed = any(broken.values()) or len(journal.answers) != CREATES
    print(f"FAILED; logs in {folder}" if failed else "PASSED")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
