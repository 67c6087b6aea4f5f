"""/api/v1 as a value."""

from integrations.dialects.base.dialect import Dialect, by_credential
from integrations.dialects.base.ratelimit import RateRule
from integrations.dialects.collector.authentication import BearerOrToken
from integrations.dialects.collector.errors import STATUSES, spell_fault

REQUESTS_PER_MINUTE = 1_000

COLLECTOR = Dialect(
    name="collector",
    prefixes=("/api/v1",),
    authenticate=BearerOrToken(),
    statuses=STATUSES,
    spell_fault=spell_fault,
    spell_id=lambda _noun, value: str(value),
    # The document knows no limits, so no header speaks of them; a 429 has Retry-After.
    rate=RateRule(seconds=60, window_name="minute", anonymous_limit=1_000, headers=lambda _: {}),
    limit_of=lambda _organization: REQUESTS_PER_MINUTE,
    counts=by_credential,
)
