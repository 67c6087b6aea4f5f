"""A database, organizations and a server to measure, all of their own."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
DATABASE = os.environ.get("BENCH_DATABASE", "invoiceapp_bench")
TENANTS = int(os.environ.get("BENCH_TENANTS", "8"))


@dataclass(frozen=True)
class Tenant:
    organization_id: int
    api_key: str
    customer: str
    customer_pk: int


def make_database(*, is_kept: bool = False) -> str:
    """A fresh, migrated database on the server of DATABASE_URL; its URL.

    With `is_kept` the one of the last run, with what is in it and migrated further.
    """
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        raise SystemExit("make bench needs DATABASE_URL=postgres://…")
    if not is_kept:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"drop database if exists {DATABASE} with (force)")
            connection.execute(f"create database {DATABASE}")
    own = urlunsplit(urlsplit(server)._replace(path=f"/{DATABASE}"))
    os.environ.update(
        DATABASE_URL=own,
        DATA_DIR=tempfile.mkdtemp(prefix="invoiceapp-bench-"),
        LOG_LEVEL="WARNING",
        DJANGO_SETTINGS_MODULE="invoiceapp.settings.development",
        WEB_CONCURRENCY=os.environ.get("WEB_CONCURRENCY", "2"),
    )
    subprocess.run(
        [BIN / "python", "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True
    )
    return own


def make_tenants() -> list[Tenant]:
    """Organizations with a customer, a ten percent tax and a key that no limit stops."""
    from django.utils import timezone

    from accounts.actors import system_actor
    from accounts.models import Organization
    from accounts.operations.api_keys import create_api_key
    from accounts.operations.organizations import create_organization
    from accounts.scopes import SCOPES
    from billing.operations.customers import create_customer
    from core.ids import encode_id

    tenants = []
    at = timezone.now()
    for number in range(TENANTS):
        organization = create_organization(
            at=at, name=f"Bench {number}", slug=f"bench-{number}", currency="USD"
        )
        Organization.objects.filter(pk=organization.pk).update(rate_limit_per_minute=10_000_000)
        actor = system_actor(organization.pk)
        _, secret = create_api_key(
            actor=actor, at=at, organization_id=organization.pk, name="bench", scopes=list(SCOPES)
        )
        customer = create_customer(
            actor=actor, at=at, name="ACME Corporation", email="billing@acme.example"
        )
        tenants.append(
            Tenant(organization.pk, secret, encode_id("cus", customer.uuid), customer.pk)
        )
    return tenants
