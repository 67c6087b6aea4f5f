"""What the product's processes need to run on a new database of a campaign's own."""

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

from tests.chaos.processes import free_port

LOOPBACK = "127.0.0.1"
# What every campaign says to the product's processes.
SETTINGS = {
    "HOST": LOOPBACK,
    "DJANGO_SETTINGS_MODULE": "invoiceapp.settings.development",
    "WEB_CONCURRENCY": "2",
    "LOG_LEVEL": "WARNING",
}


def environment_for(server: str, broker: str, folder: Path, database: str) -> dict[str, str]:
    """Their environment; the database is made anew, and the broker's is emptied."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"drop database if exists {database} with (force)")
        connection.execute(f"create database {database}")
    redis.Redis.from_url(broker).flushdb()
    own = urlunsplit(urlsplit(server)._replace(path=f"/{database}"))
    return {
        "DATABASE_URL": own,
        "REDIS_URL": broker,
        "DATA_DIR": str(folder),
        "PORT": str(free_port()),
        "OUTBOUND_ALLOW_CIDRS": "127.0.0.0/8",
        **SETTINGS,
    }
