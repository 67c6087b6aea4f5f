"""When a credential is collected next: by the rhythm of the invoices themselves."""

import datetime
from collections.abc import Sequence

WEEK = datetime.timedelta(days=7)
DAY = datetime.timedelta(days=1)
LONGEST = datetime.timedelta(days=30)
# The rhythm is that of so many of the newest invoices.
NEWEST = 10


def next_collect(
    last_collect_at: datetime.datetime, issued: Sequence[datetime.datetime]
) -> datetime.datetime:
    """When the next invoice is to be expected, given the moments of those that are known.

    A mean gap after the last of the newest ten; a week after the last visit where there is no
    rhythm yet or that moment is past; never more than thirty days after the last visit.
    """
    newest = sorted(issued)[-NEWEST:]
    expected = last_collect_at + WEEK
    if len(newest) >= 2:
        gap = (newest[-1] - newest[0]) / (len(newest) - 1)
        by_rhythm = newest[-1] + gap
        expected = by_rhythm if by_rhythm > last_collect_at else expected
    return min(expected, last_collect_at + LONGEST)
