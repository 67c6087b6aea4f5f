"""The embedded default, for real: one server process on SQLite that does everything."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.installations import migrated_sqlite
from tests.integrations.receivers import Receiver

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]

# Another process writes; the server's own scheduler has to find it.
SCENE = """
import sys, django
from decimal import Decimal
django.setup()
from django.utils import timezone
from accounts.actors import system_actor
from accounts.operations.organizations import create_organization
from billing.operations.customers import create_customer
from billing.operations.invoices import create_invoice
from billing.operations.sending import request_send
from integrations.webhooks.endpoints import create_endpoint
at = timezone.now()
acme = create_organization(at=at, name="Acme", slug="acme", currency="USD")
actor = system_actor(acme.pk)
create_endpoint(actor=actor, at=at, url=sys.argv[1], events=["invoice.created", "invoice.sent"])
buyer = create_customer(actor=actor, at=at, name="Globex", email="ap@globex.test")
invoice = create_invoice(actor=actor, at=at, customer_id=buyer.pk, total=Decimal("12.50"))
request_send(actor=actor, at=at, invoice_id=invoice.pk)
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return bool(json.loads(answer.read())["status"] == "ok")
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Path:
    """The data of an installation, migrated."""
    made = tmp_path_factory.mktemp("installation")
    migrated_sqlite(made / "invoiceapp.sqlite3", django_db_blocker)
    return made


def test_events_of_another_process_become_mail_and_webhooks(folder: Path) -> None:
    """The receiver is down when the first attempt is made, and gets everything later."""
    web, hook = free_port(), free_port()
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    environment = {
        **kept,
        "DJANGO_SETTINGS_MODULE": "invoiceapp.settings.development",
        "DATA_DIR": str(folder),
        "HOST": "127.0.0.1",
        "PORT": str(web),
        "OUTBOUND_ALLOW_CIDRS": "127.0.0.0/8",
    }

    def run(*arguments: str) -> None:
        subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=environment, check=True, timeout=120
        )

    log = (folder / "log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "invoiceapp/gunicorn_conf.py", "invoiceapp.wsgi"],
        cwd=ROOT,
        env=environment,
        stderr=log,
    )
    try:
        wait_until(lambda: is_ready(web))
        run("-c", SCENE, f"http://127.0.0.1:{hook}/")
        mailbox = folder / "mail"
        wait_until(lambda: len(list(mailbox.glob("*.eml"))) == 1)
        receiver = Receiver(port=hook)
        wait_until(lambda: len(receiver.received) == 2)
        receiver.close()
    finally:
        server.send_signal(signal.SIGTERM)
        code = server.wait(timeout=60)
        log.close()
    assert code == 0
    names = sorted(json.loads(one.body)["type"] for one in receiver.received)
    assert names == ["invoice.created", "invoice.sent"]
    (path,) = mailbox.glob("*.eml")
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message["To"] == "ap@globex.test"
    assert "Traceback" not in (folder / "log").read_text()
