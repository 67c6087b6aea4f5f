"""What a currency is worth in the books, from a day on."""

import datetime
from decimal import Decimal

import pytest

from accounts.actors import Actor
from billing.models import ExchangeRate
from billing.operations.exchange_rates import set_exchange_rate
from billing.queries.exchange_rates import rate_on
from core.currencies import UnknownCurrency
from core.errors import Forbidden, InvalidValue
from tests.instants import AT

DAY = datetime.date(2025, 1, 10)


def put(actor: Actor, **fields: object) -> ExchangeRate:
    values = {"currency": "GBP", "rate": Decimal("1.25"), "valid_from": DAY, **fields}
    return set_exchange_rate(actor=actor, at=AT, base_currency="CHF", **values)  # type: ignore[arg-type]


def test_the_last_rate_of_a_day_counts_and_holds_until_the_next(actor: Actor) -> None:
    put(actor)
    put(actor, rate=Decimal("1.2625"))
    put(actor, rate=Decimal("1.3"), valid_from=datetime.date(2025, 2, 1))
    days = (datetime.date(2025, 1, 9), DAY, datetime.date(2025, 1, 31), datetime.date(2025, 2, 1))
    known = [rate_on(actor.organization_id, "GBP", "CHF", day) for day in days]
    assert known == [None, Decimal("1.2625"), Decimal("1.2625"), Decimal("1.3")]
    assert ExchangeRate.objects.of(actor.organization_id).count() == 2


@pytest.mark.parametrize(
    ("fields", "error", "param"),
    [
        ({"rate": Decimal(0)}, InvalidValue, "rate"),
        ({"rate": Decimal("-1.1")}, InvalidValue, "rate"),
        ({"rate": Decimal("1.0000000000001")}, InvalidValue, "rate"),
        ({"currency": "CHF"}, InvalidValue, "currency"),
        ({"currency": "XXQ"}, UnknownCurrency, None),
    ],
)
def test_rates_that_mean_nothing_are_refused(
    actor: Actor, fields: dict[str, object], error: type, param: str | None
) -> None:
    with pytest.raises(error) as refusal:
        put(actor, **fields)
    assert refusal.value.param == param
    assert not ExchangeRate.objects.of(actor.organization_id).exists()


def test_who_may_only_look_sets_no_rate(actor: Actor, bob_actor: Actor) -> None:
    with pytest.raises(Forbidden):
        put(bob_actor)
    assert not ExchangeRate.objects.of(actor.organization_id).exists()
