"""Personas and instants that every test may use, and what to do when a server is missing.

acme bills (alice owns it, bob may only look); rival is another tenant, mallory's, who
must never see anything of acme's.
"""

import datetime
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.signals import request_finished
from django.db import connection

from accounts.actors import Actor, actor_for_membership, system_actor
from accounts.models import Membership, Organization, Role, User
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user
from core import tenancy
from integrations import work
from integrations.dialects.base.ratelimit import forget_local_counts
from invoiceapp.leftovers import collect_seldom
from tests.flushing import empty_only_what_is_full
from tests.instants import AT

PASSWORD = "correct horse battery"

_SERVICES = {
    "postgres": "PostgreSQL (set DATABASE_URL)",
    "redis": "Redis (set REDIS_URL)",
    "browser": "a browser (install chromium)",
    "node": "Node (install nodejs)",
    "php": "PHP (install php-cli and php-curl)",
    "dovecot": "a mail server run by root (install dovecot-imapd)",
    "sshd": "an SFTP server run by root (install openssh-server)",
}
# Servers lie where the PATH of a user does not lead.
_SERVERS_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
_LEFT_OUT: dict[str, int] = {}


def pytest_configure(config: pytest.Config) -> None:
    collect_seldom()
    empty_only_what_is_full()


def pytest_collection_finish(session: pytest.Session) -> None:
    # Looking through thousands of tests and their modules again and again took a fifth of the time.
    collect_seldom()


# First, as pytest-xdist makes groups part of the ids, and what is marked later is in no group.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a server that is not there, unless REQUIRE_SERVICES=1."""
    for item in items:
        # One process for the crowds of threads: two crowds would run out of connections.
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.xdist_group("postgres"))
    if os.environ.get("WHAT_SEES_NO_DATABASE") == "ran already":
        pure = [item for item in items if not _sees_database(item)]
        items[:] = [item for item in items if _sees_database(item)]
        config.hook.pytest_deselected(items=pure)
    if os.environ.get("REQUIRE_SERVICES") == "1":
        return
    left_out = [item for item in items if _missing(item)]
    for item in left_out:
        for name in _missing(item):
            _LEFT_OUT[name] = _LEFT_OUT.get(name, 0) + 1
    if left_out:
        items[:] = [item for item in items if not _missing(item)]
        config.hook.pytest_deselected(items=left_out)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Only reached without its server when REQUIRE_SERVICES=1 says that it must be there."""
    for name in _missing(item):
        pytest.fail(f"REQUIRE_SERVICES=1, but this needs {_SERVICES[name]}", pytrace=False)


def pytest_sessionfinish(session: pytest.Session) -> None:
    # Under pytest-xdist the workers collect, and the one that reports is another process.
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = _LEFT_OUT


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    _LEFT_OUT.update(getattr(node, "workeroutput", {}).get("left_out", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name, count in sorted(_LEFT_OUT.items()):
        terminalreporter.write_line(f"Left out {count} tests that need {_SERVICES[name]}.")


def _sees_database(item: pytest.Item) -> bool:
    if any(item.get_closest_marker(name) for name in _SERVICES):
        return True  # what needs a service runs nowhere else
    fixtures = {"db", "transactional_db", "django_db_setup"} & set(
        getattr(item, "fixturenames", ())
    )
    return bool(fixtures or any(item.iter_markers("django_db")))


def _missing(item: pytest.Item) -> list[str]:
    return [n for n in _SERVICES if item.get_closest_marker(n) and not _is_there(n)]


def _is_there(service: str) -> bool:
    if service == "postgres":
        return os.environ.get("DATABASE_URL", "").startswith("postgres")
    if service == "redis":
        return bool(os.environ.get("REDIS_URL"))
    if service in ("node", "php"):
        return shutil.which(service) is not None
    if service in ("dovecot", "sshd"):
        return os.geteuid() == 0 and bool(shutil.which(service, path=_SERVERS_PATH))
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix(
    django_db_modify_db_settings_xdist_suffix: None,
) -> None:
    """SQLite lives in memory in every process, and is told apart by nothing.

    pytest-django knows that of Django's own engine, but not of ours built on it.
    """
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = None


@pytest.fixture
def drain() -> Callable[..., int]:
    """Do all background work that is due, and return how many steps it took."""
    return work.drain


@pytest.fixture(autouse=True)
def _fresh_memory() -> None:
    """Ids are given out anew after each test: nothing may be remembered of the former bearer."""
    forget_local_counts()
    cache.clear()


@pytest.fixture
def at() -> datetime.datetime:
    """15 January 2025, 10:30 in UTC and 11:30 in Berlin."""
    return AT


@pytest.fixture
def alice(db: None) -> User:
    return create_user(at=AT, email="alice@acme.test", password=PASSWORD, name="Alice Archer")


@pytest.fixture
def acme(alice: User) -> Organization:
    """Bills in USD from Berlin, with a VAT id; everything else as it comes."""
    return create_organization(
        at=AT,
        name="Acme",
        slug="acme",
        owner=alice,
        legal_name="Acme GmbH",
        email="billing@acme.test",
        currency="USD",
        timezone="Europe/Berlin",
        vat_id="DE123456789",
        address_line1="Ackerstr. 1",
        postal_code="10115",
        city="Berlin",
        country="DE",
    )


@pytest.fixture
def sandbox(acme: Organization) -> Organization:
    return Organization.objects.get(sandbox_of=acme)


@pytest.fixture
def actor(acme: Organization, alice: User) -> Actor:
    """Alice at acme: every scope."""
    return _member(acme, alice)


@pytest.fixture
def bob(acme: Organization) -> User:
    user = create_user(at=AT, email="bob@acme.test", password=PASSWORD, name="Bob Baker")
    Membership.objects.create(
        organization=acme, user=user, role=Role.VIEWER, created_at=AT, updated_at=AT
    )
    return user


@pytest.fixture
def bob_actor(acme: Organization, bob: User) -> Actor:
    """Bob at acme: may read, may change nothing."""
    return _member(acme, bob)


@pytest.fixture
def sandbox_actor(sandbox: Organization) -> Actor:
    return system_actor(sandbox.pk, livemode=False)


@pytest.fixture
def mallory(db: None) -> User:
    return create_user(at=AT, email="mallory@rival.test", password=PASSWORD, name="Mallory Moss")


@pytest.fixture
def rival(mallory: User) -> Organization:
    return create_organization(at=AT, name="Rival", slug="rival", owner=mallory, currency="EUR")


@pytest.fixture
def mallory_actor(rival: Organization, mallory: User) -> Actor:
    """Mallory at rival: every scope, in another organization."""
    return _member(rival, mallory)


def _member(organization: Organization, user: User) -> Actor:
    membership = Membership.objects.of(organization.pk).get(user=user)
    return actor_for_membership(membership, "req_test")


@pytest.fixture(autouse=True)
def _wide_after_each_request() -> Iterator[None]:
    """A test looks at everything after a request that saw one organization only."""

    def look_around(**_: Any) -> None:
        tenancy.widen()

    request_finished.connect(look_around)
    yield
    request_finished.disconnect(look_around)
