"""What operators copy must be right: it parses, and names only what the product has."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from invoiceapp.queues import QUEUES
from tests.architecture.sources import ROOT

DEPLOY = ROOT / "deploy"
MANIFESTS = sorted(DEPLOY.rglob("*.yaml"))
UNITS = sorted((DEPLOY / "systemd").iterdir())
# Variables of the images and tools around the product.
FOREIGN = {"POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS", "SITE_HOST", "UPSTREAM"}


def documents(path: Path) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all(path.read_text()) if one]


def every_text() -> str:
    return "\n".join(path.read_text() for path in DEPLOY.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_manifests_parse(path: Path) -> None:
    for one in documents(path):
        if path.parent.name == "kubernetes":
            assert {"apiVersion", "kind", "metadata", "spec"} <= set(one) | {"spec"}


def test_workers_of_kubernetes_serve_every_queue() -> None:
    served: list[str] = []
    for one in documents(DEPLOY / "kubernetes" / "workers.yaml"):
        (container,) = one["spec"]["template"]["spec"]["containers"]
        served += container["command"][-1].split(",")
    assert sorted(served) == sorted(QUEUES)


def test_containers_are_no_root_and_write_only_where_they_must() -> None:
    for path in MANIFESTS:
        for one in documents(path):
            if one.get("kind") not in ("Deployment", "Job"):
                continue
            pod = one["spec"]["template"]["spec"]
            assert pod["securityContext"]["runAsNonRoot"] is True
            for container in pod["containers"]:
                assert container["securityContext"]["readOnlyRootFilesystem"] is True


def test_only_settings_that_the_readme_knows_are_set() -> None:
    known = set(re.findall(r"`([A-Z_]+)`", (ROOT / "README.md").read_text())) | FOREIGN
    named: set[str] = set()
    for line in (DEPLOY / "invoiceapp.env.example").read_text().splitlines():
        if line and not line.startswith("#"):
            named.add(line.partition("=")[0])
    for path in MANIFESTS:
        named |= set(re.findall(r"^\s+([A-Z_]{4,}): ", path.read_text(), re.MULTILINE))
    assert named - known == set()


def test_only_commands_that_exist_are_called() -> None:
    text = every_text() + "".join(p.read_text() for p in (ROOT / "docs/operations").glob("*.md"))
    called = set(re.findall(r"manage\.py[ ,]+([a-z_]+)", text))
    assert {"backup", "migrate", "doctor"} <= called
    assert called - set(get_commands()) == set()


def test_links_between_the_pages_for_operators_lead_somewhere() -> None:
    folder = ROOT / "docs/operations"
    for page in folder.glob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (folder / target).exists(), f"{page.name}: {target}"
        for target in re.findall(r"`((?:docs|deploy)/[\w./-]+)`", page.read_text()):
            assert (ROOT / target).exists(), f"{page.name}: {target}"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        # The program is not installed there on the machine that tests.
        text = re.sub(r"/opt/invoiceapp/\.venv/bin/\w+", sys.executable, unit.read_text())
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if "invoiceapp-" in line]
    assert (done.returncode, told) == (0, [])


@pytest.mark.skipif(not shutil.which("caddy"), reason="needs caddy")
def test_caddy_takes_its_file(tmp_path: Path) -> None:
    done = subprocess.run(
        ["caddy", "validate", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin:/usr/local/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Valid configuration" in done.stdout + done.stderr
