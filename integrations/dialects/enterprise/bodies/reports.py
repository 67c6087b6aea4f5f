"""What only reports are asked with."""

from dataclasses import dataclass
from typing import Any

from billing.queries.ageing import read_periods
from core.errors import InvalidValue
from integrations.dialects.base.fields import Refusal, Text


@dataclass(frozen=True, kw_only=True)
class AgingPeriods(Text):
    """Days at which the buckets end, separated by commas: `30,60,90`."""

    most: int = 100

    def decode(self, value: Any) -> Any:
        parts = [part.strip() for part in super().decode(value).split(",")]
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise Refusal("invalid_format", "must be days such as 30,60,90")
        try:
            return read_periods([int(part[:9]) for part in parts])
        except InvalidValue as error:
            raise Refusal("invalid_choice", str(error)) from None
