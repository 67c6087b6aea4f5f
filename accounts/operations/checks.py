"""Cleans text on its way into a row, and turns the row's own rules into our refusal."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db import models

from core.errors import InvalidFields
from core.text import clean_email, clean_line, clean_text

# Codes of Django's validators that mean more here than "invalid".
_CODES = {"required": "required", "blank": "required", "null": "required"}


def check_fields(row: models.Model, exclude: set[str] | None = None) -> None:
    """Clean every text of the row and run its field rules (lengths, choices, formats).

    Uniqueness is left to the database, which has the last word. Raises InvalidValue for
    text that cannot be kept, InvalidFields with one entry per other broken rule.
    """
    left_out = exclude or set()
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(value, str) and field.name not in left_out:
            setattr(row, field.attname, _cleaned(field, value))
    try:
        row.clean_fields(exclude=left_out)
    except ValidationError as refusal:
        raise InvalidFields(list(_each(refusal))) from None


def _cleaned(field: models.Field, value: str) -> str:
    if isinstance(field, models.EmailField):
        return clean_email(value, param=field.name)
    if isinstance(field, models.CharField):
        return clean_line(value, param=field.name, max_length=field.max_length or len(value))
    if isinstance(field, models.TextField):
        return clean_text(value, param=field.name)
    return value


def _each(refusal: ValidationError) -> Iterator[tuple[str, str, str]]:
    for name, errors in refusal.error_dict.items():
        for error in errors:
            yield name, _CODES.get(error.code or "", "invalid"), " ".join(error.messages)
