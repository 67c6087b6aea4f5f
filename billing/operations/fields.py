"""Values on their way into a row: cleaned by the kind of field, refused by name.

The database keeps what fits; these checks say in words what does not, before it is
asked. `param` is spelled in our field names, with a prefix for nested ones.
"""

import datetime
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import models

from accounts.payment_terms import PaymentTerms, parse_terms
from core.currencies import get_currency
from core.errors import InvalidValue
from core.fields import MAX_DIGITS, ExactDecimalField, plain
from core.money import EXACT, to_minor
from core.text import clean_email, clean_line, clean_text

FIRST_DATE, LAST_DATE = datetime.date(1900, 1, 1), datetime.date(2999, 12, 31)
MOST_METADATA = 50
# Room to multiply and add: quantities and prices beyond this are typing errors.
LARGEST = Decimal(10) ** 15
_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_HUNDRED = Decimal(100)


def cleaned(
    model: type[models.Model], values: Mapping[str, Any], allowed: Iterable[str], prefix: str = ""
) -> dict[str, Any]:
    """The values as the model may keep them. Raises InvalidValue naming the field.

    A name outside `allowed` is the caller's mistake, not the user's: TypeError.
    """
    unknown = set(values) - set(allowed)
    if unknown:
        raise TypeError(f"{model.__name__} takes no {', '.join(sorted(unknown))} here")
    return {
        name: _clean(model._meta.get_field(name), value, prefix + name)
        for name, value in values.items()
    }


def clean_decimal(value: Any, *, param: str, places: int, largest: Decimal = LARGEST) -> Decimal:
    """A finite Decimal of at most that many places and below `largest` in size."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
        raise InvalidValue("This must be a number.", param=param)
    number = Decimal(value)
    if number.is_finite() and number == 0:
        return Decimal(0)
    too_long = len(number.as_tuple().digits) > EXACT.prec
    if not number.is_finite() or too_long or abs(number.adjusted()) > MAX_DIGITS:
        raise InvalidValue("This number is out of range.", param=param)
    if number.copy_abs() >= largest:
        raise InvalidValue(f"This number must be below {largest:f}.", param=param)
    number = plain(number)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        raise InvalidValue(f"At most {places} decimal places.", param=param)
    return number


def clean_money(value: Any, currency: str, *, param: str) -> int:
    """An amount in major units as minor units; more decimals than the currency has are refused."""
    amount = clean_decimal(value, param=param, places=MAX_DIGITS)
    try:
        return to_minor(amount, currency)
    except ValueError:
        places = get_currency(currency).exponent
        raise InvalidValue(
            f"{currency} has {places} decimal places, but this is {amount:f}.", param=param
        ) from None


def clean_percent(value: Any, *, param: str, places: int = 6) -> Decimal:
    """From 0 to 100."""
    percent = clean_decimal(value, param=param, places=places)
    if not 0 <= percent <= _HUNDRED:
        raise InvalidValue("This must be from 0 to 100.", param=param)
    return percent


def clean_date(value: Any, *, param: str) -> datetime.date:
    """A civil date within a thousand years of ours."""
    if isinstance(value, datetime.datetime) or not isinstance(value, datetime.date):
        raise InvalidValue("This must be a date.", param=param)
    if not FIRST_DATE <= value <= LAST_DATE:
        raise InvalidValue(f"This must be from {FIRST_DATE} to {LAST_DATE}.", param=param)
    return value


def clean_terms(value: Any, *, param: str = "payment_terms_rule") -> PaymentTerms:
    """Payment terms in the notation of accounts.payment_terms."""
    try:
        return parse_terms(clean_line(value, param=param, max_length=60, required=True))
    except ValueError as error:
        raise InvalidValue(str(error), param=param) from None


def clean_metadata(value: Any, *, param: str = "metadata") -> dict[str, Any]:
    """Up to 50 keys with text, whole numbers, true, false or null.

    A number with decimals is kept as its digits, because JSON columns would round it.
    """
    if not isinstance(value, Mapping) or len(value) > MOST_METADATA:
        raise InvalidValue(f"This must be an object of at most {MOST_METADATA} keys.", param=param)
    return {
        clean_line(key, param=param, max_length=64, required=True): _metadatum(
            item, f"{param}.{key}"[:100]
        )
        for key, item in value.items()
    }


def clean_tags(value: Any, *, param: str = "tags") -> list[str]:
    """Up to 50 short words, each once, in the order given."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InvalidValue("This must be a list of texts.", param=param)
    tags = [clean_line(tag, param=param, max_length=50, required=True) for tag in value]
    if len(tags) > MOST_METADATA:
        raise InvalidValue(f"At most {MOST_METADATA} tags.", param=param)
    return list(dict.fromkeys(tags))


def _metadatum(value: Any, param: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**53:
        return value
    if isinstance(value, (int, Decimal)):
        return str(value)[:500]
    return clean_text(value, param=param, max_length=500)


def _clean(field: Any, value: Any, param: str) -> Any:
    if value is None and field.null:
        return None
    if field.choices and value not in {key for key, _ in field.flatchoices} | (
        {""} if field.blank else set()
    ):
        words = ", ".join(str(key) for key, _ in field.flatchoices)
        raise InvalidValue(f"This must be one of {words}.", param=param)
    if field.name == "country":
        return _clean_country(value, param)
    if field.name in ("currency", "accounting_currency"):
        return get_currency(clean_line(value, param=param, max_length=4)).code
    if field.name == "metadata":
        return clean_metadata(value, param=param)
    if field.name == "tags":
        return clean_tags(value, param=param)
    return _clean_by_type(field, value, param)


def _clean_by_type(field: Any, value: Any, param: str) -> Any:
    required = not field.blank
    if isinstance(field, models.EmailField):
        return clean_email(value, param=param, required=required)
    if isinstance(field, models.CharField):
        return clean_line(value, param=param, max_length=field.max_length or 0, required=required)
    if isinstance(field, models.TextField):
        return clean_text(value, param=param, required=required)
    if isinstance(field, ExactDecimalField):
        return clean_decimal(value, param=param, places=field.places)
    if isinstance(field, models.DateField):
        return clean_date(value, param=param)
    if isinstance(field, models.BooleanField):
        if not isinstance(value, bool):
            raise InvalidValue("This must be true or false.", param=param)
        return value
    if isinstance(field, models.IntegerField):
        return _clean_integer(value, param, 32_767)
    raise TypeError(f"no rule for {field}")


def _clean_integer(value: Any, param: str, largest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or value != int(value):
        raise InvalidValue("This must be a whole number.", param=param)
    if not 0 <= value <= largest:
        raise InvalidValue(f"This must be from 0 to {largest}.", param=param)
    return int(value)


def _clean_country(value: Any, param: str) -> str:
    country = clean_line(value, param=param, max_length=2).upper()
    if country and not _COUNTRY.match(country):
        raise InvalidValue("This must be a country code of two letters, such as DE.", param=param)
    return country
