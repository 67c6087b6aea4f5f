"""The typed reader of the environment, and the secrets a fresh installation makes for itself."""

import os
import secrets
from pathlib import Path

import environ
from cryptography.fernet import Fernet

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(str(BASE_DIR / ".env"))

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()


def secret_from(variable: str, file_name: str, make: str) -> str:
    """The variable, else the file in DATA_DIR, which is made on first use and readable by us only.

    `make` is `django` for a signing key and `fernet` for an encryption key.
    """
    if value := env.str(variable, default=""):
        return value
    path = DATA_DIR / file_name
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        fresh = Fernet.generate_key().decode() if make == "fernet" else secrets.token_urlsafe(48)
        # Two processes may start at once: the first to create the file wins, both read it.
        try:
            with open(path, "x", opener=_private) as file:
                file.write(fresh)
        except FileExistsError:
            pass
    return path.read_text().strip()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
