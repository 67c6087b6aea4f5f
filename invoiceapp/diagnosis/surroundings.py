"""Checks of settings, keys, disk, mail and the outside."""

import datetime
import shutil
import stat
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import get_connection

from core.secrets import ring
from invoiceapp.backups import sealed_rows, sealing
from invoiceapp.backups.errors import BackupError
from invoiceapp.diagnosis.findings import Finding, failure, ok, warning

SHORTEST_KEY = 40
LITTLE_SPACE, NO_SPACE = 2 * 1024**3, 256 * 1024**2
_KEY_FILES = ("secret-key", "encryption-keys")


def keys(at: datetime.datetime) -> Finding:
    """The keys are there, long enough, and nobody else's to read."""
    try:
        if ring().decrypt(ring().encrypt(b"canary")) != b"canary":
            return failure("ENCRYPTION_KEYS do not open what they seal.", "Restore the keys.")
    except (ValueError, InvalidToken):
        return failure(
            "ENCRYPTION_KEYS holds something that is no key.",
            "Each must be 32 random bytes in base64 (Fernet); restore the right ones.",
        )
    if len(settings.SECRET_KEY) < SHORTEST_KEY:
        return failure("SECRET_KEY is short.", "Use 50 random characters; people sign in anew.")
    for name in _KEY_FILES:
        path = Path(settings.DATA_DIR) / name
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            return failure(f"Others can read {path}.", f"chmod 600 {path}")
    number = len(settings.ENCRYPTION_KEYS)
    return ok(f"SECRET_KEY and {number} encryption {'key' if number == 1 else 'keys'} are there.")


def secrets_open(at: datetime.datetime) -> Finding:
    """What was encrypted with these keys still opens."""
    found = sealed_rows.samples()
    closed = [one.name for one in found if not one.is_readable]
    if closed:
        return failure(
            f"{', '.join(closed)} does not decrypt with ENCRYPTION_KEYS.",
            "Add the key that sealed it behind the first one.",
        )
    if not found:
        return ok("No secrets are stored yet.")
    return ok(f"The newest of each opens: {', '.join(one.name for one in found)}.")


def address(at: datetime.datetime) -> Finding:
    """Links lead here, over TLS."""
    url = urlsplit(settings.BASE_URL)
    host = url.hostname or ""
    if settings.DEBUG:
        return failure("DEBUG is on: errors show settings to strangers.", "Switch it off.")
    if "*" in settings.ALLOWED_HOSTS:
        return warning("ALLOWED_HOSTS admits every host.", "Name the hosts.")
    if host not in settings.ALLOWED_HOSTS and f"[{host}]" not in settings.ALLOWED_HOSTS:
        return failure(f"BASE_URL's host {host} is not in ALLOWED_HOSTS.", "Add it there.")
    if url.scheme != "https":
        return warning(
            f"Links start with {settings.BASE_URL}, without TLS.",
            "Put a TLS proxy in front, set BASE_URL=https://… and the production settings.",
        )
    return ok(f"Links start with {settings.BASE_URL}.")


def disk(at: datetime.datetime) -> Finding:
    """There is room in DATA_DIR."""
    free = shutil.disk_usage(settings.DATA_DIR).free
    words = f"{free / 1024**3:,.1f} GB are free in {settings.DATA_DIR}."
    if free < NO_SPACE:
        return failure(words, "Make room at once.")
    if free < LITTLE_SPACE:
        return warning(words, "Make room.")
    return ok(words)


def mail(at: datetime.datetime) -> Finding:
    """A mail server takes our messages."""
    if not settings.EMAIL_URL:
        return warning(
            f"Mail is written to {settings.EMAIL_FILE_PATH}, and reaches nobody.",
            "Set EMAIL_URL=smtp://….",
        )
    try:
        with get_connection():
            pass
    except OSError as error:  # smtplib's errors are among them
        return failure(
            f"The mail server did not let us in: {type(error).__name__}.", "Check EMAIL_URL."
        )
    return ok("The mail server lets us in.")


def outbound(at: datetime.datetime) -> Finding:
    """Webhooks go to public addresses only, over TLS."""
    if settings.OUTBOUND_ALLOW_CIDRS:
        return warning(
            f"Webhooks may reach {', '.join(settings.OUTBOUND_ALLOW_CIDRS)}.",
            "Leave OUTBOUND_ALLOW_CIDRS empty unless receivers of yours are there.",
        )
    if settings.ALLOW_HTTP_WEBHOOKS:
        return warning("Webhooks may be plain HTTP.", "Leave ALLOW_HTTP_WEBHOOKS off.")
    return ok("Webhooks reach public addresses only, over TLS.")


def backups(at: datetime.datetime) -> Finding:
    """Backups are encrypted."""
    try:
        recipients = sealing.recipients_of(settings.BACKUP_KEY)
    except BackupError as error:
        return failure(str(error), "Make one with age-keygen.")
    if not recipients:
        return warning("Backups are not encrypted.", "Set BACKUP_KEY to an age recipient.")
    return ok("Backups are encrypted.")


def metrics(at: datetime.datetime) -> Finding:
    """The metrics are off, or behind a token that cannot be guessed."""
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < SHORTEST_KEY:
        return warning("METRICS_TOKEN is short.", f"Use {SHORTEST_KEY} random characters.")
    return ok("/metrics is protected." if settings.METRICS_TOKEN else "/metrics is off.")
