"""Tests: the same code, cheap hashes, mail in memory, no background threads."""

import os
import tempfile
from pathlib import Path

# Tests never touch the developer's data, even when DATA_DIR is set.
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="invoiceapp-test-")
os.environ.setdefault("SECRET_KEY", "tests only; signs nothing that matters, ever and ever")

from invoiceapp.settings.base import *  # noqa: E402, F403
from invoiceapp.settings.base import DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
BASE_URL = "http://testserver"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
EMBEDDED_WORKER = False
# Tests report to nobody, whatever the environment says.
SENTRY_DSN = ""
BROKER_URL = "memory://"
OUTBOUND_ALLOW_CIDRS = ["127.0.0.0/8"]
ALLOW_HTTP_WEBHOOKS = True
# Nothing is collected for tests; WhiteNoise warns about a folder that is not there.
STATIC_ROOT = Path(os.environ["DATA_DIR"])
# Each process its own: tests clear the cache, and side by side they would clear each other's.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# What a test writes need not outlive the server: a commit that waits for the disk takes ten
# times as long. The drills of tests/chaos, which crash servers, have settings of their own.
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
