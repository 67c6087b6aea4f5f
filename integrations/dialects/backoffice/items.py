"""Items of /api/v2 as lines: `amount` is the price of one, `tax_rate` a bare percentage."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accounts.actors import Actor
from billing.operations.tax_rates import profile_of_rate

_NAME_LENGTH = 200


def line_specs(
    actor: Actor, at: datetime.datetime, items: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The items as billing.operations.lines takes them. Raises InvalidValue, Forbidden."""
    known: dict[Decimal, int | None] = {}
    specs = []
    for item in items:
        spec = {"quantity": Decimal(1), **item}
        text = spec.pop("description")
        fits = len(text) <= _NAME_LENGTH and "\n" not in text
        spec["name"] = text if fits else text.split("\n", 1)[0][:_NAME_LENGTH].strip()
        spec["description"] = "" if fits else text
        rate = spec.pop("tax_rate", None)
        if rate is not None:
            if rate not in known:
                profile = profile_of_rate(actor=actor, at=at, rate=rate)
                known[rate] = profile.pk if profile else None
            spec["tax_profile_ids"] = [known[rate]] if known[rate] else []
        specs.append(spec)
    return specs
