"""The currency table covers what the locale data says is in use."""

import datetime

from babel import Locale
from babel.numbers import get_territory_currencies

from core.currencies import CURRENCIES


def test_every_currency_in_circulation_is_known() -> None:
    today = datetime.date(2026, 1, 1)
    in_use = {
        code
        for territory in Locale("en").territories
        if len(territory) == 2 and territory.isalpha()
        for code in get_territory_currencies(territory, today, today, non_tender=False)
    }
    assert in_use - set(CURRENCIES) == set()
