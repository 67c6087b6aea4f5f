"""/api/integrations as a value."""

import datetime

from core.exactjson import spell_instant
from integrations.dialects.base.authentication import HeaderKeys
from integrations.dialects.base.dialect import Dialect, by_credential
from integrations.dialects.base.idempotency import IdempotencyRule
from integrations.dialects.base.ratelimit import Quota, RateRule
from integrations.dialects.directory.errors import STATUSES, WINDOW_SECONDS, spell_fault

REQUESTS_PER_MINUTE = 1_000


def _headers(quota: Quota) -> dict[str, str]:
    # Spelled exactly so: a documented client matches the case, another parses the moment
    # as ISO 8601 and the numbers as integers.
    resets_at = datetime.datetime.fromtimestamp(quota.resets_at, datetime.UTC)
    return {
        "X-RateLimit-Limit": str(quota.limit),
        "X-RateLimit-Remaining": str(quota.remaining),
        "X-RateLimit-Reset": spell_instant(resets_at),
        "X-RateLimit-Window": str(WINDOW_SECONDS),
    }


DIRECTORY = Dialect(
    name="directory",
    prefixes=("/api/integrations",),
    authenticate=HeaderKeys("directory", "X-Invois-Key"),
    statuses=STATUSES,
    spell_fault=spell_fault,
    spell_id=lambda _noun, value: str(value),
    rate=RateRule(
        seconds=WINDOW_SECONDS, window_name="minute", anonymous_limit=1_000, headers=_headers
    ),
    limit_of=lambda _organization: REQUESTS_PER_MINUTE,
    counts=by_credential,
    # Its clients repeat no 409: a twin waits for the first answer and gets the same.
    idempotency=IdempotencyRule(frozenset({"POST", "PUT", "PATCH"}), wait_seconds=5),
)
