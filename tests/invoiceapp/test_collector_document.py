"""The collector's document, from the first start on: its curl lines as printed, by curl itself."""

import base64
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integrations.receivers import Receiver

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]
ROOT = Path(__file__).parents[2]
SCENE = """
import django
django.setup()
from django.utils import timezone
from accounts.operations.organizations import create_organization
create_organization(at=timezone.now(), name="Acme", slug="acme", currency="EUR")
"""
# Line for line as the document prints them.
CUSTOMER = 'curl -H "Authorization: Bearer <bearer_token>" http://localhost:8080/api/v1/customer'
USER = r"""curl -X POST http://localhost:8080/api/v1/user \
-H "Authorization: Bearer <bearer_token>" \
-H "Content-Type: application/json" \
-d '{
"email": "user@example.com",
"locale": "fr",
"remote_id": "A1B2C3D4"
}'"""
TEST_CALLBACK = r"""curl -X GET http://localhost:8080/api/v1/test_callback \
-H "Authorization: Bearer <bearer_token>" """
REMOVAL = r"""curl -X DELETE http://localhost:8080/api/v1/user \
-H "Authorization: Bearer <bearer_token>" \
-H "Content-Type: application/json" \
-d '{
"remote_id": "A1B2C3D4"
}'"""


class Served:
    """A server of the product that has just started for the first time."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.folder, self.bearer = port, folder, ""
        self.log = folder / "console.log"

    def printed_bearer(self) -> list[str]:
        pattern = r'Default customer created. Bearer is "([^"]+)". Keep it safe, it will not be'
        return re.findall(pattern, self.log.read_text())

    def run(self, line: str, token: str = "") -> tuple[int, str]:
        """The line in a shell, with the placeholders filled in; its status and what it printed."""
        line = line.replace("<bearer_token>", self.bearer).replace("<token>", token)
        line = line.replace("localhost:8080", f"localhost:{self.port}")
        shell = f"{line.strip()} --silent --write-out '\\n%{{http_code}}'"
        done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True)
        body, _, status = done.stdout.rpartition("\n")
        return int(status), body


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server = Served(probe.getsockname()[1], tmp_path)
    environment = {
        **os.environ,
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "HOST": "127.0.0.1",
        "PORT": str(server.port),
        "ACCESS_LOG": "1",
        "LOG_LEVEL": "DEBUG",
        "OUTBOUND_ALLOW_CIDRS": "127.0.0.0/8",
        "DJANGO_SETTINGS_MODULE": "invoiceapp.settings.development",
    }
    # As an operator does before the first start: pages name their files by what is in them.
    collect = ["manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    for command in (collect, ["manage.py", "migrate", "--verbosity", "0"], ["-c", SCENE]):
        subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True)
    command = [sys.executable, "-m", "gunicorn", "-c", "invoiceapp/gunicorn_conf.py"]
    with server.log.open("w") as console:
        process = subprocess.Popen(
            [*command, "invoiceapp.wsgi"],
            cwd=ROOT,
            env=environment,
            stdout=console,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(1200):
            if server.printed_bearer():
                break
            time.sleep(0.1)
        server.bearer = server.printed_bearer()[0]
        yield server
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_the_document_from_top_to_bottom(served: Served) -> None:
    status, body = served.run(CUSTOMER)
    assert (status, json.loads(body)["name"], json.loads(body)["callback"]) == (200, "default", "")

    status, body = served.run(USER)
    user = json.loads(body)
    assert (status, user["remote_id"], user["locale"]) == (200, "A1B2C3D4", "fr")
    assert re.fullmatch("[0-9a-f]{128}", user["token"])
    letter = next((served.folder / "mail").glob("*.eml")).read_bytes()
    assert b"user@example.com" in letter

    page = "curl http://localhost:8080/api/v1/ui?token=<token>"
    status, body = served.run(page, user["token"])
    assert status == 200 and body.startswith("<!doctype html>") and 'lang="fr"' in body
    example = "curl http://localhost:8080/api/v1/example?token=<token>"
    assert served.run(example, user["token"])[0] == 404

    assert served.run(TEST_CALLBACK)[0] == 400
    receiver = Receiver()
    try:
        set_callback = f"""curl -X POST http://localhost:8080/api/v1/customer \\
        -H "Authorization: Bearer <bearer_token>" -H "Content-Type: application/json" \\
        -d '{{"callback": "{receiver.url}"}}'"""
        assert served.run(set_callback)[0] == 200
        assert served.run(TEST_CALLBACK) == (200, "")
        told = json.loads(receiver.received[0].body)
    finally:
        receiver.close()
    assert (told["type"], told["invoice"]["id"]) == ("invoice", "INV-3337")
    assert base64.b64decode(told["invoice"]["data"]).startswith(b"%PDF")

    assert served.run(REMOVAL) == (200, "")
    assert served.run(page, user["token"])[0] == 401

    log = served.log.read_text()
    assert log.count(served.bearer) == 1
    assert "/api/v1/ui" in log
    assert user["token"] not in log and "user@example.com" not in log
