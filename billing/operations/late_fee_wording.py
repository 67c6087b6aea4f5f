"""The line of an invoice over a late fee, in the customer's language."""

import datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date

from billing.models import Invoice, LateFee, LateFeePolicy
from billing.queries.late_fees import Charge, Occurrence
from core.fields import plain
from core.money import from_minor

_FEE = {
    "en": "Late fee on invoice {number}",
    "de": "Mahngebühr zur Rechnung {number}",
    "fr": "Pénalité de retard sur la facture {number}",
    "es": "Recargo por demora de la factura {number}",
}
_INTEREST = {
    "en": "Interest on invoice {number}",
    "de": "Verzugszinsen zur Rechnung {number}",
    "fr": "Intérêts de retard sur la facture {number}",
    "es": "Intereses de demora de la factura {number}",
}
_PERCENT_OF = {
    "en": "{percent} % of {base} {currency}",
    "de": "{percent} % von {base} {currency}",
    "fr": "{percent} % de {base} {currency}",
    "es": "{percent} % de {base} {currency}",
}
_PER_YEAR = {
    "en": "{percent} % a year, {start} to {end}",
    "de": "{percent} % im Jahr, {start} bis {end}",
    "fr": "{percent} % par an, du {start} au {end}",
    "es": "{percent} % anual, del {start} al {end}",
}
_ONE_DAY = datetime.timedelta(days=1)


def fee_line(
    policy: LateFeePolicy,
    late: Invoice,
    when: Occurrence,
    cost: Charge,
    start: datetime.date | None,
) -> dict[str, Any]:
    """The one line: what for, how it was reckoned, and no tax unless the policy names one."""
    language = late.locale[:2] if late.locale[:2] in _FEE else "en"
    titles = _INTEREST if when.kind == LateFee.Kind.INTEREST else _FEE
    profile = policy.tax_profile
    return {
        "name": titles[language].format(number=late.number),
        "description": _reckoning(policy, late, when, cost, start, language),
        "quantity": Decimal(1),
        "unit_price": from_minor(cost.amount, late.currency),
        "tax_profile_ids": [profile.pk] if profile else [],
    }


def _reckoning(
    policy: LateFeePolicy,
    late: Invoice,
    when: Occurrence,
    cost: Charge,
    start: datetime.date | None,
    language: str,
) -> str:
    if start is not None:
        return _PER_YEAR[language].format(
            percent=f"{plain(policy.interest_rate):f}",
            start=format_date(start + _ONE_DAY, locale=language),
            end=format_date(when.date, locale=language),
        )
    if policy.fee_type == LateFeePolicy.FeeType.PERCENT:
        return _PERCENT_OF[language].format(
            percent=f"{plain(policy.fee_value):f}",
            base=from_minor(cost.base, late.currency),
            currency=late.currency,
        )
    return ""
