"""What one currency is worth in the books' currency from a day on."""

import datetime
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from billing.models import ExchangeRate
from billing.operations.fields import clean_date, clean_decimal
from billing.queries.exchange_rates import PLACES
from billing.queries.organizations import get_organization
from core.currencies import get_currency
from core.errors import InvalidValue


@transaction.atomic
def set_exchange_rate(
    *,
    actor: Actor,
    at: datetime.datetime,
    currency: str,
    rate: Decimal,
    valid_from: datetime.date,
    base_currency: str | None = None,
) -> ExchangeRate:
    """`rate` units of the base currency (the books') for one unit of the currency.

    Set again for the same day, the last one counts. Documents that exist keep the rate
    they were made with. Raises Forbidden, InvalidValue, UnknownCurrency.
    """
    actor.require("settings:write")
    base = base_currency or get_organization(actor.organization_id).base_currency
    if get_currency(currency) == get_currency(base):
        raise InvalidValue("A currency is always worth one of itself.", param="currency")
    rate = clean_decimal(rate, param="rate", places=PLACES)
    if rate <= 0:
        raise InvalidValue("A rate must be above zero.", param="rate")
    row, _ = ExchangeRate.objects.of(actor.organization_id).update_or_create(
        organization_id=actor.organization_id,
        currency=currency,
        base_currency=base,
        valid_from=clean_date(valid_from, param="valid_from"),
        defaults={"rate": rate, "updated_at": at},
        create_defaults={"rate": rate, "created_at": at, "updated_at": at},
    )
    return row
