"""Public holidays by country, for dates that move to a business day (D5)."""

import datetime
from functools import lru_cache

import holidays


def holidays_near(day: datetime.date, country: str) -> frozenset[datetime.date]:
    """National holidays of the years around that day; none of a country that is not known."""
    return _of_years(country, day.year - (day.month == 1), day.year + (day.month == 12))


@lru_cache(maxsize=256)
def _of_years(country: str, first: int, last: int) -> frozenset[datetime.date]:
    if country not in holidays.list_supported_countries():
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=range(first, last + 1)))
