"""A tax profile for a bare percentage, for interfaces that know rates only."""

import datetime
from decimal import Decimal

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import TaxProfile
from billing.operations.fields import clean_percent
from billing.operations.tax_profiles import create_tax_profile


def profile_of_rate(
    *, actor: Actor, at: datetime.datetime, rate: Decimal, param: str = "tax_rate"
) -> TaxProfile | None:
    """The plain percentage of that rate, made if there is none; None for 0.

    Compound and inclusive profiles, and those that are not the standard category, are
    never meant by a bare rate. Call it in a transaction. Raises InvalidValue, Forbidden.
    """
    percent = clean_percent(rate, param=param)
    if not percent:
        return None
    # Two requests with a new rate: the second finds what the first made.
    Organization.objects.select_for_update().get(pk=actor.organization_id)
    rows = TaxProfile.objects.of(actor.organization_id).filter(
        kind=TaxProfile.Kind.PERCENT,
        rate=percent,
        category=TaxProfile.Category.STANDARD,
        is_compound=False,
        is_inclusive=False,
        is_active=True,
    )
    found = rows.order_by("pk").first()
    if found is not None:
        return found
    name = f"Tax {percent.normalize():f} %"
    if TaxProfile.objects.of(actor.organization_id).filter(name=name, is_active=True).exists():
        name = f"{name} (standard)"
    return create_tax_profile(actor=actor, at=at, name=name, rate=percent)
