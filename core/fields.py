"""Model fields that keep numbers exact on both databases."""

import functools
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core import exceptions
from django.core.validators import DecimalValidator
from django.db import models

from core.money import EXACT, round_half_up

MAX_DIGITS = 32


class ExactDecimalField(models.Field):
    """A Decimal that comes back as it was stored: numeric on PostgreSQL, text on SQLite.

    SQLite has no decimal type and would turn the digits into a binary fraction.
    Trailing zeros are dropped on the way in, so both databases return one spelling.
    """

    description = "Exact decimal number"

    def __init__(self, *args: Any, places: int, **kwargs: Any) -> None:
        self.places = places
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "places": self.places}

    def db_type(self, connection: Any) -> str:
        if connection.vendor == "postgresql":
            return f"numeric({MAX_DIGITS},{self.places})"
        return "text"

    def get_internal_type(self) -> str:
        return "ExactDecimalField"

    @property
    def validators(self) -> list[Any]:
        return [*super().validators, DecimalValidator(MAX_DIGITS, self.places)]

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        if isinstance(value, float):
            raise TypeError(f"{self.name} takes a Decimal, an int or digits, never a float")
        try:
            return Decimal(value)
        except (InvalidOperation, TypeError, ValueError):
            raise exceptions.ValidationError(
                "'%(value)s' is not a decimal number.", params={"value": value}
            ) from None

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else plain(Decimal(value))

    def get_prep_value(self, value: Any) -> Decimal | None:
        number = self.to_python(super().get_prep_value(value))
        if number is None:
            return None
        if not number.is_finite():
            raise ValueError(f"{self.name} takes a finite number")
        return _stored(number, self.places)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        number = value if prepared else self.get_prep_value(value)
        if number is None or connection.vendor == "postgresql":
            return number
        return format(number, "f")

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(
            **{
                "form_class": forms.DecimalField,
                "max_digits": MAX_DIGITS,
                "decimal_places": self.places,
                **kwargs,
            }
        )


@functools.lru_cache(maxsize=8_192)
def _stored(number: Decimal, places: int) -> Decimal:
    # PostgreSQL would round on its own; so that SQLite keeps the same digits, we do.
    if -int(number.as_tuple().exponent) > places:
        number = round_half_up(number, places)
    return plain(number)


@functools.lru_cache(maxsize=8_192)
def plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros and without a positive exponent: 10, not 1E+1."""
    if not number:
        return Decimal(0)
    shortest = number.normalize(EXACT)
    exponent = shortest.as_tuple().exponent
    if isinstance(exponent, int) and 0 < exponent < EXACT.prec:
        return shortest.quantize(Decimal(1), context=EXACT)
    return shortest


class MinorUnitsField(models.BigIntegerField):
    """An amount of money as an integer of its currency's minor unit."""

    description = "Amount in minor units"
