"""The decimal field gives back what was stored, on both databases."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Organization
from billing.models import TaxProfile
from core.fields import ExactDecimalField, plain
from tests.instants import AT

POSTGRESQL = SimpleNamespace(vendor="postgresql")
SQLITE = SimpleNamespace(vendor="sqlite")
LONG = Decimal("12345678901234567890.123456789012")


def field() -> ExactDecimalField:
    made = ExactDecimalField(places=12)
    made.set_attributes_from_name("unit_price")
    return made


def stored(value: Any, connection: Any = SQLITE) -> Any:
    return field().get_db_prep_value(value, connection)


def test_numeric_on_postgresql_and_text_on_sqlite() -> None:
    assert field().db_type(POSTGRESQL) == "numeric(32,12)"
    assert field().db_type(SQLITE) == "text"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("150.00", "150"),
        ("0.01110515964", "0.01110515964"),
        ("1E+1", "10"),
        ("1E-12", "0.000000000001"),
        ("-0.50", "-0.5"),
        ("0.000", "0"),
        (str(LONG), str(LONG)),
    ],
)
def test_all_digits_and_one_spelling(text: str, digits: str) -> None:
    assert stored(Decimal(text)) == digits
    assert stored(Decimal(text), POSTGRESQL) == Decimal(digits)
    assert format(field().from_db_value(digits, None, SQLITE), "f") == digits


def test_more_decimals_than_the_column_keeps_are_rounded_half_up_on_both_databases() -> None:
    assert stored(Decimal("0.0000000000005")) == "0.000000000001"
    assert stored(Decimal("-0.0000000000005"), POSTGRESQL) == Decimal("-0.000000000001")


def test_null_stays_null() -> None:
    assert stored(None) is None
    assert field().from_db_value(None, None, SQLITE) is None


def test_digits_and_integers_are_taken_and_floats_are_not() -> None:
    assert stored("1.50") == "1.5"
    assert stored(3) == "3"
    with pytest.raises(TypeError, match="never a float"):
        stored(1.5)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValidationError):
        stored("ten")
    for text in ("NaN", "Infinity"):
        with pytest.raises(ValueError, match="finite"):
            stored(Decimal(text))


@pytest.mark.parametrize("text", ["0.0000000000001", "123456789012345678901"])
def test_a_form_refuses_what_does_not_fit(text: str) -> None:
    with pytest.raises(ValidationError):
        field().clean(Decimal(text), None)


def test_the_migration_knows_the_places() -> None:
    name, path, args, kwargs = field().deconstruct()
    assert (path, kwargs["places"]) == ("core.fields.ExactDecimalField", 12)


def test_plain_numbers() -> None:
    assert [str(plain(Decimal(t))) for t in ("1E+1", "10.00", "-0", "0.10", "1E+30")] == [
        "10",
        "10",
        "0",
        "0.1",
        "1" + "0" * 30,
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("text", [str(LONG), "9.975", "1E+1", "0.000000000001", "-0.0"])
def test_the_database_gives_back_what_was_stored(acme: Organization, text: str) -> None:
    profile = TaxProfile.objects.create(
        organization=acme,
        name="Eco tax",
        fixed_amount=Decimal(text),
        created_at=AT,
        updated_at=AT,
    )
    profile.refresh_from_db()
    assert profile.fixed_amount == Decimal(text)
    assert str(profile.fixed_amount) == str(plain(Decimal(text)))
