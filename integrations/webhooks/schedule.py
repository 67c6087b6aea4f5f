"""When a delivery is tried again, and when an endpoint is given up."""

import datetime
import email.utils
import hashlib
import uuid
from collections.abc import Mapping

# After attempt 1, 2, … 9; the first is made at once, and after the tenth there is none.
DELAYS = tuple(
    datetime.timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
MAX_ATTEMPTS = len(DELAYS) + 1
LONGEST_WAIT = datetime.timedelta(hours=24)
DISABLE_AFTER = datetime.timedelta(days=5)
# A failure that no other followed within this time does not begin those days.
ALONE_AFTER = datetime.timedelta(hours=24)
# A receiver that asks to be left alone says so with one of these.
BUSY = frozenset({429, 502, 503, 504})
GONE = 410


def next_attempt(
    *,
    attempts_made: int,
    at: datetime.datetime,
    delivery_uuid: uuid.UUID,
    status: int | None,
    headers: Mapping[str, str],
) -> datetime.datetime | None:
    """When to try again after that many attempts, the last one at `at`; None when it was the last.

    The wait varies by up to a tenth, always the same for the same delivery, so that what
    failed together does not come back together. Retry-After can only make it longer.
    """
    if attempts_made >= MAX_ATTEMPTS:
        return None
    wait = DELAYS[attempts_made - 1] * _jitter_permille(delivery_uuid, attempts_made) / 1000
    if status in BUSY:
        asked = retry_after(headers.get("retry-after", ""), at)
        wait = max(wait, min(asked, LONGEST_WAIT))
    return at + wait


def retry_after(value: str, at: datetime.datetime) -> datetime.timedelta:
    """The wait that a Retry-After header asks for, in seconds or as a date; zero if unreadable."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return datetime.timedelta(seconds=min(int(value[:12]), 10**9))
    try:
        until = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return datetime.timedelta(0)
    if until.tzinfo is None:
        until = until.replace(tzinfo=datetime.UTC)
    return max(until - at, datetime.timedelta(0))


def _jitter_permille(delivery_uuid: uuid.UUID, attempt: int) -> int:
    """900 to 1100."""
    digest = hashlib.sha256(delivery_uuid.bytes + bytes([attempt])).digest()
    return 900 + int.from_bytes(digest[:4]) % 201
