"""/api/v0 as a value."""

from integrations.dialects.base.authentication import HeaderPairs
from integrations.dialects.base.dialect import Dialect, by_credential
from integrations.dialects.base.idempotency import IdempotencyRule
from integrations.dialects.base.ratelimit import Quota, RateRule
from integrations.dialects.wallet.errors import STATUSES, spell_fault
from integrations.dialects.wallet.events import EVENT_NAMES, render_event

WRITES_PER_MINUTE = 100
READS_PER_MINUTE = 1_000


def _headers(quota: Quota) -> dict[str, str]:
    # The document has none; the moment is in epoch seconds, as its SDK's users expect.
    return {
        "X-RateLimit-Limit": str(quota.limit),
        "X-RateLimit-Remaining": str(quota.remaining),
        "X-RateLimit-Reset": str(quota.resets_at),
    }


WALLET = Dialect(
    name="wallet",
    prefixes=("/api/v0",),
    authenticate=HeaderPairs("wallet", "x-client-key", "x-client-secret"),
    statuses=STATUSES,
    spell_fault=spell_fault,
    spell_id=lambda _noun, value: str(value),
    rate=RateRule(seconds=60, window_name="minute", anonymous_limit=1_000, headers=_headers),
    limit_of=lambda _organization: WRITES_PER_MINUTE,
    reading_limit=READS_PER_MINUTE,
    counts=by_credential,
    idempotency=IdempotencyRule(frozenset({"POST", "PUT", "PATCH"})),
    render_event=render_event,
    event_names=EVENT_NAMES,
)
