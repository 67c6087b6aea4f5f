"""From a living installation into a new one (D1). Really dumped, restored and proved."""

import datetime
import json
import tarfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from pytest_django import Settings

from accounts.actors import Actor
from billing.models import Invoice
from billing.operations.payments import record_payment
from core.models import EventSeal
from core.seals import seal_events
from integrations.webhooks.endpoints import create_endpoint
from invoiceapp.backups import drills, sealed_rows
from invoiceapp.backups.errors import BackupError
from invoiceapp.backups.making import make_backup
from invoiceapp.backups.restoring import restore
from tests.builders import issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime.datetime(2027, 3, 1, 6, tzinfo=datetime.UTC)


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "logos").mkdir(parents=True)
    (settings.MEDIA_ROOT / "logos" / "a.png").write_bytes(b"picture")
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def invoice(actor: Actor, media: Path) -> Invoice:
    create_endpoint(
        actor=actor, at=AT, url="http://127.0.0.1:9/hook", events=["invoice.paid"], description=""
    )
    return issued_invoice(actor, total="7128.00")


def manifest_of(path: Path) -> dict[str, Any]:
    with tarfile.open(path) as tar:
        file = tar.extractfile("manifest.json")
        assert file is not None
        found: dict[str, Any] = json.load(file)
        return found


def test_D1_a_backup_is_restored_and_proved(
    invoice: Invoice, tmp_path: Path, settings: Settings
) -> None:
    key = str(pyrage.x25519.Identity.generate())
    settings.BACKUP_KEY = key

    path, manifest = make_backup(tmp_path, at=AT)
    steps = [step.sentence for step in drills.drill(path, keys=key)]

    assert path.name == "invoiceapp-20270301T060000Z.tar.age"
    assert manifest.counts["billing_invoice"] == 1
    assert manifest.counts["django_migrations"] == len(manifest.migrations)
    assert f"{sum(manifest.counts.values()):,} rows of {len(manifest.counts)} tables" in steps[0]
    assert "1 entries, 2 postings, 1 invoices: every figure adds up." in steps[0]
    assert steps[1] == (
        f"The PDF of {invoice.number} is the original's, byte for byte."
        " Secrets decrypt (integrations_webhookendpoint.secret)."
    )


def test_an_audit_log_that_is_not_as_it_was_sealed_is_no_good_backup(
    actor: Actor, invoice: Invoice, tmp_path: Path, drain: Callable[..., int]
) -> None:
    drain(AT)
    sealed = seal_events(actor.organization_id, at=AT)
    assert sealed
    whole, _ = make_backup(tmp_path, at=AT)
    steps = [step.sentence for step in drills.drill(whole, keys="")]
    assert f"{sealed} sealed events of the audit log are as they were sealed." in steps[0]

    EventSeal.objects.update(hash="0" * 64)
    forged, _ = make_backup(tmp_path, at=AT + datetime.timedelta(days=1))
    with pytest.raises(BackupError, match="The audit log of acme is not as it was sealed"):
        list(drills.drill(forged, keys=""))


def test_D1_a_drill_that_can_compare_nothing_fails(
    actor: Actor, invoice: Invoice, tmp_path: Path
) -> None:
    path, _ = make_backup(tmp_path, at=AT)
    record_payment(
        actor=actor,
        at=AT,
        invoice_id=invoice.pk,
        amount=Decimal("7128.00"),
        currency="USD",
        payment_date=AT.date(),
        method="cash",
    )
    with pytest.raises(BackupError, match="No PDF could be compared"):
        list(drills.drill(path, keys=""))


def test_the_keys_and_the_secrets_are_not_in_a_backup(
    invoice: Invoice, tmp_path: Path, settings: Settings
) -> None:
    path, manifest = make_backup(tmp_path, at=AT)

    assert sorted(manifest_of(path)["files"]) == [manifest.database, "media/logos/a.png"]
    assert settings.ENCRYPTION_KEYS[0].encode() not in path.read_bytes()
    with pytest.raises(BackupError, match="encrypted backups only"):
        make_backup(tmp_path / "with-keys", at=AT, with_keys=True)


def test_a_backup_that_fails_leaves_no_file(
    invoice: Invoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("invoiceapp.backups.making._to_disk", full)
    target = tmp_path / "target"
    target.mkdir()
    with pytest.raises(CommandError, match="No space left"):
        call_command("backup", str(target))
    assert list(target.iterdir()) == []


def test_an_existing_file_is_never_overwritten(invoice: Invoice, tmp_path: Path) -> None:
    path = tmp_path / "mine.tar"
    path.write_text("precious")
    with pytest.raises(BackupError, match="exists already"):
        make_backup(path, at=AT)
    assert path.read_text() == "precious"


def test_a_database_that_is_not_empty_is_refused(invoice: Invoice, tmp_path: Path) -> None:
    path, _ = make_backup(tmp_path, at=AT)
    with pytest.raises(CommandError, match="The database is not empty"):
        call_command("restore", str(path))
    assert Invoice.objects.of(invoice.organization_id).get() == invoice


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    """Makes restore believe that it may begin; what it would write fails the test."""

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("nothing may be written")

    monkeypatch.setattr("invoiceapp.backups.dumps.is_empty", lambda: True)
    monkeypatch.setattr("invoiceapp.backups.dumps.load", never)


def refused(path: Path, media: Path, settings: Settings) -> Callable[[str], None]:
    settings.MEDIA_ROOT = media.parent / "elsewhere"

    def because(reason: str) -> None:
        with pytest.raises(BackupError, match=reason):
            restore(path, keys="", say=print)

    return because


def test_media_that_are_there_are_not_mixed_with_others(
    invoice: Invoice, tmp_path: Path, empty: None
) -> None:
    path, _ = make_backup(tmp_path, at=AT)
    with pytest.raises(BackupError, match="media is not empty"):
        restore(path, keys="", say=print)


def test_a_backup_of_the_other_kind_of_database_is_refused(
    invoice: Invoice,
    media: Path,
    empty: None,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, _ = make_backup(tmp_path, at=AT)
    monkeypatch.setattr(connection, "vendor", "oracle")
    refused(path, media, settings)("and this database is oracle")


def test_a_backup_of_a_newer_version_is_refused(
    invoice: Invoice, media: Path, empty: None, settings: Settings, tmp_path: Path
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('billing', '9999_of_tomorrow', CURRENT_TIMESTAMP)"
        )
    try:
        path, _ = make_backup(tmp_path, at=AT)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_of_tomorrow'")
    refused(path, media, settings)(r"migration billing\.9999_of_tomorrow is unknown here")


def test_secrets_that_another_key_sealed_are_found(invoice: Invoice, settings: Settings) -> None:
    column = "integrations_webhookendpoint.secret"
    assert sealed_rows.samples() == [sealed_rows.Sample(column, is_readable=True)]
    settings.ENCRYPTION_KEYS = ["x" * 43 + "="]
    assert sealed_rows.samples() == [sealed_rows.Sample(column, is_readable=False)]
