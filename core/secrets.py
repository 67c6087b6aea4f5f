"""Text that is encrypted in the database, with keys apart from SECRET_KEY and rotatable."""

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=4)
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def ring() -> MultiFernet:
    """The key ring of settings.ENCRYPTION_KEYS; the first key seals, all of them open."""
    return _ring(tuple(settings.ENCRYPTION_KEYS))


class SealedTextField(models.TextField):
    """Text kept encrypted. It cannot be searched, and a database dump does not show it."""

    description = "Encrypted text"

    def get_prep_value(self, value: Any) -> Any:
        return ring().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return ring().decrypt(value.encode()).decode() if value else value
