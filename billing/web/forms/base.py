"""The form every page builds on: local numbers, and the domain's refusals beside the fields."""

from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, TypeVar

from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from billing.web import wording
from billing.web.language import refusal, say_sentence, speak_choices
from core.currencies import CURRENCIES, get_currency
from core.errors import DomainError, InvalidFields, Kind

T = TypeVar("T")
# What a person can mend in the form; everything else is the page's business.
_MENDABLE = {Kind.INVALID, Kind.CONFLICT, Kind.MALFORMED, Kind.UNAVAILABLE, Kind.RATE_LIMITED}
_LONGEST_NUMBER = 60
# Pseudo territories and unions that Babel lists beside ISO 3166-1.
_PSEUDO = "AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ"
_NOT_COUNTRIES = frozenset(_PSEUDO.split())


def read_decimal(text: str, locale: str) -> Decimal:
    """The number a person of that locale wrote; plain digits with a point always work.

    Raises ValueError.
    """
    text = text.strip().replace("\u2212", "-")
    try:
        number = parse_decimal(text, locale=wording.known(locale), strict=True)
    except NumberFormatError:
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise ValueError(text) from None
    if not number.is_finite():
        raise ValueError(text)
    return number


def write_decimal(number: Decimal, locale: str) -> str:
    """A number as the person would type it: no grouping, exactly the decimals it has."""
    exponent = number.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    pattern = "0." + "0" * places if places else "0"
    return format_decimal(number, pattern, locale=wording.known(locale))


class LocalDecimalField(forms.Field):
    """A Decimal in the reader's spelling. Its form tells it the locale."""

    locale = wording.FALLBACK

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput, **kwargs)
        self.widget.attrs.update(
            {"inputmode": "decimal", "autocomplete": "off", "maxlength": _LONGEST_NUMBER}
        )

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        if len(text) > _LONGEST_NUMBER:
            raise ValidationError(gettext("This number is too long."), code="invalid")
        try:
            return read_decimal(text, self.locale)
        except ValueError:
            raise ValidationError(gettext("This is not a number."), code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return write_decimal(value, self.locale) if isinstance(value, Decimal) else value


class DayInput(forms.DateInput):
    """The browser's own date picker, always with an ISO value."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class DayField(forms.DateField):
    widget = DayInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)


class StaffForm(forms.Form):
    """A form that reads numbers in a locale and shows what an operation refused."""

    # Where an operation's name for a field differs from the form's: param -> field.
    params: dict[str, str] = {}

    def __init__(self, *args: Any, locale: str = wording.FALLBACK, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader_locale = locale
        self.refusal: DomainError | None = None
        for name in self.base_fields:
            speak_choices(self.fields[name])
        for field in self.fields.values():
            if isinstance(field, LocalDecimalField):
                field.locale = locale

    def run(self, operation: Callable[[], T]) -> T | None:
        """Do it; what is refused is put beside its field, and None comes back."""
        try:
            return operation()
        except DomainError as error:
            if error.kind not in _MENDABLE:
                raise
            self.refuse(error)
            return None

    def refuse(self, error: DomainError) -> None:
        """Show the domain's own sentence at the field it names, else above the form."""
        self.refusal = error
        if isinstance(error, InvalidFields):
            for param, _code, sentence in error.errors:
                self._place(param, say_sentence(sentence))
        else:
            self._place(error.param, refusal(error))

    def _place(self, param: str | None, sentence: str) -> None:
        name = self.params.get(param or "", param or "")
        shown = name in self.fields and not self.fields[name].widget.is_hidden
        self.add_error(name if shown else None, sentence)

    def values(self, *names: str) -> dict[str, Any]:
        """The cleaned values of those fields, or of all."""
        return {name: self.cleaned_data[name] for name in names or self.fields}


def price_initial(price: Decimal, currency: str) -> Decimal:
    """A price with at least the currency's decimals, as people write prices."""
    places = get_currency(currency).exponent
    exponent = price.as_tuple().exponent
    if isinstance(exponent, int) and -exponent < places:
        return price.quantize(Decimal(1).scaleb(-places))
    return price


def are_valid(forms_of_page: Iterable[forms.Form]) -> bool:
    """Whether all are valid; every one is checked, so that all errors show at once."""
    answers = [form.is_valid() for form in forms_of_page]
    return all(answers)


def currency_choices(locale: str, first: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Every currency by code with its name; `first` are listed before the rest."""
    ahead = list(dict.fromkeys(first))
    return [(code, _currency_label(code, locale)) for code in [*ahead, *_codes(ahead)]]


def country_choices(locale: str) -> list[tuple[str, str]]:
    """ISO 3166-1 countries by name in the locale, with an empty choice first."""
    return [("", "—"), *_countries(str(wording.known(locale)))]


def _codes(without: list[str]) -> list[str]:
    return [code for code in sorted(CURRENCIES) if code not in without]


def _currency_label(code: str, locale: str) -> str:
    name = wording.known(locale).currencies.get(code, "")
    return f"{code} – {name}" if name else code


@lru_cache(maxsize=16)
def _countries(locale: str) -> tuple[tuple[str, str], ...]:
    names = wording.known(locale).territories
    found = [
        (code, name)
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    ]
    return tuple(sorted(found, key=lambda pair: pair[1]))
