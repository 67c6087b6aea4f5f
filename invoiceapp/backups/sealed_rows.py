"""Whether the secrets in the database open with the keys that this process has."""

from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.apps import apps

from core.secrets import SealedTextField


@dataclass(frozen=True, slots=True)
class Sample:
    """One column of secrets, by its newest row."""

    name: str
    is_readable: bool


def samples() -> list[Sample]:
    """The newest secret of every encrypted column; columns without any are left out."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, SealedTextField):
                continue
            rows = model._base_manager.exclude(**{field.name: ""}).order_by("-pk")
            try:
                is_there, is_readable = bool(rows.values_list(field.name)[:1]), True
            except InvalidToken:
                is_there, is_readable = True, False
            if is_there:
                found.append(Sample(f"{model._meta.db_table}.{field.name}", is_readable))
    return found
