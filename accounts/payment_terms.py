"""When money is due, in the short notation of business: `2/10 net 30`, `net 30 eom` (D4).

net 30                      30 days
net 45 eom                  45 days, then the end of that month
eom, eom + 45               the end of the month, and 45 days after it
15th of next month
…, next business day        moved off weekends and holidays; also `previous` (D5)
2/10 net 30                 2 % off what is paid within 10 days (C8)
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

LONGEST_DAYS = 3650
NEVER, BEFORE, AFTER = "never", "before_days", "after_days"
FORWARD, BACK = "forward", "back"

_DISCOUNT = re.compile(r"(\d{1,2}(?:\.\d{1,4})?) ?%? ?/ ?(\d{1,3}),? +")
_ROLL = re.compile(r", ?(next|previous) business day$")
_NET = re.compile(r"(?:net )?(\d{1,4})(?: days?)?( eom)?")
_EOM = re.compile(r"eom(?: ?(?:\+|net) ?(\d{1,4})(?: days?)?)?")
_NEXT_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? of (?:the )?next month")


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """`end_of_month` says whether and when the term jumps to a month's last day.

    `discount_percent` may be taken off what is paid at most `discount_days` after the
    document's date; 0 means none.
    """

    days: int = 0
    end_of_month: str = NEVER
    day_of_next_month: int | None = None
    roll: str = ""
    discount_percent: Decimal = Decimal(0)
    discount_days: int = 0

    @property
    def is_plain(self) -> bool:
        """Only days and nothing else."""
        return self == PaymentTerms(days=self.days)

    def __str__(self) -> str:
        """The notation, always spelled the same way."""
        text = self._base()
        if self.discount_percent:
            text = f"{self.discount_percent:f}/{self.discount_days} {text}"
        words = {FORWARD: ", next business day", BACK: ", previous business day"}
        return text + words.get(self.roll, "")

    def _base(self) -> str:
        if self.day_of_next_month is not None:
            return f"{_ordinal(self.day_of_next_month)} of next month"
        if self.end_of_month == BEFORE:
            return f"eom + {self.days}" if self.days else "eom"
        return f"net {self.days}" + (" eom" if self.end_of_month == AFTER else "")


def parse_terms(text: str) -> PaymentTerms:
    """What the notation says, in any case and spacing. Raises ValueError saying what is wrong."""
    rest = " ".join(text.lower().split())
    terms = PaymentTerms()
    discount = _DISCOUNT.match(rest)
    if discount:
        percent = Decimal(discount[1]).normalize()
        terms = replace(terms, discount_percent=percent, discount_days=int(discount[2]))
        rest = rest[discount.end() :]
        if not percent:
            raise ValueError("A discount of 0 % is none: leave it out.")
    roll = _ROLL.search(rest)
    if roll:
        terms = replace(terms, roll=FORWARD if roll[1] == "next" else BACK)
        rest = rest[: roll.start()]
    return _checked(_with_base(terms, rest))


def _with_base(terms: PaymentTerms, text: str) -> PaymentTerms:
    found = _NET.fullmatch(text)
    if found:
        return replace(terms, days=int(found[1]), end_of_month=AFTER if found[2] else NEVER)
    found = _EOM.fullmatch(text)
    if found:
        return replace(terms, days=int(found[1] or 0), end_of_month=BEFORE)
    found = _NEXT_MONTH.fullmatch(text)
    if found:
        return replace(terms, day_of_next_month=int(found[1]))
    raise ValueError(
        "Write terms such as 'net 30', '2/10 net 30', 'net 45 eom', 'eom + 45' or"
        " '15th of next month', and ', next business day' after them if you like."
    )


def _checked(terms: PaymentTerms) -> PaymentTerms:
    if terms.days > LONGEST_DAYS:
        raise ValueError(f"At most {LONGEST_DAYS} days.")
    if terms.day_of_next_month is not None and not 1 <= terms.day_of_next_month <= 31:
        raise ValueError("A month has days from 1 to 31.")
    is_counted_in_days = terms.end_of_month == NEVER and terms.day_of_next_month is None
    if terms.discount_percent and is_counted_in_days and terms.discount_days > terms.days:
        raise ValueError("The discount cannot last longer than the term itself.")
    return terms


def _ordinal(day: int) -> str:
    if day in (11, 12, 13):
        return f"{day}th"
    return f"{day}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th') }"
