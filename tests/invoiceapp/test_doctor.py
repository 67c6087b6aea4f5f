"""manage.py doctor: each illness is found, named, and comes with what to do."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections
from django.utils import timezone
from pytest_django import Settings

from accounts.actors import Actor
from core.models import Event, Lease, WorkerHeartbeat
from integrations.webhooks.endpoints import create_endpoint
from invoiceapp.diagnosis import Level, checkup, database, surroundings, work
from tests.builders import issued_invoice

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2027, 3, 1, 6, tzinfo=datetime.UTC)


def shown(check: checkup.Check, at: datetime.datetime = AT) -> tuple[str, str]:
    found = check(at)
    return found.level.value, found.sentence


@pytest.fixture
def well(settings: Settings, tmp_path: Path) -> None:
    """What the settings of tests differ in from those of a good installation."""
    settings.DATA_DIR = tmp_path
    settings.SECRET_KEY = "s" * 50
    settings.BASE_URL = "https://billing.example.com"
    settings.ALLOWED_HOSTS = ["billing.example.com"]
    settings.METRICS_TOKEN = "m" * 40
    WorkerHeartbeat.objects.create(name="default@host", seen_at=timezone.now())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = on")


def test_a_well_installation_has_one_line_per_check_and_no_failure(
    well: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("doctor")

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == list(checkup.CHECKS)
    assert [line for line in lines if line.startswith("FAILURE")] == []


def test_a_failure_ends_with_code_1_and_says_what_to_do(
    well: None, capsys: pytest.CaptureFixture[str]
) -> None:
    WorkerHeartbeat.objects.all().delete()
    with pytest.raises(CommandError, match="1 check failed") as error:
        call_command("doctor")
    assert error.value.returncode == 1
    (line,) = [one for one in capsys.readouterr().out.splitlines() if one.startswith("FAILURE")]
    assert line.split(None, 2)[1:] == [
        "workers",
        "No worker is alive. None ever. → Start a worker and the scheduler (beat).",
    ]


def test_a_check_that_cannot_be_made_names_no_secret(
    well: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(at: datetime.datetime) -> Any:
        raise ConnectionRefusedError("redis://:s3cret@10.0.0.5:6379")

    monkeypatch.setitem(checkup.CHECKS, "broker", refuse)
    with pytest.raises(CommandError):
        call_command("doctor")
    said = capsys.readouterr().out
    assert "broker      ConnectionRefusedError." in said
    assert "s3cret" not in said


def test_a_worker_that_fell_silent_is_told_by_its_age() -> None:
    WorkerHeartbeat.objects.create(name="mail@host", seen_at=AT - datetime.timedelta(minutes=5))
    assert shown(work.workers) == (
        Level.FAILURE,
        "No worker is alive. The last was seen 300 seconds ago.",
    )


def test_a_queue_that_nobody_works_on_is_a_failure(settings: Settings) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:6379/0"
    for queue in ("default", "mail", "webhooks", "collectors", "schedule"):
        WorkerHeartbeat.objects.create(name=f"{queue}@host", seen_at=AT)
    assert shown(work.workers) == (Level.FAILURE, "No scheduler leads.")
    until = AT + datetime.timedelta(seconds=10)
    Lease.objects.create(name="scheduler", holder="host:1", held_until=until)
    assert shown(work.workers) == (Level.FAILURE, "Nobody works on the queue documents.")
    WorkerHeartbeat.objects.create(name="documents@other", seen_at=AT)
    assert shown(work.workers)[0] == Level.OK


def test_events_that_wait_for_more_than_a_minute_are_a_failure(actor: Actor) -> None:
    issued_invoice(actor, total="10.00")
    Event.objects.update(next_attempt_at=AT - datetime.timedelta(seconds=61))
    count = Event.objects.count()
    assert shown(work.events) == (
        Level.FAILURE,
        f"{count} events wait; the oldest has been due for 61 seconds.",
    )


def test_parked_events_are_a_warning(actor: Actor) -> None:
    issued_invoice(actor, total="10.00")
    Event.objects.update(relayed_at=AT)
    last = Event.objects.latest("pk")
    Event.objects.filter(pk=last.pk).update(relayed_at=None, attempts=5)
    assert shown(work.events) == (Level.WARNING, "1 events failed too often and are parked.")


def test_secrets_that_do_not_open_are_a_failure(actor: Actor, settings: Settings) -> None:
    assert shown(surroundings.secrets_open) == (Level.OK, "No secrets are stored yet.")
    create_endpoint(actor=actor, at=AT, url="http://127.0.0.1:9/", events=["invoice.paid"])
    column = "integrations_webhookendpoint.secret"
    assert shown(surroundings.secrets_open) == (Level.OK, f"The newest of each opens: {column}.")
    settings.ENCRYPTION_KEYS = ["x" * 43 + "="]
    assert shown(surroundings.secrets_open) == (
        Level.FAILURE,
        f"{column} does not decrypt with ENCRYPTION_KEYS.",
    )


def test_keys_that_are_none_are_a_failure(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = ["not a key"]
    assert shown(surroundings.keys)[0] == Level.FAILURE


def test_key_files_that_others_can_read_are_a_failure(well: None, settings: Settings) -> None:
    path = Path(settings.DATA_DIR) / "encryption-keys"
    path.write_text("k")
    path.chmod(0o644)
    assert shown(surroundings.keys) == (Level.FAILURE, f"Others can read {path}.")
    path.chmod(0o600)
    assert shown(surroundings.keys)[0] == Level.OK


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, Level.OK),
        ({"DEBUG": True}, Level.FAILURE),
        ({"ALLOWED_HOSTS": ["*"]}, Level.WARNING),
        ({"ALLOWED_HOSTS": ["other.example.com"]}, Level.FAILURE),
        ({"BASE_URL": "http://billing.example.com"}, Level.WARNING),
    ],
)
def test_links_lead_here_over_tls(
    well: None, settings: Settings, changes: dict[str, Any], level: Level
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    assert shown(surroundings.address)[0] == level


def test_a_mail_server_that_is_away_is_a_failure(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert shown(surroundings.mail) == (
        Level.FAILURE,
        "The mail server did not let us in: ConnectionRefusedError.",
    )


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [
        ("EMAIL_URL", "", surroundings.mail),
        ("OUTBOUND_ALLOW_CIDRS", ["10.0.0.0/8"], surroundings.outbound),
        ("METRICS_TOKEN", "short", surroundings.metrics),
        ("BACKUP_KEY", "", surroundings.backups),
    ],
)
def test_what_is_not_yet_fit_for_production_is_a_warning(
    settings: Settings, name: str, value: Any, check: checkup.Check
) -> None:
    setattr(settings, name, value)
    assert shown(check)[0] == Level.WARNING


def test_a_backup_key_that_is_none_is_a_failure(settings: Settings) -> None:
    settings.BACKUP_KEY = "s3cret"
    assert shown(surroundings.backups)[0] == Level.FAILURE


@pytest.mark.parametrize(("free", "level"), [(10**12, "ok"), (10**9, "warning"), (1, "FAILURE")])
def test_room_on_the_disk(monkeypatch: pytest.MonkeyPatch, free: int, level: str) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": free}))
    assert shown(surroundings.disk)[0] == level


def test_a_migration_that_waits_and_one_that_is_unknown_are_failures(actor: Actor) -> None:
    def change(sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    change(
        "INSERT INTO django_migrations (app, name, applied)"
        " VALUES ('billing', '9999_of_tomorrow', CURRENT_TIMESTAMP)"
    )
    assert shown(database.migrations) == (
        Level.FAILURE,
        "The database is newer than this version: billing.9999_of_tomorrow is unknown here.",
    )
    change("DELETE FROM django_migrations WHERE name = '9999_of_tomorrow' OR app = 'sessions'")
    assert shown(database.migrations) == (
        Level.FAILURE,
        "1 migrations wait, the first is sessions.0001_initial.",
    )


@pytest.fixture
def server_says(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes a PostgreSQL server of these answers out of whatever is there."""

    def says(**answers: Any) -> None:
        def row(sql: str) -> tuple[Any, ...]:
            found = next((value for key, value in answers.items() if key in sql), "on")
            return found if isinstance(found, tuple) else (found,)

        monkeypatch.setattr(connection, "vendor", "postgresql")
        monkeypatch.setattr(database, "_row", row)

    return says


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_may_lose_writes_is_a_failure(
    server_says: Callable[..., None], name: str
) -> None:
    server_says(**{name: "off"})
    assert shown(database.durability) == (
        Level.FAILURE,
        f"{name} is off: a crash may lose or damage the books.",
    )


@pytest.mark.parametrize(
    ("found", "level"),
    [
        (("app", False, False), "ok"),
        (("root", True, False), "FAILURE"),
        (("x", False, True), "FAILURE"),
    ],
)
def test_a_role_that_policies_do_not_hold_is_a_failure(
    server_says: Callable[..., None], found: tuple[Any, ...], level: str
) -> None:
    server_says(pg_roles=found)
    assert shown(database.role)[0] == level


@pytest.mark.postgres
def test_sessions_whose_settings_were_lost_on_the_way_are_a_failure() -> None:
    assert shown(database.session) == (Level.OK, "Session settings arrive and stay.")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL app.organization = ''")
        cursor.execute("SET LOCAL lock_timeout = 0")
    assert shown(database.session) == (
        Level.FAILURE,
        "Sessions begin without app.organization, lock_timeout.",
    )


@pytest.mark.postgres
def test_sessions_that_are_shared_are_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    # As under transaction pooling: what another client sets, and we, is one and the same.
    link = connections["default"]
    monkeypatch.setattr(link, "copy", lambda: _Same(link))
    found = database.session(AT)
    assert (found.level, found.advice) == (
        Level.FAILURE,
        "Set the pooler to pool_mode = session.",
    )


class _Same:
    """Another client that was given the same server session."""

    def __init__(self, link: Any) -> None:
        self._link = link

    def cursor(self) -> Any:
        return _WithoutTransactions(self._link.cursor())

    def close(self) -> None:
        """It is the test's own."""


class _WithoutTransactions:
    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        self._cursor.close()

    def execute(self, sql: str, *parameters: Any) -> None:
        if sql not in ("BEGIN", "ROLLBACK"):
            self._cursor.execute(sql, *parameters)

    def fetchone(self) -> Any:
        return self._cursor.fetchone()


@pytest.mark.parametrize(("skew", "level"), [(0, "ok"), (3, "FAILURE"), (-3, "FAILURE")])
def test_clocks_that_differ_are_a_failure(
    server_says: Callable[..., None], skew: int, level: str
) -> None:
    server_says(clock_timestamp=timezone.now() + datetime.timedelta(seconds=skew))
    assert shown(database.clock)[0] == level


def test_a_server_that_is_too_old_is_a_failure(server_says: Callable[..., None]) -> None:
    server_says(server_version_num="140011")
    assert shown(database.version)[0] == Level.FAILURE
