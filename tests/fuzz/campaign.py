"""`make fuzz`: generated requests at a running server, until nothing surprising comes back.

Every dialect of `targets.py` is attacked in turn, each through an organization of its own.
Everything that schemathesis checks is checked, but for two rules. Not all that fits the schema
is accepted: references, dates that must follow each other and amounts against balances are
rules of the business, and are refused by right. And what breaks the schema is not looked for
where a file is sent: with the pictures that are generated, it does not. A callback that does
not take its test is a 502, as its document says. Addresses longer than the web server reads
are left out (`hooks.py`).

FUZZ_DIALECTS picks dialects (`backoffice,directory`; all unless given), FUZZ_EXAMPLES sets how
many requests are made up per operation (20), FUZZ_SEED which; DATABASE_URL where, a fresh SQLite
file unless given.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.targets import Target

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(tempfile.mkdtemp(prefix="invoiceapp-fuzz-"))
# What `schemathesis` reads beside its arguments.
SETTINGS = """\
[checks]
positive_data_acceptance.enabled = false

[[operations]]
include-path-regex = "/(attachments|logo)$"
checks.negative_data_rejection.enabled = false

[[operations]]
include-path-regex = "/api/v1/.*test"
checks.not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "502"]
"""
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "20")
SEED = os.environ.get("FUZZ_SEED", "1")
SETS = 8


def main() -> int:
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "invoiceapp.settings.development",
        "DATA_DIR": str(HOME),
        "PORT": str(port),
        "BASE_URL": address,
        "EMBEDDED_WORKER": "false",
        "LOG_LEVEL": "ERROR",
    }
    os.environ.pop("REDIS_URL", None)
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
    subprocess.run(
        [*manage, "collectstatic", "--noinput", "--verbosity", "0"], cwd=ROOT, check=True
    )
    (HOME / "schemathesis.toml").write_text(SETTINGS)
    missions = _prepare()
    log = (HOME / "server.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "invoiceapp/gunicorn_conf.py", "invoiceapp.wsgi"],
        cwd=ROOT,
        stdout=log,
        stderr=log,
    )
    try:
        _wait_for(f"{address}/healthz")
        failed = [each.dialect for each in missions if not _attack(each, address)]
    finally:
        server.terminate()
        server.wait(20)
        print(f"Server log: {HOME / 'server.log'}")
    print(f"Failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


@dataclass(frozen=True, slots=True)
class Mission:
    """What to attack, and the files that schemathesis and `hooks.py` read for it."""

    dialect: str
    document: Path
    knowledge: Path


def _prepare() -> list[Mission]:
    """Organizations with objects of every noun and keys, and the documents."""
    import django

    django.setup()

    from django.conf import settings

    from tests.fuzz.targets import TARGETS

    settings.ALLOWED_HOSTS = ["*"]
    wanted = os.environ.get("FUZZ_DIALECTS", "").replace(" ", "") or ",".join(TARGETS)
    return [_mission(TARGETS[dialect]) for dialect in wanted.split(",")]


def _mission(target: "Target") -> Mission:
    from django.utils import timezone

    from accounts.models import Organization
    from accounts.operations.organizations import create_organization
    from accounts.operations.users import create_user
    from core import tenancy
    from core.ids import random_text
    from integrations.docs.documents import rendered
    from tests.fuzz.known_ids import leading_nowhere

    # The calls of the one before have narrowed the connection to their organization.
    tenancy.widen()
    name, now = f"fuzz-{random_text(8).lower()}", timezone.now()
    owner = create_user(at=now, email=f"{name}@fuzz.test", password=random_text(), name="Fuzz")
    organization = create_organization(
        at=now, name=name, slug=name, owner=owner, currency="USD", email="fuzz@fuzz.test"
    )
    Organization.objects.filter(pk=organization.pk).update(rate_limit_per_minute=10_000_000)
    clients = [target.client(organization) for _ in range(target.keys)]
    sets = [target.belongings(clients[0], f" {name} {number}") for number in range(SETS)]
    document = json.loads(rendered(target.dialect, "json").content)
    mission = Mission(
        target.dialect,
        document=HOME / f"{target.dialect}.json",
        knowledge=HOME / f"{target.dialect}-knowledge.json",
    )
    mission.document.write_text(json.dumps(leading_nowhere(document)))
    knowledge = {
        "keys": [target.credentials(client) for client in clients],
        "sets": sets,
        "references": dict(target.references),
    }
    mission.knowledge.write_text(json.dumps(knowledge))
    return mission


def _attack(mission: Mission, address: str) -> bool:
    """Whether everything came back as the document promises."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        str(mission.document),
        "--url",
        address,
        "--max-examples",
        EXAMPLES,
        "--seed",
        SEED,
        "--generation-database",
        "none",
        "--request-timeout",
        "30",
        "--continue-on-failure",
        *sys.argv[1:],
    ]
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
        "FUZZ_KNOWLEDGE": str(mission.knowledge),
        "PYTHONPATH": str(ROOT),
    }
    print(f"== {mission.dialect}", flush=True)
    return subprocess.run(command, cwd=HOME, env=environment).returncode == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.3)
    raise SystemExit(f"the server does not answer: {HOME / 'server.log'}")


if __name__ == "__main__":
    raise SystemExit(main())
